"""Every job's one card, kept up to date: at its platform's pace, the newest state winning."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

import structlog

from bot.card import Card, CardState
from bot.errors import CardGoneError, MessengerError, PlaceGoneError, SketchlifeError
from bot.job import Job, JobStatus
from bot.ports import LONG_AGO, Clock, JobStore, Messenger

log = structlog.get_logger(__name__)

# A card that comes late may only be shown while its job is still where the card says.
SHOWN_WHILE = {
    CardState.QUEUED: JobStatus.QUEUED,
    CardState.RUNNING: JobStatus.RUNNING,
    CardState.FINISHING: JobStatus.RENDERED,
}
ENDS_REMEMBERED = 1000  # far more than can end while one first card is on its way


@dataclass(slots=True)
class _Slot:
    """One card. The lock orders its edits: a late progress never overwrites the clip."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    ref: str | None = None
    shown: Card | None = None
    pending: tuple[Job, Card] | None = None
    next_edit_at: datetime = LONG_AGO
    pump: asyncio.Task[None] | None = None


class Board:
    """Posts and edits cards through the Messenger of each job's platform.

    `announce` posts a job's first card, `show` is for news that may be dropped (progress, places
    in the queue) and never waits, `put` is for the end, which must arrive, `change` for what comes
    after it. An async context manager: leaving it gives up what is still pending.
    """

    def __init__(self, messengers: Mapping[str, Messenger], jobs: JobStore, clock: Clock) -> None:
        self._messengers = messengers
        self._jobs = jobs
        self._clock = clock
        self._slots: dict[str, _Slot] = {}
        self._ended: deque[str] = deque(maxlen=ENDS_REMEMBERED)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        pumps = [slot.pump for slot in self._slots.values() if slot.pump]
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)

    async def announce(self, job: Job, card: Card) -> None:
        """The first card, unless a later one was quicker; in place of the one that asked the
        picture's author, where there is one. Raises `MessengerError`."""
        slot = self._slots.setdefault(job.id, _Slot())
        async with slot.lock:
            if slot.ref is None and job.id not in self._ended:
                await (self._put if job.card else self._post)(job, card, slot)

    def show(self, job: Job, card: Card) -> None:
        """Show it soon, unless something newer comes first or nothing would change."""
        slot = self._slots.setdefault(job.id, _Slot())
        if card == slot.shown:
            return
        slot.pending = (job, card)
        if slot.pump is None or slot.pump.done():
            slot.pump = asyncio.create_task(self._pump(job.id, slot), name=f"card {job.id}")

    async def put(self, job: Job, card: Card) -> None:
        """Show the card that ends a job now; one that is gone is posted afresh, its nonce made of
        the job's id. Raises `TooLargeError`, `PlaceGoneError` or another `MessengerError`."""
        async with self._for_good(job) as slot:
            await self._put(job, card, slot)

    async def change(self, job: Job, card: Card) -> None:
        """As `put`, of a card that is there: raises `CardGoneError` where it can't be edited. Of
        a job that never had one nothing is shown."""
        async with self._for_good(job) as slot:
            stored = await self._jobs.get(job.id)
            if slot.ref or stored.card:
                await self._edit(stored, card, slot)

    @asynccontextmanager
    async def _for_good(self, job: Job) -> AsyncIterator[_Slot]:
        """Nothing newer follows by itself; the slot is forgotten, unless it is tried again."""
        slot = self._slots.setdefault(job.id, _Slot())
        slot.pending = None
        try:
            async with slot.lock:
                yield slot
        except (PlaceGoneError, CardGoneError):
            self._forget(job.id)
            raise
        self._forget(job.id)

    async def _put(self, job: Job, card: Card, slot: _Slot) -> None:
        try:
            await self._edit(await self._jobs.get(job.id), card, slot)
        except CardGoneError:
            old = slot.ref or (await self._jobs.get(job.id)).card
            # not the first card's: a platform may answer with what it deleted a minute ago
            await self._post(job, card, slot, nonce=f"{job.id}-c")
            if old is not None and old != slot.ref:
                await self._take_away(job, old, card)

    async def _take_away(self, job: Job, ref: str, card: Card) -> None:
        """One that was only too old to be edited would still say that its job waits."""
        try:
            await self._messengers[job.origin.platform].remove(job.origin, ref, card)
        except MessengerError as error:
            log.info("card.left_behind", job=job.id, error=str(error))

    def _forget(self, job_id: str) -> None:
        self._slots.pop(job_id, None)
        if job_id not in self._ended:
            self._ended.append(job_id)

    async def _pump(self, job_id: str, slot: _Slot) -> None:
        while slot.pending is not None:
            wait_s = (slot.next_edit_at - self._clock.now()).total_seconds()
            if wait_s > 0:
                await self._clock.sleep(wait_s)
            async with slot.lock:
                if slot.pending is None:
                    break
                job, card = slot.pending
                slot.pending = None
                await self._try_edit(job, card, slot)
        if self._slots.get(job_id) is slot and slot.shown is None:
            del self._slots[job_id]

    async def _try_edit(self, job: Job, card: Card, slot: _Slot) -> None:
        pause_s = self._messengers[job.origin.platform].edit_interval_s(job.origin)
        try:
            stored = await self._jobs.get(job.id)
            if SHOWN_WHILE[card.state] is stored.status:
                await self._edit(stored, card, slot)
        except SketchlifeError as error:  # news may be dropped: the next edit tells more
            log.info("card.not_shown", job=job.id, error=str(error))
            if isinstance(error, MessengerError) and error.retry_after_s:
                pause_s = max(pause_s, error.retry_after_s)
        slot.next_edit_at = self._clock.now() + timedelta(seconds=pause_s)

    async def _edit(self, job: Job, card: Card, slot: _Slot) -> None:
        """`job` as it is stored now: who holds an older one may not know of its card yet."""
        ref = slot.ref or job.card
        if ref is None:
            await self._post(job, card, slot)
            return
        if card != slot.shown:
            await self._messengers[job.origin.platform].edit(job.origin, ref, card)
        slot.ref, slot.shown = ref, card
        if job.card != ref:  # the database was away when it was posted
            await self._jobs.save(job.id, card=ref)

    async def _post(self, job: Job, card: Card, slot: _Slot, nonce: str = "") -> None:
        messenger = self._messengers[job.origin.platform]
        ref = await messenger.post(job.origin, card, nonce=nonce or job.id)
        slot.ref, slot.shown = ref, card
        await self._jobs.save(job.id, card=ref)
