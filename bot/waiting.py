"""The waiting room: who is how manieth, for about how long, kept true on everybody's card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.board import Board
from bot.clip import Renderer
from bot.errors import StoreError
from bot.estimate import Span, estimate_run, estimate_wait
from bot.job import Job, UsageRecord
from bot.ports import Clock, JobStore, UsageStore
from bot.wording import queued_card

log = structlog.get_logger(__name__)

REFRESH_S = 10.0
CARDS_KEPT_TRUE = 100  # the first so many; who stands behind them learns it when it matters


@dataclass(frozen=True, slots=True)
class Place:
    """`place` counts from 1; `wait` until the render begins, `run` how long it then takes."""

    place: int
    wait: Span | None
    run: Span | None


@dataclass(frozen=True, slots=True)
class Pace:
    """What estimates rest on: what jobs took lately, and what is under way."""

    read_at: datetime
    records: Sequence[UsageRecord]
    running: Sequence[Job]


class WaitingRoom:
    def __init__(
        self,
        *,
        platforms: Sequence[str],
        jobs: JobStore,
        usage: UsageStore,
        board: Board,
        clock: Clock,
    ) -> None:
        self._platforms = frozenset(platforms)
        self._jobs = jobs
        self._usage = usage
        self._board = board
        self._clock = clock
        self._paces: dict[Renderer, Pace] = {}

    async def place_of(self, job: Job) -> Place:
        """Raises `StoreError`."""
        return self._place(job, await self._jobs.ahead(job), await self._pace(job.renderer))

    async def run_of(self, job: Job) -> Span | None:
        """How long its render takes, as far as that was measured. Raises `StoreError`."""
        return estimate_run(job, (await self._pace(job.renderer)).records)

    async def stay_true(self) -> None:
        """Until cancelled."""
        while True:
            await self._clock.sleep(REFRESH_S)
            try:
                for renderer in Renderer:
                    await self._refresh(renderer)
            except StoreError as error:
                log.warning("waiting.not_refreshed", error=str(error))
            except Exception:  # a bug in a card or an estimate: the others come with the next
                log.exception("waiting.not_refreshed")

    async def _refresh(self, renderer: Renderer) -> None:
        waiting = await self._jobs.waiting(renderer, limit=CARDS_KEPT_TRUE)
        pace = await self._pace(renderer)
        for ahead, job in enumerate(waiting):
            if job.origin.platform in self._platforms:
                place = self._place(job, ahead, pace)
                self._board.show(job, queued_card(job, place.place, place.wait))

    def _place(self, job: Job, ahead: int, pace: Pace) -> Place:
        wait = estimate_wait(ahead, pace.running, self._clock.now(), pace.records)
        return Place(ahead + 1, wait, estimate_run(job, pace.records))

    async def _pace(self, renderer: Renderer) -> Pace:
        """Read anew every `REFRESH_S`: a range needs nothing fresher, and a submission that
        reads less is answered sooner."""
        now, known = self._clock.now(), self._paces.get(renderer)
        if known is not None and now - known.read_at < timedelta(seconds=REFRESH_S):
            return known
        records = await self._usage.recent(renderer)
        running = [job for job in await self._jobs.running() if job.renderer is renderer]
        self._paces[renderer] = pace = Pace(now, records, running)
        return pace
