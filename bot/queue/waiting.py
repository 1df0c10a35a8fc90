"""The waiting room: who is how manieth, for about how long, kept true on everybody's card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.card import Card
from bot.cards.board import Board
from bot.cards.wording import Standing, queued_card
from bot.clip import Renderer, Trouble
from bot.errors import StoreError
from bot.job import Job, JobStatus, UsageRecord
from bot.ports import Clock, JobStore, UsageStore
from bot.queue.drafts import Drafts
from bot.queue.estimate import Span, UsualClip, estimate_run, estimate_wait
from bot.queue.pausing import Pausing
from bot.queue.room import Room

log = structlog.get_logger(__name__)

REFRESH_S = 10.0
CARDS_KEPT_TRUE = 100  # the first so many; who stands behind them learns it when it matters
DRAFT_PAUSE_S = 2.0
LONG_S = 60.0  # who waits longer for the GPU gets a draft from the CPU meanwhile


@dataclass(frozen=True, slots=True)
class Place:
    """`place` counts from 1; `wait` until the render begins, `run` how long it then takes;
    `trouble` is why the renderer takes no jobs now."""

    place: int
    wait: Span | None
    run: Span | None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """What estimates rest on: what jobs took lately, and what is under way."""

    read_at: datetime
    records: Sequence[UsageRecord]
    running: Sequence[Job]
    trouble: Trouble | None


class WaitingRoom:
    def __init__(
        self,
        *,
        platforms: Sequence[str],
        jobs: JobStore,
        usage: UsageStore,
        pausing: Pausing,
        room: Room,
        drafts: Drafts,
        board: Board,
        clock: Clock,
    ) -> None:
        self._platforms = frozenset(platforms)
        self._jobs = jobs
        self._usage = usage
        self._pausing = pausing
        self._room = room
        self._drafts = drafts
        self._board = board
        self._clock = clock
        self._paces: dict[Renderer, Pace] = {}

    async def place_of(self, job: Job) -> Place:
        """Raises `StoreError`."""
        return self._place(job, await self._jobs.ahead(job), await self._pace(job.renderer))

    def card_of(self, job: Job, place: Place) -> Card:
        draft = self._drafts.of(job)
        return queued_card(job, Standing(place.place, place.wait, place.trouble, draft))

    async def run_of(self, job: Job | UsualClip) -> Span | None:
        """How long its render takes, as far as that was measured. Raises `StoreError`."""
        return estimate_run(job, (await self._pace(job.renderer)).records)

    async def wait_behind_all(self, renderer: Renderer) -> Span | None:
        """How long who came now would wait. Raises `StoreError`."""
        pace = await self._pace(renderer)
        queue, under_way = (renderer, JobStatus.QUEUED), await self._jobs.under_way()
        ahead = sum(one.jobs for one in under_way if (one.renderer, one.status) == queue)
        return estimate_wait(ahead, pace.running, self._clock.now(), pace.records)

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
                self._board.show(job, self.card_of(job, self._place(job, ahead, pace)))

    async def keep_drafting(self) -> None:
        """Until cancelled: drafts from the CPU for those who wait long for the model."""
        while True:
            await self._clock.sleep(DRAFT_PAUSE_S)
            try:
                if await self._drafts.make_next(await self._long_waits()):
                    await self._refresh(Renderer.MODEL)
            except StoreError as error:
                log.warning("drafts.not_made", error=str(error))
            except Exception:
                log.exception("drafts.not_made")

    async def _long_waits(self) -> list[Job]:
        """Jobs that are expected to wait for the model for over a minute, the first ones first."""
        pace = await self._pace(Renderer.MODEL)
        waiting = await self._jobs.waiting(Renderer.MODEL, limit=CARDS_KEPT_TRUE)
        return [
            job
            for ahead, job in enumerate(waiting)
            if job.origin.platform in self._platforms
            and _is_long(self._place(job, ahead, pace), busy=ahead > 0 or bool(pace.running))
        ]

    def _place(self, job: Job, ahead: int, pace: Pace) -> Place:
        wait = estimate_wait(ahead, pace.running, self._clock.now(), pace.records)
        return Place(ahead + 1, wait, estimate_run(job, pace.records), pace.trouble)

    async def _pace(self, renderer: Renderer) -> Pace:
        """Read anew every `REFRESH_S`: a range needs nothing fresher, and a submission that
        reads less is answered sooner."""
        now, known = self._clock.now(), self._paces.get(renderer)
        if known is not None and now - known.read_at < timedelta(seconds=REFRESH_S):
            return known
        records = await self._usage.recent(renderer)
        running = [job for job in await self._jobs.running() if job.renderer is renderer]
        trouble = self._room.trouble() or await self._trouble(renderer)
        self._paces[renderer] = pace = Pace(now, records, running, trouble)
        return pace

    async def _trouble(self, renderer: Renderer) -> Trouble | None:
        """The preview renderer is there whenever the bot is."""
        return await self._pausing.trouble(renderer) if renderer is Renderer.MODEL else None


def _is_long(place: Place, busy: bool) -> bool:
    """Where nothing was measured yet, a busy model is taken for a slow one; a draft needs room
    too."""
    if place.trouble is not None:
        return not place.trouble.of_all
    return place.wait.high_s > LONG_S if place.wait is not None else busy
