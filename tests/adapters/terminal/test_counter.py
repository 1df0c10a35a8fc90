"""What a person at the terminal asks about their own."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.terminal.counter import Counter
from adapters.terminal.usage import UsageQuery, find_usage
from adapters.terminal.who import login, owners
from bot.asking.options import parse_options
from bot.errors import RequestError
from bot.job import Job, JobStatus
from bot.origin import Origin
from bot.people.history import history_line
from tests.bot.people.test_usage import RECORD
from tests.fakes.house import FakeHouse, build
from tests.fakes.usage import FakeUsageStore

SLOTS = 4


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    return build(tmp_path)


@pytest.fixture
def counter(house: FakeHouse) -> Counter:
    return Counter(house.service, owners(login(), SLOTS), "en", io.StringIO())


def said(counter: Counter) -> str:
    assert isinstance(counter.out, io.StringIO)
    return counter.out.getvalue()


async def made(house: FakeHouse, slot: int) -> Job:
    """A clip of this person's, as the command in that slot left it."""
    card = await house.submit(seed=str(slot))
    origin = Origin(platform=f"terminal-{slot}", place="a.mp4", person=login())
    job = replace(house.jobs.rows[card.job_id], origin=origin, status=JobStatus.CANCELLED)
    house.jobs.rows[job.id] = job
    return job


async def test_history_finds_what_was_made_in_every_slot(
    house: FakeHouse, counter: Counter
) -> None:
    await counter.history(0)
    assert said(counter) == "Nothing here yet.\n"
    jobs = [await made(house, slot) for slot in (0, 3)]
    await counter.history(0)
    lines = said(counter).splitlines()[1:]
    assert [line.split(" · ")[1] for line in lines] == [job.id for job in reversed(jobs)]
    assert "cancelled" in lines[0]
    assert "Seed 3" in lines[0]


async def test_a_preset_is_kept_listed_as_it_is_typed_and_deleted(counter: Counter) -> None:
    options = {"steps": "60", "prompt": "a gentle smile"}
    await counter.save_preset("Slow", options)
    await counter.list_presets()
    kept, listed = said(counter).splitlines()
    assert kept == "Kept: preset:slow"
    name, _, typed = listed.partition(": ")
    assert (name, parse_options(typed)) == ("slow", options)
    await counter.delete_preset("slow")
    with pytest.raises(RequestError):
        await counter.delete_preset("slow")


async def test_an_export_says_where_it_is(
    house: FakeHouse, counter: Counter, tmp_path: Path
) -> None:
    job = await made(house, 2)
    await counter.export(tmp_path / "mine")
    assert (tmp_path / "mine" / "files" / job.id / "upload.png").is_file()
    assert said(counter) == f"One file and sketchlife.json are in {tmp_path / 'mine'}.\n"


async def test_being_forgotten_reaches_every_slot(house: FakeHouse, counter: Counter) -> None:
    jobs = [await made(house, slot) for slot in (0, 3)]
    other = await house.submit()
    await counter.forget()
    assert said(counter).startswith("You are forgotten")
    assert list(house.jobs.rows) == [other.job_id]
    assert not any((house.media.root / job.id).exists() for job in jobs)


async def test_what_is_under_way_in_another_command_ends_there_before_it_is_forgotten(
    house: FakeHouse, counter: Counter
) -> None:
    job = await made(house, 1)
    house.jobs.rows[job.id] = replace(job, status=JobStatus.RUNNING)
    await counter.forget()
    ended = house.jobs.rows[job.id]
    assert (ended.status, ended.told) == (JobStatus.CANCELLED, False)
    assert "one message" in said(counter)
    await counter.forget()
    assert house.jobs.rows == {}


async def test_privacy_is_said_in_the_settings_language(house: FakeHouse) -> None:
    out = io.StringIO()
    await Counter(house.service, [], "zh", out).privacy()
    assert out.getvalue().startswith("图片和短片保留 30 天")


@pytest.mark.parametrize("state", ["deleted", "gone", *JobStatus])
async def test_every_state_has_a_word_in_a_history(house: FakeHouse, state: str) -> None:
    job = await made(house, 0)
    now = house.clock.now()
    if state == "deleted":
        job = replace(job, deleted_at=now)
    elif state == "gone":
        job = replace(job, status=JobStatus.DELIVERED, files_gone_at=now)
    else:
        job = replace(job, status=JobStatus(state))
    words = {history_line(job, locale, now.tzinfo).split(" · ")[2] for locale in ("en", "zh")}
    assert len(words) == 2


async def test_usage_is_of_one_person_in_every_slot_or_of_one_place() -> None:
    usage = FakeUsageStore()
    for number, platform in enumerate(("terminal-0", "terminal-3", "discord")):
        record = replace(RECORD, job_id=f"job{number}", platform=platform, place=f"p{number}")
        usage.by_job[record.job_id] = record

    async def found(**query: str) -> list[str]:
        return [one.job_id for one in await find_usage(usage, UsageQuery(**query), SLOTS)]

    assert await found() == ["job0", "job1", "job2"]
    assert await found(person="ada") == ["job0", "job1"]
    assert await found(person="discord:ada") == ["job2"]
    assert await found(place="terminal-3:p1") == ["job1"]
    assert await found(person="ada", place="discord:p2") == []
