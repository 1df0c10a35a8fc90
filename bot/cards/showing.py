"""What became of an ended job, wherever people see it: its card, its copies, what asks about it.

Whatever changes after the end is written with `told=False` and then told. What can't be shown now
stays untold, and the running bot comes back to it: so a decision from a command line, another
process or the web reaches the card as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol
from weakref import WeakValueDictionary

import structlog

from bot.card import Card
from bot.cards.board import Board
from bot.cards.encoding import ClipRules, Encoding
from bot.cards.endings import end_card
from bot.clip import ClipFile
from bot.clips.actions import OUT_OF_SIGHT, WITH_CLIP, Phase, phase_of
from bot.errors import (
    CardGoneError,
    MachineError,
    PlaceGoneError,
    SketchlifeError,
    TooLargeError,
)
from bot.job import Job
from bot.log import about
from bot.ports import JobStore, Messenger, ShareStore
from bot.sharing import Share

log = structlog.get_logger(__name__)

CARDS_REMEMBERED = 1000  # what is forgotten is shown once more, with its clip


class Beside(Protocol):
    """Something else that shows the job."""

    async def show(self, job: Job, share: Share | None) -> None:
        """Make it true. Raises `MessengerError`, `StoreError`."""


class Showing:
    def __init__(
        self,
        *,
        messengers: Mapping[str, Messenger],
        board: Board,
        jobs: JobStore,
        shares: ShareStore,
        encoding: Encoding,
        beside: Sequence[Beside],
        rules: ClipRules,
    ) -> None:
        self._messengers = messengers
        self._board = board
        self._jobs = jobs
        self._shares = shares
        self._encoding = encoding
        self._beside = beside
        self._rules = rules
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._coming: set[str] = set()
        self._last: dict[str, Card] = {}

    async def tell(self, job_id: str, *, clip_is_there: bool = False) -> None:
        """Never raises for what a platform or the store does. `clip_is_there`: when the caller
        looked, the card showed the clip, which need not be sent again."""
        if job_id in self._coming:
            return  # whoever comes next looks at what is stored then
        lock = self._locks.setdefault(job_id, asyncio.Lock())
        self._coming.add(job_id)
        try:
            await lock.acquire()
        finally:
            self._coming.discard(job_id)
        try:
            await self._until_true(job_id, clip_is_there)
        except SketchlifeError as error:
            log.warning("job.untold", job=job_id, error=str(error))
        finally:
            lock.release()

    async def _until_true(self, job_id: str, clip_is_there: bool) -> None:
        """Shown, and then told, unless another process changed it in between."""
        while True:
            job, share = await self._jobs.get(job_id), await self._shares.get(job_id)
            if job.origin.platform not in self._messengers:
                return  # its own process comes to it
            with about(job_id, job.origin):
                await self._show_everywhere(job, share, clip_is_there)
            saved = await self._jobs.save(job_id, told=True)
            after = await self._shares.get(job_id)
            if end_card(saved, after, self._rules) == end_card(job, share, self._rules):
                return

    async def _show_everywhere(self, job: Job, share: Share | None, clip_is_there: bool) -> None:
        """A chat that is away keeps no other from being told."""
        away: list[MachineError] = []
        try:
            await self._show_card(job, share, clip_is_there)
        except MachineError as error:
            away.append(error)
        for beside in self._beside:
            try:
                await beside.show(job, share)
            except MachineError as error:
                away.append(error)
        if away:
            raise away[0]

    async def _show_card(self, job: Job, share: Share | None, clip_is_there: bool) -> None:
        card = end_card(job, share, self._rules)
        last = self._last.pop(job.id, None)
        if last != card:
            phase = phase_of(job, share)
            with_clip = last.clip is not None if last else clip_is_there
            if phase in OUT_OF_SIGHT:
                await self._show_instead(job, card, phase)
            elif phase in WITH_CLIP and not with_clip:
                await self._show_clip(job, card)
            else:
                await self._put(job, replace(card, clip_stays=card.clip is not None))
        self._remember(job.id, card)

    async def _show_clip(self, job: Job, card: Card) -> None:
        """The clip is sent again; where its file is lost, the words alone."""
        file: ClipFile | None
        try:
            file = await self._encoding.file_of_card(job)
        except MachineError as error:
            log.warning("clip.lost", error=str(error))
            await self._put(job, replace(card, clip=None))
            return
        while file is not None:
            file = await self._send(job, card, file)

    async def _send(self, job: Job, card: Card, file: ClipFile) -> ClipFile | None:
        """The smaller file to send instead, where the place takes less than it once did."""
        try:
            await self._put(job, replace(card, clip=file))
        except TooLargeError as error:
            limit = min(error.limit_bytes, file.size_bytes - 1)
            _, smaller = await self._encoding.for_card(job, limit)
            await self._jobs.save(job.id, file=smaller)
            return smaller
        return None

    async def _show_instead(self, job: Job, card: Card, phase: Phase) -> None:
        """In place of what was there; a message that can't be edited any more goes, unless what
        it shows may stay."""
        try:
            await self._board.change(job, card)
        except CardGoneError:
            if job.card is not None and not card.clip_stays:
                messenger = self._messengers[job.origin.platform]
                await messenger.remove(job.origin, job.card, card)
        except PlaceGoneError:
            log.info("card.place_gone")

    async def _put(self, job: Job, card: Card) -> None:
        try:
            await self._board.put(job, card)
        except PlaceGoneError as error:  # nobody is left to be told
            log.info("card.place_gone", error=str(error))

    def _remember(self, job_id: str, card: Card) -> None:
        self._last[job_id] = card
        if len(self._last) > CARDS_REMEMBERED:
            del self._last[next(iter(self._last))]
