"""Whatever people and bots do, the database takes the jobs that the pure rule takes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.db.database import Database
from bot.clip import Renderer
from bot.door.limits import QueueLimits
from bot.errors import LimitError
from bot.job import Job, JobStatus
from tests.adapters.db.conftest import empty, stores_on
from tests.adapters.db.making import FAKE, MINUTE, NOON, Stores, a_job, fake_stores

LIMITS = QueueLimits(waiting_per_person=4, waiting_in_all=8)
BOTS = ("bot-1", "bot-2")

people = st.sampled_from(["ada", "ben", "cleo"])
renderers = st.sampled_from(list(Renderer))
steps = st.one_of(
    st.tuples(st.just("add"), people, renderers),
    st.tuples(st.just("claim"), st.sampled_from(BOTS), renderers),
    st.tuples(
        st.just("move"),
        st.integers(0, 20),
        st.sampled_from([JobStatus.QUEUED, JobStatus.RENDERED, JobStatus.CANCELLED]),
    ),
    st.tuples(st.just("take_over"), st.sampled_from(BOTS), st.none()),
)


@given(st.lists(steps, max_size=40))
@settings(
    derandomize=True,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_database_and_the_pure_rule_tell_the_same_story(
    any_url: str, story: list[tuple[Any, ...]]
) -> None:
    asyncio.run(_compare(any_url, story))


async def _compare(url: str, story: list[tuple[Any, ...]]) -> None:
    async with Database(url) as database:
        await empty(database)
        tellers = [Teller(fake_stores()), Teller(stores_on(database))]
        for minute, step in enumerate(story):
            job = a_job(created_at=NOON + minute * MINUTE)
            rule, real = [await teller.tell(step, job) for teller in tellers]
            assert real == rule


@dataclass
class Teller:
    stores: Stores

    async def tell(self, step: tuple[Any, ...], new: Job) -> Any:
        """What came of one step of the story, and where all jobs are now."""
        what, who, which = step
        try:
            outcome = await getattr(self, f"_{what}")(who, which, new)
        except LimitError as declined:
            outcome = declined.key
        jobs = self.stores.jobs
        return outcome, await jobs.waiting(), await jobs.running()

    async def _add(self, person: str, renderer: Renderer, new: Job) -> Job:
        job = a_job(person, id=new.id, renderer=renderer, created_at=new.created_at)
        return await self.stores.jobs.add(job, LIMITS)

    async def _claim(self, bot: str, renderer: Renderer, new: Job) -> Job | None:
        return await self.stores.claim(
            bot, renderer=renderer, now=new.created_at, running_per_person=1
        )

    async def _move(self, number: int, status: JobStatus, new: Job) -> Job | str:
        jobs = [*await self.stores.jobs.waiting(), *await self.stores.jobs.running()]
        if not jobs:
            return "nobody to move"
        try:
            return await self.stores.jobs.move(jobs[number % len(jobs)], status, new.created_at)
        except ValueError as error:
            return str(error)

    async def _take_over(self, bot: str, _: None, new: Job) -> list[Job]:
        now = new.created_at + timedelta(seconds=30)
        return await self.stores.jobs.take_over(bot, FAKE, now, 3 * MINUTE)
