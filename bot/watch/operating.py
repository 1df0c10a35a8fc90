"""What whoever runs the machine looks at: what waits, who works, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.door.door import Door
from bot.job import Job, JobStatus, UsageRecord
from bot.origin import Origin
from bot.ports import Clock, Engine, JobStore, UsageStore
from bot.queue.pause import Rest
from bot.queue.pausing import Pausing
from bot.watch.watching import Watching

SHOWN = 50  # of each list: what a person reads through
LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Overview:
    """`workers` are facts by role, as `Engine.describe` tells them; `waiting` in the order in
    which they will be drawn, the first of `queue_length`; `ended` lately, the newest first; `rest`
    is why the GPU is not used now."""

    running: tuple[Job, ...]
    waiting: tuple[Job, ...]
    queue_length: int
    workers: dict[str, dict[str, str]]
    ended: tuple[UsageRecord, ...]
    rest: Rest | None = None

    @property
    def failed(self) -> int:
        return sum(record.outcome is JobStatus.FAILED for record in self.ended)


class Operating:
    """`pausing` is for who needs the GPU for something else, `watching` for a monitoring system."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        usage: UsageStore,
        engine: Engine,
        pausing: Pausing,
        watching: Watching,
        door: Door,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._usage = usage
        self._engine = engine
        self.pausing = pausing
        self.watching = watching
        self._door = door
        self._clock = clock

    async def overview(self, person: Origin) -> Overview:
        """Raises `NotAllowedError`."""
        await self._door.require_operator(person)
        waiting = await self._jobs.waiting()
        ended = await self._usage.records(self._clock.now() - LATELY)
        return Overview(
            running=tuple(await self._jobs.running()),
            waiting=tuple(waiting[:SHOWN]),
            queue_length=len(waiting),
            workers=await self._engine.describe(),
            ended=tuple(reversed(ended)),
            rest=await self.pausing.rest(),
        )
