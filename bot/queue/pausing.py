"""Whether the GPU may be used now, which the operator decides: by a pause, or by hours."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.clip import Renderer, Trouble
from bot.door.door import Door
from bot.errors import PersonError
from bot.origin import Origin
from bot.ports import Clock, Engine, PauseStore
from bot.queue.hours import Hours
from bot.queue.pause import Pause, Rest

log = structlog.get_logger(__name__)


class Pausing:
    """A pause is a row: it outlives a restart, and holds for every bot on the same database. The
    preview renderer, on the CPU, goes on through all of it."""

    def __init__(
        self, hours: Hours, *, pauses: PauseStore, engine: Engine, door: Door, clock: Clock
    ) -> None:
        self._hours = hours
        self._pauses = pauses
        self._engine = engine
        self._door = door
        self._clock = clock

    async def rest(self) -> Rest | None:
        """None: it may be used. Raises `StoreError`."""
        now, pause = self._clock.now(), await self._pauses.get()
        if pause is not None and pause.holds(now):
            return Rest(until=pause.until and self._hours.next(pause.until), pause=pause)
        return None if self._hours.hold(now) else Rest(until=self._hours.next(now))

    async def trouble(self, renderer: Renderer) -> Trouble | None:
        """As the engine's, which is not asked while its GPU rests. Raises `StoreError`."""
        if renderer is Renderer.MODEL and (rest := await self.rest()):
            return rest.trouble
        return await self._engine.trouble(renderer)

    async def pause(
        self, person: Origin, until: datetime | None = None, *, at_once: bool = False
    ) -> Rest:
        """In place of a pause that holds. Raises `NotAllowedError`, and `PersonError` for an end
        that is over."""
        await self._door.require_operator(person)
        now = self._clock.now()
        if until is not None and until <= now:
            raise PersonError("pause-over")
        pause = Pause(since=now, until=until, at_once=at_once)
        await self._pauses.put(pause)
        log.info("gpu.paused", by=person.owner, until=until and until.isoformat())
        return Rest(until=until and self._hours.next(until), pause=pause)

    async def resume(self, person: Origin) -> Rest | None:
        """What keeps it from being used all the same. Raises `NotAllowedError`."""
        await self._door.require_operator(person)
        await self._pauses.drop()
        log.info("gpu.resumed", by=person.owner)
        return await self.rest()
