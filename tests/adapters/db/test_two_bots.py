"""Two bots on one database: of whatever both want, one gets it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

from adapters.db.charges import SqlQuotaStore
from adapters.db.database import Database
from adapters.db.jobs import SqlJobStore
from adapters.db.leaving import SqlLeavingStore
from adapters.db.presets import SqlPresetStore
from adapters.db.questions import SqlQuestionStore
from bot.clip import Renderer
from bot.door.limits import QueueLimits
from bot.errors import LimitError
from bot.job import JobStatus
from bot.people.leaving import Leaving
from tests.adapters.db.conftest import stores_on
from tests.adapters.db.making import NOON, ROOM, a_job, a_question


async def test_two_bots_claim_every_job_exactly_once(any_url: str) -> None:
    async with Database(any_url) as one, Database(any_url) as other:
        for person in range(40):
            await stores_on(one).add(str(person))
        claimed = await asyncio.gather(
            *(stores_on((one, other)[n % 2]).claim(f"bot-{n % 2}") for n in range(50))
        )
    counts = Counter(job.id for job in claimed if job)
    assert len(counts) == 40
    assert set(counts.values()) == {1}
    assert {job.instance for job in claimed if job} == {"bot-0", "bot-1"}


async def test_two_bots_keep_the_limits_between_them(any_url: str) -> None:
    limits = QueueLimits(waiting_per_person=5)
    async with Database(any_url) as one, Database(any_url) as other:
        stores = [SqlJobStore(one), SqlJobStore(other)]
        added = await asyncio.gather(
            *(stores[n % 2].add(a_job("ada"), limits) for n in range(20)), return_exceptions=True
        )
        waiting = await stores[0].waiting()
    assert sum(isinstance(one, LimitError) for one in added) == 15
    assert [job.turn for job in waiting] == [0, 1, 2, 3, 4]


async def test_two_bots_keep_a_persons_day_between_them(any_url: str) -> None:
    limits = replace(ROOM, gpu_s_per_day=100.0)
    async with Database(any_url) as one, Database(any_url) as other:
        stores = [SqlJobStore(one), SqlJobStore(other)]
        jobs = [a_job("ada", renderer=Renderer.MODEL, cost_s=30.0) for _ in range(12)]
        added = await asyncio.gather(
            *(stores[n % 2].add(job, limits) for n, job in enumerate(jobs)), return_exceptions=True
        )
        assert await SqlQuotaStore(other).spent_s("fake:ada", NOON) == 90
    assert sum(isinstance(one, LimitError) for one in added) == 9


async def test_two_bots_run_one_job_of_a_person_who_may_have_one_running(any_url: str) -> None:
    async with Database(any_url) as one, Database(any_url) as other:
        bots = [stores_on(one), stores_on(other)]
        for _ in range(10):
            await bots[0].add("ada")
        for _ in range(5):
            claims = (bots[n % 2].claim(f"bot-{n % 2}", running_per_person=1) for n in range(8))
            (job,) = [job for job in await asyncio.gather(*claims) if job]
            await bots[0].jobs.move(job, JobStatus.CANCELLED, NOON)


async def test_of_what_is_put_twice_at_once_there_is_one(any_url: str) -> None:
    async with Database(any_url) as one, Database(any_url) as other:
        for database in (one, other):
            await database.pseudonym("fake:ada")  # connected, so that they meet
        for _ in range(5):
            await asyncio.gather(
                *(SqlLeavingStore(each).put(Leaving("fake:ada", NOON)) for each in (one, other)),
                *(SqlPresetStore(each).save("fake:ada", "mine", {}) for each in (one, other)),
                *(SqlQuestionStore(each).put(a_question()) for each in (one, other)),
            )
        assert await SqlLeavingStore(one).all() == [Leaving("fake:ada", NOON)]
        assert await SqlPresetStore(one).names("fake:ada") == ["mine"]
        assert len(await SqlQuestionStore(one).of_person("fake:ada")) == 1
