"""The contract of the job table: moves, leases, usage, lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.clip import Renderer
from bot.errors import JobGoneError, StaleJobError
from bot.job import Job, JobStatus, Timings, usage_of
from tests.adapters.db.making import FAKE, MINUTE, NOON, Stores, a_clip

LATER = NOON + 10 * MINUTE


async def _rendered(stores: Stores, person: str = "ada", instance: str = "bot-1") -> Job:
    await stores.add(person)
    running = await stores.claimed(instance)
    return await stores.jobs.move(running, JobStatus.RENDERED, NOON, clip=a_clip())


async def _ended(stores: Stores, outcome: JobStatus, **changes: Any) -> Job:
    job = await _rendered(stores)
    record = usage_of(job, outcome, LATER, size_bytes=1234)
    return await stores.jobs.move(job, outcome, LATER, record, **changes)


async def test_an_unknown_job_is_gone(stores: Stores) -> None:
    with pytest.raises(JobGoneError):
        await stores.jobs.get("nobody")
    with pytest.raises(JobGoneError):
        await stores.jobs.save("nobody", card="c1")


async def test_a_job_comes_back_whole_from_its_whole_way(stores: Stores) -> None:
    job = await stores.add()
    await stores.jobs.save(job.id, card="chat/17")
    rendered = await stores.jobs.move(
        await stores.claimed(),
        JobStatus.RENDERED,
        NOON,
        clip=a_clip(),
        timings=Timings(1.5, 2.25, 0.125, 0.0625),
        rerendered=True,
    )
    assert (rendered.card, rendered.clip, rendered.rerendered) == ("chat/17", a_clip(), True)
    failure = ("error-render", {"step": 3, "why": "太大"})
    failed = await stores.jobs.move(rendered, JobStatus.FAILED, LATER, failure=failure, told=False)
    assert (failed.failure, failed.told, failed.ended_at) == (failure, False, LATER)
    assert failed.timings == Timings(1.5, 2.25, 0.125, 0.0625)
    assert (failed.instance, failed.lease_until) == (None, None)
    assert await stores.jobs.get(job.id) == failed


async def test_a_move_of_a_job_that_moved_on_is_stale(stores: Stores) -> None:
    waiting = await stores.add()
    running = await stores.claimed()
    with pytest.raises(StaleJobError):
        await stores.jobs.move(waiting, JobStatus.CANCELLED, NOON)
    assert await stores.jobs.get(waiting.id) == running


async def test_a_move_of_a_job_that_somebody_else_took_over_is_stale(stores: Stores) -> None:
    await stores.add()
    running = await stores.claimed("bot-1")
    await stores.jobs.take_over("bot-2", FAKE, LATER, MINUTE)
    elsewhere = await stores.claimed("bot-2")
    record = usage_of(running, JobStatus.FAILED, LATER)
    with pytest.raises(StaleJobError):
        await stores.jobs.move(running, JobStatus.FAILED, LATER, record)
    assert await stores.jobs.get(running.id) == elsewhere
    assert await stores.usage.records() == []


async def test_a_move_leaves_what_was_saved_meanwhile(stores: Stores) -> None:
    await stores.add()
    running = await stores.claimed()
    await stores.jobs.save(running.id, card="chat/17")
    rendered = await stores.jobs.move(running, JobStatus.RENDERED, NOON)
    assert rendered.card == "chat/17"


@pytest.mark.parametrize("status", [JobStatus.DELIVERED, JobStatus.RENDERED, JobStatus.RUNNING])
async def test_a_waiting_job_can_only_be_claimed_or_ended(
    stores: Stores, status: JobStatus
) -> None:
    job = await stores.add()
    with pytest.raises(ValueError, match=job.id):
        await stores.jobs.move(job, status, NOON)
    assert await stores.jobs.get(job.id) == job


async def test_nothing_moves_a_job_that_ended(stores: Stores) -> None:
    ended = await _ended(stores, JobStatus.DELIVERED)
    for status in JobStatus:
        with pytest.raises(ValueError, match=ended.id):
            await stores.jobs.move(ended, status, LATER)


@pytest.mark.parametrize(
    "change", ["turn", "cost_s", "instance", "lease_until", "queued_at", "colour"]
)
async def test_a_store_keeps_its_own_fields_to_itself(stores: Stores, change: str) -> None:
    job = await stores.add()
    with pytest.raises(ValueError, match=change):
        await stores.jobs.save(job.id, **{change: None})
    with pytest.raises(ValueError, match=change):
        await stores.jobs.move(job, JobStatus.CANCELLED, NOON, **{change: None})


async def test_usage_is_recorded_with_the_last_move(stores: Stores) -> None:
    job = await _rendered(stores)
    record = usage_of(job, JobStatus.DELIVERED, LATER, size_bytes=1234)
    await stores.jobs.move(job, JobStatus.DELIVERED, LATER, record)
    assert await stores.usage.records() == [record]


async def test_usage_is_counted_once_whoever_comes_late(stores: Stores) -> None:
    job = await _rendered(stores)
    record = usage_of(job, JobStatus.DELIVERED, LATER)
    await stores.jobs.move(job, JobStatus.DELIVERED, LATER, record)
    with pytest.raises(StaleJobError):
        await stores.jobs.move(job, JobStatus.FAILED, LATER, usage_of(job, JobStatus.FAILED, LATER))
    assert await stores.usage.records() == [record]


async def test_a_job_that_has_not_ended_has_no_usage_yet(stores: Stores) -> None:
    await stores.add()
    running = await stores.claimed()
    with pytest.raises(ValueError, match="usage"):
        await stores.jobs.move(
            running, JobStatus.QUEUED, NOON, usage_of(running, JobStatus.QUEUED, NOON)
        )


async def test_renewing_prolongs_the_own_leases_only(stores: Stores) -> None:
    rendered = await _rendered(stores, "ada", "bot-1")
    await stores.add("ben")
    running = await stores.claimed("bot-1")
    await stores.add("cleo")
    neighbours = await stores.claimed("bot-2")
    await stores.jobs.renew("bot-1", LATER)
    assert (await stores.jobs.get(rendered.id)).lease_until == LATER
    assert (await stores.jobs.get(running.id)).lease_until == LATER
    assert await stores.jobs.get(neighbours.id) == neighbours


async def test_a_restart_takes_up_its_own_jobs_whatever_their_lease(stores: Stores) -> None:
    rendered = await _rendered(stores, "ada", "bot-1")
    await stores.add("ben")
    running = await stores.claimed("bot-1")
    taken = await stores.jobs.take_over("bot-1", FAKE, NOON + MINUTE / 2, MINUTE)
    assert [job.id for job in taken] == [rendered.id]
    assert taken[0].lease_until == NOON + MINUTE * 1.5
    assert await stores.jobs.get(rendered.id) == taken[0]
    put_back = await stores.jobs.get(running.id)
    assert (put_back.status, put_back.instance) == (JobStatus.QUEUED, None)
    assert put_back.queued_at == NOON + MINUTE / 2
    assert (put_back.turn, put_back.attempts) == (running.turn, 1)


async def test_a_living_neighbours_jobs_are_not_touched(stores: Stores) -> None:
    rendered = await _rendered(stores, "ada", "bot-1")
    await stores.add("ben")
    running = await stores.claimed("bot-1")
    await stores.add("cleo")
    before = NOON + MINUTE - timedelta(microseconds=1)
    assert await stores.jobs.take_over("bot-2", FAKE, before, MINUTE) == []
    assert await stores.jobs.get(rendered.id) == rendered
    assert await stores.jobs.get(running.id) == running


async def test_a_dead_neighbours_jobs_are_taken_up_when_their_lease_ran_out(
    stores: Stores,
) -> None:
    first = await _rendered(stores, "ada", "bot-1")
    second = await _rendered(stores, "ben", "bot-3")
    await stores.add("cleo")
    running = await stores.claimed("bot-1")
    taken = await stores.jobs.take_over("bot-2", FAKE, NOON + MINUTE, MINUTE)
    assert [(job.id, job.instance) for job in taken] == [(first.id, "bot-2"), (second.id, "bot-2")]
    assert (await stores.jobs.get(running.id)).status is JobStatus.QUEUED


async def test_jobs_of_other_platforms_and_ended_ones_are_nobodys_to_take_up(
    stores: Stores,
) -> None:
    ended = await _ended(stores, JobStatus.FAILED)
    await stores.add(platform="other")
    running = await stores.claimed("bot-1", platforms=("other",))
    assert await stores.jobs.take_over("bot-1", FAKE, LATER, MINUTE) == []
    assert await stores.jobs.get(running.id) == running
    assert await stores.jobs.get(ended.id) == ended


async def test_a_persons_jobs_are_listed_newest_first(stores: Stores) -> None:
    own = [await stores.add("ada", created_at=NOON + n * MINUTE) for n in (2, 0, 1)]
    await stores.add("ben")
    newest_first = [own[0].id, own[2].id, own[1].id]
    assert [job.id for job in await stores.jobs.of_person("fake:ada")] == newest_first
    assert [job.id for job in await stores.jobs.of_person("fake:ada", 2)] == newest_first[:2]
    assert await stores.jobs.of_person("other:ada") == []


async def test_ended_jobs_are_untold_until_their_card_says_so(stores: Stores) -> None:
    untold = await _ended(stores, JobStatus.FAILED, told=False)
    await _ended(stores, JobStatus.DELIVERED)
    assert await stores.jobs.untold(FAKE) == [untold]
    assert await stores.jobs.untold(("other",)) == []
    await stores.jobs.save(untold.id, told=True)
    assert await stores.jobs.untold(FAKE) == []


async def test_usage_is_listed_oldest_first_and_since_a_day(stores: Stores) -> None:
    moments = [NOON + n * MINUTE for n in (2, 0, 1)]
    for moment in moments:
        job = await _rendered(stores)
        await stores.jobs.move(
            job, JobStatus.FAILED, moment, usage_of(job, JobStatus.FAILED, moment)
        )
    ends = [record.ended_at for record in await stores.usage.records()]
    assert ends == sorted(moments)
    since = await stores.usage.records(since=NOON + MINUTE)
    assert [record.ended_at for record in since] == sorted(moments)[1:]


async def test_estimates_learn_from_the_newest_delivered_of_their_renderer(
    stores: Stores,
) -> None:
    for n, outcome in enumerate([JobStatus.DELIVERED, JobStatus.FAILED, JobStatus.DELIVERED]):
        job = await _rendered(stores)
        ended_at = NOON + n * MINUTE
        await stores.jobs.move(job, outcome, ended_at, usage_of(job, outcome, ended_at))
    newest, oldest = await stores.usage.recent(Renderer.PREVIEW)
    assert (newest.ended_at, oldest.ended_at) == (NOON + 2 * MINUTE, NOON)
    assert await stores.usage.recent(Renderer.PREVIEW, 1) == [newest]
    assert await stores.usage.recent(Renderer.MODEL) == []
