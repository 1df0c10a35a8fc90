"""A process of its own that adds jobs that cost GPU seconds and moves them, until it is killed.

    python -m tests.adapters.db.spender URL SEED

Writes a dot when a step is done.
"""

from __future__ import annotations

import asyncio
import random
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from adapters.db.database import Database
from adapters.db.jobs import SqlJobStore
from bot.clip import Renderer
from bot.door.limits import QueueLimits
from bot.errors import LimitError
from bot.job import MOVES, JobStatus, new_job_id, usage_of
from tests.adapters.db.making import FAKE, MINUTE, NOON, a_job

LIMITS = QueueLimits(waiting_per_person=10_000, waiting_in_all=10_000, gpu_s_per_day=100.0)
DAYS = 1000  # enough of them that few jobs are declined


class Spender:
    def __init__(self, jobs: SqlJobStore, chance: random.Random) -> None:
        self._jobs = jobs
        self._chance = chance

    async def step(self) -> None:
        await self._chance.choice(
            [self._add, self._add, self._claim, self._move, self._hand_over]
        )()

    async def _add(self) -> None:
        job = a_job(
            id=new_job_id(datetime.now(UTC)),
            renderer=Renderer.MODEL,
            cost_s=float(self._chance.randint(1, 60)),
            created_at=NOON + timedelta(days=self._chance.randrange(DAYS)),
        )
        with suppress(LimitError):
            await self._jobs.add(job, LIMITS)

    async def _claim(self) -> None:
        await self._jobs.claim("spender", Renderer.MODEL, FAKE, NOON, MINUTE, 3)

    async def _move(self) -> None:
        jobs = await self._jobs.waiting(Renderer.MODEL, limit=3) + await self._jobs.running()
        if not jobs:
            return
        job = self._chance.choice(jobs)
        ways = MOVES[job.status] - {JobStatus.RUNNING, JobStatus.RENDERED}
        status = self._chance.choice(sorted(ways))
        timings = replace(job.timings, rendered_s=float(self._chance.randint(1, 90)))
        record = usage_of(replace(job, timings=timings), status, NOON) if status.ended else None
        await self._jobs.move(job, status, NOON, record, timings=timings)

    async def _hand_over(self) -> None:
        for job in await self._jobs.waiting(Renderer.MODEL, limit=1):
            await self._jobs.hand_over(job, Renderer.PREVIEW)


async def spend(url: str, seed: int) -> None:
    async with Database(url) as database:
        spender = Spender(SqlJobStore(database), random.Random(seed))
        while True:
            await spender.step()
            sys.stdout.write(".")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(spend(sys.argv[1], int(sys.argv[2])))
