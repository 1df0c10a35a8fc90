"""Acting on a job: one at a time, by those who may, on what is stored at that moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from weakref import WeakValueDictionary

from bot.card import Action
from bot.clips.actions import NOT_WHILE_BLOCKED, WITH_CLIP, phase_of, require
from bot.door.door import Door
from bot.errors import NotAllowedError
from bot.job import Job
from bot.log import about
from bot.origin import Origin
from bot.ports import JobStore, ReportStore, ShareStore
from bot.sharing import Share


@dataclass(frozen=True, slots=True)
class Held:
    """A job that nobody else here acts on meanwhile, and its share."""

    job: Job
    share: Share | None

    @property
    def clip_is_there(self) -> bool:
        """Whether its card shows the clip, as far as it was told."""
        return self.job.told and phase_of(self.job, self.share) in WITH_CLIP


@dataclass(frozen=True, slots=True)
class Allowed(Held):
    """`person` may do it, and is as the house knows them: with their languages and rights."""

    person: Origin


class Acting:
    """The lock of a job orders what its people do, so that a report and a share at once end in
    one order or the other. No chat is spoken to inside it: a slow one would keep a report waiting.
    """

    def __init__(
        self, *, jobs: JobStore, shares: ShareStore, reports: ReportStore, door: Door
    ) -> None:
        self._jobs = jobs
        self._shares = shares
        self._reports = reports
        self._door = door
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def on(self, action: Action, job_id: str, person: Origin) -> AsyncIterator[Allowed]:
        """Raises `NotAllowedError` and `JobGoneError` as `bot.clips.actions.require` does."""
        person = await self._door.recognise(person)
        async with self.alone(job_id) as held:
            require(action, held.job, held.share, person)
            if action in NOT_WHILE_BLOCKED and await self._reports.is_blocked(person.owner):
                raise NotAllowedError("person-blocked")
            yield Allowed(held.job, held.share, person)

    @asynccontextmanager
    async def alone(self, job_id: str) -> AsyncIterator[Held]:
        """For the house itself, which asks nobody. Raises `JobGoneError`."""
        lock = self._locks.setdefault(job_id, asyncio.Lock())
        async with lock:
            job = await self._jobs.get(job_id)
            with about(job_id, job.origin):
                yield Held(job, await self._shares.get(job_id))
