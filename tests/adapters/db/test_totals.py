"""The contract of what monitoring reads: sums over the tables, without their rows."""

from __future__ import annotations

from bot.clip import Renderer
from bot.job import JobStatus, Timings, usage_of
from bot.watch.totals import EDGES_S, UnderWay, totals_of
from tests.adapters.db.making import MINUTE, NOON, Stores

QUEUED, RUNNING = JobStatus.QUEUED, JobStatus.RUNNING


async def test_jobs_that_have_not_ended_are_counted_by_renderer_and_state(stores: Stores) -> None:
    await stores.add("ada", created_at=NOON)
    await stores.claimed(now=NOON)
    await stores.add("ben", created_at=NOON + 2 * MINUTE)
    await stores.add("cleo", created_at=NOON + MINUTE)
    await stores.add("cleo", created_at=NOON + MINUTE, renderer=Renderer.MODEL)
    assert await stores.jobs.under_way() == [
        UnderWay(Renderer.MODEL, QUEUED, 1, NOON + MINUTE),
        UnderWay(Renderer.PREVIEW, QUEUED, 2, NOON + MINUTE),
        UnderWay(Renderer.PREVIEW, RUNNING, 1, NOON),
    ]


async def test_regulars_are_those_who_had_something_made_the_busiest_first(stores: Stores) -> None:
    async def ended(person: str, minute: int) -> None:
        job = await stores.add(person, timings=Timings(rendered_s=1.5))
        at = NOON + minute * MINUTE
        usage = usage_of(job, JobStatus.CANCELLED, at)
        await stores.jobs.move(job, JobStatus.CANCELLED, at, usage)

    for minute, person in enumerate(("ada", "ben", "ben", "cleo")):
        await ended(person, minute)
    await stores.usage.forget((await stores.add("cleo")).origin.owner)
    ben, ada = await stores.usage.regulars(NOON)
    assert (ben.person, ben.jobs, ben.rendered_s, ben.last) == ("ben", 2, 3.0, NOON + 2 * MINUTE)
    assert (ada.person, ada.owner) == ("ada", (await stores.add("ada")).origin.owner)
    assert await stores.usage.regulars(NOON, limit=1) == [ben]
    (later,) = await stores.usage.regulars(NOON + 2 * MINUTE)
    assert (later.person, later.jobs) == ("ben", 1)


async def test_sums_are_those_of_the_records_between_two_moments(stores: Stores) -> None:
    for minute, rendered_s in enumerate((0.5, 5.0, 5.1, 400.0)):
        job = await stores.add(timings=Timings(queued_s=1.0, rendered_s=rendered_s))
        at = NOON + minute * MINUTE
        usage = usage_of(job, JobStatus.CANCELLED, at)
        await stores.jobs.move(job, JobStatus.CANCELLED, at, usage)
    records = await stores.usage.records()
    assert await stores.usage.totals() == totals_of(records)
    (total,) = await stores.usage.totals(NOON + MINUTE, NOON + 3 * MINUTE)
    spent = total.spent["rendered_s"]
    assert (total.jobs, spent.seconds) == (2, 10.1)
    assert dict(zip(EDGES_S, spent.within, strict=True))[5.0] == 1
    assert await stores.usage.totals(NOON + 5 * MINUTE) == []
