"""Whatever people, bots and machines do to jobs, the day's GPU seconds add up: never negative,
never above the ceiling, refunds exact, and the same in the database as in the fake."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.db.database import Database
from bot.clip import Renderer
from bot.door.limits import QueueLimits
from bot.errors import LimitError, StaleJobError
from bot.job import MOVES, Job, JobStatus, usage_of
from tests.adapters.db.conftest import empty, stores_on
from tests.adapters.db.making import FAKE, MINUTE, NOON, Stores, a_job, fake_stores

CEILING_S = 100.0
LIMITS = QueueLimits(waiting_per_person=6, waiting_in_all=12, gpu_s_per_day=CEILING_S)
PEOPLE = ("ada", "ben")
DAYS = (NOON, NOON + timedelta(days=1))

# Quarters are exact in binary: however they are added up, sums are equal or wrong.
seconds = st.integers(0, 240).map(lambda quarters: quarters / 4)
numbers = st.integers(0, 30)
steps = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(PEOPLE), seconds, st.sampled_from(DAYS)),
    st.tuples(st.just("claim"), st.sampled_from(Renderer)),
    st.tuples(st.just("move"), numbers, st.sampled_from(JobStatus), seconds),
    st.tuples(st.just("move_late"), numbers, st.sampled_from(JobStatus), seconds),
    st.tuples(st.just("hand_over"), numbers),
    st.tuples(st.just("take_over")),
)


@given(st.lists(steps, max_size=60))
@settings(
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_day_adds_up_whatever_happens(any_url: str, story: list[tuple[Any, ...]]) -> None:
    asyncio.run(_tell(any_url, story))


async def _tell(url: str, story: list[tuple[Any, ...]]) -> None:
    async with Database(url) as database:
        await empty(database)
        rule, real = Teller(fake_stores()), Teller(stores_on(database))
        for what, *how in story:
            new = a_job()
            expected = await rule.tell(what, how, new)
            assert await real.tell(what, how, new) == expected
            for teller in (rule, real):
                await teller.check()


@dataclass
class Teller:
    """`added` are the jobs as they were when they were added, in their order."""

    stores: Stores
    added: list[Job] = field(default_factory=list)

    async def tell(self, what: str, how: list[Any], new: Job) -> Any:
        try:
            return await getattr(self, f"_{what}")(*how, *([new] if what == "add" else []))
        except (LimitError, StaleJobError) as error:
            return error.key, error.args_of_text

    async def check(self) -> None:
        """Each person's day is what their jobs of that day say."""
        for person in PEOPLE:
            for day in DAYS:
                spent_s = await self.stores.quota.spent_s(f"fake:{person}", day)
                of_day = [
                    await self._charged(job)
                    for job in self.added
                    if (job.origin.person, job.created_at) == (person, day)
                ]
                assert spent_s == sum(of_day)
                assert 0 <= spent_s <= CEILING_S

    async def _charged(self, added: Job) -> float:
        job = await self.stores.jobs.get(added.id)
        assert job.cost_s in (0, added.cost_s)
        if not job.cost_s or job.status in (JobStatus.FAILED, JobStatus.EXPIRED):
            return 0.0
        if not job.status.ended:
            return added.cost_s
        record = await self.stores.usage.of_job(job.id)
        assert record is not None
        assert 0 <= record.charged_s <= added.cost_s
        return record.charged_s

    async def _add(self, person: str, cost_s: float, day: datetime, new: Job) -> Job:
        origin = replace(new.origin, person=person)
        renderer = Renderer.MODEL if cost_s else Renderer.PREVIEW
        job = replace(new, origin=origin, renderer=renderer, cost_s=cost_s, created_at=day)
        self.added.append(await self.stores.jobs.add(job, LIMITS))
        return self.added[-1]

    async def _claim(self, renderer: Renderer) -> Job | None:
        return await self.stores.claim(renderer=renderer)

    async def _move(self, number: int, status: JobStatus, seconds: float) -> Job | None:
        """To the next state that the job has a way to, of which every one is drawn."""
        now = [await self.stores.jobs.get(job.id) for job in self.added]
        still_open = [job for job in now if not job.status.ended]
        return await self._move_one(still_open, number, status, seconds)

    async def _move_late(self, number: int, status: JobStatus, seconds: float) -> Job | None:
        """By somebody who has not heard of what happened since the job was added."""
        return await self._move_one(self.added, number, status, seconds)

    async def _move_one(
        self, jobs: list[Job], number: int, status: JobStatus, seconds: float
    ) -> Job | None:
        job = jobs[number % len(jobs)] if jobs else None
        if job is None or status not in MOVES[job.status] or status is JobStatus.RUNNING:
            return None
        timings = replace(job.timings, rendered_s=seconds * job.attempts)
        record = usage_of(replace(job, timings=timings), status, NOON) if status.ended else None
        return await self.stores.jobs.move(job, status, NOON, record, timings=timings)

    async def _hand_over(self, number: int) -> Job | None:
        waiting = await self.stores.jobs.waiting()
        if not waiting:
            return None
        job = waiting[number % len(waiting)]
        other = {Renderer.MODEL: Renderer.PREVIEW, Renderer.PREVIEW: Renderer.MODEL}
        return await self.stores.jobs.hand_over(job, other[job.renderer])

    async def _take_over(self) -> list[Job]:
        return await self.stores.jobs.take_over("bot-1", FAKE, NOON, MINUTE)
