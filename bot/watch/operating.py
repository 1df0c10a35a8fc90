"""What whoever runs the machine looks at: what waits, who works, what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from bot.clip import Chart
from bot.door.door import Door
from bot.job import Job, JobStatus, UsageRecord
from bot.origin import Origin
from bot.ports import Clock, Engine, JobStore, UsageStore
from bot.queue.pause import Rest
from bot.queue.pausing import Pausing
from bot.watch.census import Census
from bot.watch.retrying import Retrying
from bot.watch.trends import Period, bars_of, charts_of
from bot.watch.watching import Watching

T = TypeVar("T")

SHOWN = 50  # of each list: what a person reads through
LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Overview:
    """`workers` are facts by role, as `Engine.describe` tells them; `waiting` in the order in
    which they will be drawn, the first of `queue_length`; `ended` and `failures` the newest of what
    ended lately, the latter as far as their jobs are still there; `jobs` are those of `ended` by
    their ids, as far as they are; `asked_again` are the ids of those failures whose people sent the
    picture anew, or had it sent; `rest` is why the GPU is not used now."""

    running: tuple[Job, ...]
    waiting: tuple[Job, ...]
    queue_length: int
    workers: dict[str, dict[str, str]]
    ended: tuple[UsageRecord, ...]
    ended_lately: int
    failed_lately: int
    failures: tuple[Job, ...]
    jobs: Mapping[str, Job]
    asked_again: frozenset[str]
    rest: Rest | None = None


class Operating:
    """`pausing` is for who needs the GPU for something else, `watching` for a monitoring system,
    `census` tells of people and places, `retrying` makes good for what failed."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        usage: UsageStore,
        engine: Engine,
        pausing: Pausing,
        watching: Watching,
        census: Census,
        retrying: Retrying,
        door: Door,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._usage = usage
        self._engine = engine
        self.pausing = pausing
        self.watching = watching
        self.census = census
        self.retrying = retrying
        self._door = door
        self._clock = clock

    async def overview(self, person: Origin) -> Overview:
        """Raises `NotAllowedError`."""
        await self._door.require_operator(person)
        waiting = await self._jobs.waiting()
        ended = await self._usage.records(self._clock.now() - LATELY)
        newest = _newest(ended)
        failed = [one.job_id for one in ended if one.outcome is JobStatus.FAILED]
        still_there = await self._still_there([one.job_id for one in newest])
        failures = await self._still_there(_newest(failed))
        return Overview(
            running=tuple(await self._jobs.running()),
            waiting=tuple(waiting[:SHOWN]),
            queue_length=len(waiting),
            workers=await self._engine.describe(),
            ended=tuple(newest),
            ended_lately=len(ended),
            failed_lately=len(failed),
            failures=tuple(failures),
            jobs={job.id: job for job in still_there},
            asked_again=frozenset([job.id for job in failures if await self._is_asked_again(job)]),
            rest=await self.pausing.rest(),
        )

    async def trends(self, person: Origin, period: Period) -> list[Chart]:
        """In the language of who asks. Raises `NotAllowedError`."""
        await self._door.require_operator(person)
        locale = (await self._door.recognise(person)).locale
        return charts_of(await bars_of(self._usage, period, self._clock.now()), locale)

    async def _is_asked_again(self, job: Job) -> bool:
        """As far as the newest of its owner tell."""
        newest = await self._jobs.of_person(job.origin.owner)
        return any(one.created_at > job.created_at and one.phash == job.phash for one in newest)

    async def _still_there(self, job_ids: Sequence[str]) -> list[Job]:
        known = await self._jobs.known(job_ids)
        return [await self._jobs.get(job_id) for job_id in job_ids if job_id in known]


def _newest(oldest_first: Sequence[T]) -> list[T]:
    return list(reversed(oldest_first[-SHOWN:]))
