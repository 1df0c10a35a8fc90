"""Who may see whose usage, and the bars that show it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bot.door.door import Door
from bot.errors import NotAllowedError
from bot.job import UsageRecord
from bot.origin import Origin
from bot.people.own_folder import own_folder
from bot.people.usage import usage_chart
from bot.ports import Clock, Engine, MediaStore, UsageStore

CHART = "usage.png"


class Scope(StrEnum):
    """Whose: one's own, the community's that one is in, or everybody's."""

    MINE = "mine"
    HERE = "here"
    ALL = "all"


class Accounts:
    def __init__(
        self, *, usage: UsageStore, door: Door, engine: Engine, media: MediaStore, clock: Clock
    ) -> None:
        self._usage = usage
        self._door = door
        self._engine = engine
        self._media = media
        self._clock = clock

    async def records(
        self, person: Origin, scope: Scope = Scope.MINE, since: datetime | None = None
    ) -> list[UsageRecord]:
        """Oldest first; for `usage_lines` and `usage_csv`. A community's are for who looks after
        it, everybody's for who runs the bot: raises `NotAllowedError`."""
        person = await self._door.recognise(person)
        rights = person.rights
        match scope:
            case Scope.MINE:
                return await self._usage.records(since, owner=person.owner)
            case Scope.HERE if rights.in_charge:
                return await self._usage.records(since, home=person.home)
            case Scope.ALL if rights.operator:
                return await self._usage.records(since)
        raise NotAllowedError("usage-not-yours")

    async def chart(
        self, person: Origin, records: Sequence[UsageRecord], since: datetime | None = None
    ) -> Path:
        """The records as a picture, in the person's language; it is there for a day. Raises
        `MediaError`, `WorkerError`."""
        person = await self._door.recognise(person)
        chart = usage_chart(records, since, self._clock.now(), person.locale)
        return await self._engine.chart(chart, self._media.folder(own_folder(person.owner)) / CHART)
