"""For who watches over the machine from outside: whether it is ready, and its figures."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clip import Gpu, Renderer
from bot.errors import StoreError
from bot.ports import LONG_AGO, Clock, Engine, JobStore, MediaStore, Messenger, UsageStore
from bot.queue.pausing import Pausing
from bot.watch.tally import Tally
from bot.watch.totals import Total, UnderWay, together

AT_POST = ("ready", "closed")  # of a worker: one that is closed was sent to rest
MODEL = Renderer.MODEL
WATT_SECONDS = 3_600_000  # in a kWh


def is_at_post(facts: Mapping[str, str]) -> bool:
    """A worker that runs and has a `problem` with its model takes no tasks."""
    return facts.get("state", "ready") in AT_POST and not facts.get("problem")


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the database answers, which roles have a worker that is at its post, and which
    platforms are connected."""

    database: bool
    workers: Mapping[str, bool]
    platforms: Mapping[str, bool]

    @property
    def ready(self) -> bool:
        return self.database and all((*self.workers.values(), *self.platforms.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """`totals` are of all jobs that ever ended; `workers` facts by role, as `Engine.describe`
    tells them. `gpu_kwh` is an estimate: the seconds at `POWER_W`, or at the card's own limit."""

    now: datetime
    under_way: tuple[UnderWay, ...]
    totals: tuple[Total, ...]
    workers: Mapping[str, Mapping[str, str]]
    gpus: tuple[Gpu, ...]
    gpu_s: float
    gpu_kwh: float
    resting: bool
    platforms: Mapping[str, bool]
    tally: Tally
    free_bytes: int


class Watching:
    """Asked about nobody's jobs, so that it asks nobody's leave."""

    def __init__(
        self,
        *,
        messengers: Mapping[str, Messenger],
        jobs: JobStore,
        usage: UsageStore,
        media: MediaStore,
        engine: Engine,
        pausing: Pausing,
        tally: Tally,
        clock: Clock,
        power_w: float,
    ) -> None:
        self._messengers = messengers
        self._jobs = jobs
        self._usage = usage
        self._media = media
        self._engine = engine
        self._pausing = pausing
        self.tally = tally
        self._clock = clock
        self._power_w = power_w
        self._past: tuple[datetime, list[Total]] = (LONG_AGO, [])

    async def readiness(self) -> Readiness:
        try:
            await self._jobs.under_way()
            database = True
        except StoreError:
            database = False
        workers = await self._engine.describe()
        at_post = {role: is_at_post(facts) for role, facts in workers.items()}
        return Readiness(database, at_post, self._platforms())

    async def vitals(self) -> Vitals:
        """Raises `StoreError`, `MediaError`."""
        now = self._clock.now()
        totals, gpus = await self._totals(now), await self._engine.gpus()
        spent_s = (one.spent["rendered_s"].seconds for one in totals if one.renderer is MODEL)
        gpu_s = sum(spent_s)
        power_w = self._power_w or sum(gpu.limit_w for gpu in gpus)
        return Vitals(
            now=now,
            under_way=tuple(await self._jobs.under_way()),
            totals=tuple(totals),
            workers=await self._engine.describe(),
            gpus=tuple(gpus),
            gpu_s=gpu_s,
            gpu_kwh=gpu_s * power_w / WATT_SECONDS,
            resting=await self._pausing.rest() is not None,
            platforms=self._platforms(),
            tally=self.tally,
            free_bytes=await asyncio.to_thread(self._media.free_bytes),
        )

    async def _totals(self, now: datetime) -> list[Total]:
        """Days that are over don't change: a year of them is summed up once a day, not at each
        look."""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        until, past = self._past
        # what ended in the day's last minute may be written a moment later
        settled = midnight if now - midnight > timedelta(minutes=5) else until
        if until < settled:
            past = together([*past, *await self._usage.totals(until, settled)])
            self._past = (settled, past)
        return together([*past, *await self._usage.totals(settled)])

    def _platforms(self) -> dict[str, bool]:
        return {name: messenger.connected() for name, messenger in self._messengers.items()}
