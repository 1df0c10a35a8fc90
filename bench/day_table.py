"""What a day came to: who waited how long, what was lost or came twice, what it left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from adapters.db.database import Database
from adapters.db.usage import SqlUsageStore
from bench.day_faults import Faults
from bench.day_people import Wish, job_in, job_of
from bench.sizes import Sizes
from bench.table import Figure, Sample, Table, percentile
from bot.job import JobStatus, UsageRecord

FIFO = "first come, first served, in the same turns"


@dataclass(frozen=True)
class Day:
    """`faults` know the platforms and the bot; `database_mb` is the size before the first job."""

    wishes: Sequence[Wish]
    faults: Faults
    database_mb: float


async def table_of(sizes: Sizes, day: Day) -> Table:
    bot = day.faults.bot
    async with Database(bot.settings.database) as database:
        records = await SqlUsageStore(database).records()
    happened = day.faults.happened + Counter(disk_full=bot.full_disks())
    wrong = ", ".join(f"{what.replace('_', ' ')} {often}" for what, often in happened.items())
    again = sum(one.tries > 1 for one in day.wishes)
    return Table(
        "A day in minutes",
        f"{len(day.wishes):,} sketches within {sizes.day_s:.0f} s on Discord, Telegram and the "
        f"page; {again} were asked for again, as nobody had said that they were taken. What went "
        f"wrong: {wrong}. Memory and files are the bot's alone.",
        [
            *_waits(day.wishes),
            *_fairness(day.wishes, records),
            *_losses(day, records),
            *_weights(day),
            Figure(what="database before", ours=_mb(day.database_mb)),
            Figure(what="database after", ours=_mb(bot.database_mb())),
            Figure(what="pictures and clips that it keeps", ours=_mb(_size_mb(bot.data_dir))),
        ],
    )


def _waits(wishes: Sequence[Wish]) -> Iterator[Figure]:
    taken = [one.taken_at - one.asked_at for one in wishes if one.taken_at]
    yield _figure_of("until it is known to be taken", taken)
    for platform in sorted({one.platform for one in wishes}):
        waits = [_wait_s(one) for one in wishes if one.clip_at and one.platform == platform]
        yield _figure_of(f"from there to the clip, {platform}", waits)


def _figure_of(what: str, seconds: list[float]) -> Figure:
    """The spread is that of the jobs."""
    values = [percentile(seconds, percent) for percent in (50, 1, 99)]
    return Figure(what=f"{what}: p50 (p1 to p99)", ours=Sample.of(values, "s"))


def _wait_s(wish: Wish) -> float:
    return wish.clip_at - wish.taken_at


def _fairness(wishes: Sequence[Wish], records: Sequence[UsageRecord]) -> Iterator[Figure]:
    """Who came with one sketch, and had no other waiting, while somebody's folder was being worked
    off."""
    rushes = {one.job_id: one.rush for one in wishes if one.job_id}
    spans = list(_spans(rushes, records))
    beside = {
        one.job_id
        for one in records
        if not rushes.get(one.job_id)
        and any(first <= one.created_at <= last for first, last in spans)
        and not _has_another(one, records)
    }
    if not beside:
        return
    in_turn = sorted(_began(one) for one in records)
    came = sorted(records, key=lambda one: one.created_at)
    fifo = {
        one.job_id: max((began - one.created_at).total_seconds(), 0.0)
        for one, began in zip(came, in_turn, strict=True)
    }
    ours = [one.timings.queued_s for one in records if one.job_id in beside]
    theirs = [fifo[job_id] for job_id in beside]
    for percent in (50, 95):
        yield Figure(
            what=f"wait beside somebody's folder, p{percent}",
            ours=Sample.of([percentile(ours, percent)], "s"),
            peer=FIFO,
            theirs=Sample.of([max(percentile(theirs, percent), 0.001)], "s"),
        )


def _has_another(record: UsageRecord, records: Sequence[UsageRecord]) -> bool:
    """Of the same person, under way when it came."""
    whose = (record.platform, record.person)
    return any(
        one.created_at < record.created_at < one.ended_at
        for one in records
        if (one.platform, one.person) == whose
    )


def _spans(
    rushes: dict[str, int], records: Sequence[UsageRecord]
) -> Iterator[tuple[datetime, datetime]]:
    for number in set(rushes.values()) - {0}:
        of_rush = [one for one in records if rushes.get(one.job_id) == number]
        if of_rush:
            yield min(one.created_at for one in of_rush), max(_began(one) for one in of_rush)


def _began(record: UsageRecord) -> datetime:
    return record.created_at + timedelta(seconds=record.timings.queued_s)


def _losses(day: Day, records: Sequence[UsageRecord]) -> Iterator[Figure]:
    failed = {one.job_id for one in records if one.outcome is JobStatus.FAILED}
    lost = [one for one in day.wishes if one.taken_at and not one.clip_at]
    charged = Counter(one.job_id for one in records)
    wrongly = [one for one in day.wishes if one.clip_at and charged[one.job_id] != 1]
    yield _count("taken, then lost", [one for one in lost if one.job_id not in failed], aim="0")
    yield _count("posted twice", list(_posted_twice(day.faults)), aim="0")
    yield _count("charged twice, or not at all", wrongly, aim="0")
    yield _count("failed, and said so", list(failed))
    yield _count("never taken", [one for one in day.wishes if not one.taken_at], aim="0")
    yield _count("bugs in the log", day.faults.bot.bugs(), aim="0")


def _posted_twice(faults: Faults) -> Iterator[str]:
    on_discord = Counter(map(job_in, faults.discord.rest.messages.values()))
    on_telegram = Counter(map(job_of, faults.telegram.chats.messages.values()))
    for job_id, often in (on_discord + on_telegram).items():
        if job_id and often > 1:
            yield job_id


def _count(what: str, found: Sequence[object], aim: str = "") -> Figure:
    return Figure(what=what, ours=Sample.of([len(found)]), aim=aim)


def _weights(day: Day) -> Iterator[Figure]:
    """Of the bot that was started again and saw the day through."""
    life = day.faults.bot.lives[-1]
    settled = life[len(life) // 4]
    for what, weight in (("ready", life[0]), ("warm", settled), ("at the end", life[-1])):
        yield Figure(what=f"memory, {what}", ours=_mb(weight.mb))
    yield Figure(what="memory, most", ours=_mb(max(one.mb for one in life)))
    yield Figure(what="open files, ready", ours=Sample.of([life[0].files]))
    yield Figure(what="open files, most", ours=Sample.of([max(one.files for one in life)]))
    yield Figure(what="open files, at the end", ours=Sample.of([life[-1].files]))


def _mb(value: float) -> Sample:
    return Sample.of([value], "MB")


def _size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("jobs/**/*") if path.is_file()) / 1e6
