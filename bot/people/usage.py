"""What jobs cost, out of their records: as sentences, as CSV, and as bars over time."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median

from bot.clip import Chart, Renderer
from bot.job import JobStatus, UsageRecord
from bot.texts import Texts

COLUMNS = (
    "job_id",
    "ended_at",
    "platform",
    "place",
    "person",
    "renderer",
    "outcome",
    "attempts",
    "width",
    "height",
    "frames",
    "steps",
    "seed",
    "queued_s",
    "rendered_s",
    "encoded_s",
    "uploaded_s",
    "size_bytes",
    "failure",
    "community",
    "charged_s",
)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How wide a bar is, for spans of at most so many days: where the bar of a day begins and
    where the next one does."""

    name: str
    most_days: int
    label: str
    begin: Callable[[date], date]
    after: Callable[[date], date]


PACES = (
    Pace("day", 31, "%m-%d", lambda day: day, lambda day: day + DAY),
    Pace(
        "week",
        31 * 7,
        "%m-%d",
        lambda day: day - day.weekday() * DAY,
        lambda day: day + 7 * DAY,
    ),
    Pace(
        "month",
        10**9,
        "%Y-%m",
        lambda day: day.replace(day=1),
        lambda day: (day + 31 * DAY).replace(day=1),
    ),
)


def usage_lines(records: Sequence[UsageRecord], locale: str) -> list[str]:
    """How many clips, how they ended, what each renderer took, how long people waited."""
    texts = Texts(locale)
    if not records:
        return [texts.say("usage-none")]
    waits = [record.timings.queued_s for record in records]
    lines = [
        _head(records, texts),
        *_of_renderers(records, texts),
        texts.say("usage-waiting", middle=round(median(waits)), longest=round(max(waits))),
    ]
    if charged_s := sum(record.charged_s for record in records):
        lines.append(texts.say("usage-charged", seconds=round(charged_s)))
    return lines


def usage_line(record: UsageRecord, locale: str) -> str:
    """One job's record as a sentence."""
    texts, spent = Texts(locale), record.timings
    said = texts.say(
        "usage-line",
        outcome=record.outcome.value,
        attempts=record.attempts,
        queued=round(spent.queued_s, 1),
        rendered=round(spent.rendered_s, 1),
        encoded=round(spent.encoded_s, 1),
        uploaded=round(spent.uploaded_s, 1),
    )
    if record.size_bytes is None:
        return said
    return said + " · " + texts.say("usage-size", kilobytes=round(record.size_bytes / 1000))


def usage_csv(records: Sequence[UsageRecord]) -> str:
    """A row a job below the names of `COLUMNS`."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    table.writerows(_row(record) for record in records)
    return out.getvalue()


def usage_chart(
    records: Sequence[UsageRecord], since: datetime | None, until: datetime, locale: str
) -> Chart:
    """Seconds rendered, by renderer; since the first record where no time is given. Days are
    those of UTC, as in the daily limit."""
    texts = Texts(locale)
    ends = [record.ended_at for record in records]
    first, last = _day(since or min(ends, default=until)), _day(max([until, *ends]))
    pace, begins = bars_between(first, last)
    renderers = [one for one in Renderer if any(record.renderer is one for record in records)]
    spent: defaultdict[tuple[Renderer, date], float] = defaultdict(float)
    for record in records:
        spent[record.renderer, pace.begin(_day(record.ended_at))] += record.timings.rendered_s
    return Chart(
        title=texts.say(f"chart-title-{pace.name}"),
        unit=texts.say("chart-seconds"),
        labels=tuple(begin.strftime(pace.label) for begin in begins),
        series={
            texts.say(f"renderer-{one.value}"): tuple(spent[one, begin] for begin in begins)
            for one in renderers
        },
    )


def _head(records: Sequence[UsageRecord], texts: Texts) -> str:
    counts = Counter(record.outcome for record in records)
    outcomes = [
        texts.say("usage-outcome", jobs=counts[outcome], outcome=outcome.value)
        for outcome in JobStatus
        if counts[outcome]
    ]
    days = [_day(record.ended_at) for record in records]
    return texts.say(
        "usage-head",
        jobs=len(records),
        first=min(days).isoformat(),
        last=max(days).isoformat(),
        outcomes=", ".join(outcomes),
    )


def _of_renderers(records: Sequence[UsageRecord], texts: Texts) -> Iterator[str]:
    for renderer in Renderer:
        spent = [one.timings.rendered_s for one in records if one.renderer is renderer]
        if spent:
            yield texts.say(
                "usage-renderer",
                renderer=texts.say(f"renderer-{renderer.value}"),
                jobs=len(spent),
                seconds=round(sum(spent), 1),
            )


def bars_between(first: date, last: date) -> tuple[Pace, list[date]]:
    """How wide bars are that show that span, and where they begin."""
    pace = next(one for one in PACES if (last - first).days < one.most_days)
    return pace, list(_begins(pace, first, last))


def _begins(pace: Pace, first: date, last: date) -> Iterator[date]:
    begin = pace.begin(first)
    while begin <= last:
        yield begin
        begin = pace.after(begin)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _row(record: UsageRecord) -> tuple[object, ...]:
    asked, spent = record.settings, record.timings
    return (
        record.job_id,
        record.ended_at.isoformat(),
        record.platform,
        record.place,
        record.person,
        record.renderer.value,
        record.outcome.value,
        record.attempts,
        record.width,
        record.height,
        asked.frames_shown,
        asked.num_inference_steps,
        asked.seed,
        f"{spent.queued_s:.3f}",
        f"{spent.rendered_s:.3f}",
        f"{spent.encoded_s:.3f}",
        f"{spent.uploaded_s:.3f}",
        record.size_bytes if record.size_bytes is not None else "",
        record.failure_key or "",
        record.community,
        f"{record.charged_s:.3f}",
    )
