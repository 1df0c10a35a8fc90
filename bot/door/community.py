"""Places and people choose: read and changed while the bot runs, with who changed what and when."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.asking.choices import OF_PERSON, OF_PLACE, read_choices
from bot.door.admission import require_place
from bot.door.door import Door
from bot.door.rules import HouseRules
from bot.errors import NotAllowedError
from bot.origin import Origin
from bot.ports import Clock, SettingsStore
from bot.preferences import Change, PersonSettings, PlaceSettings

log = structlog.get_logger(__name__)


class Community:
    """A place's settings are for those who look after it, a person's for nobody else."""

    def __init__(
        self, rules: HouseRules, *, door: Door, settings: SettingsStore, clock: Clock
    ) -> None:
        self._rules = rules
        self._door = door
        self._settings = settings
        self._clock = clock

    async def place(self, person: Origin) -> PlaceSettings:
        """Raises `NotAllowedError`."""
        return await self._settings.place((await self._in_charge(person)).home)

    async def change_place(self, person: Origin, typed: Mapping[str, str]) -> PlaceSettings:
        """By the names in `bot.asking.choices.OF_PLACE`. Raises `NotAllowedError` and
        `RequestError`."""
        person = await self._in_charge(person)
        fields = read_choices(OF_PLACE, typed, self._rules.limits)
        log.info("place.changed", home=person.home, by=person.owner, fields=sorted(fields))
        return await self._settings.change_place(
            person.home, person.owner, self._clock.now(), **fields
        )

    async def changes(self, person: Origin, limit: int = 50) -> list[Change]:
        """Of the place, newest first. Raises `NotAllowedError`."""
        return await self._settings.changes((await self._in_charge(person)).home, limit)

    async def is_auto(self, origin: Origin, *around: str) -> bool:
        """Whether the place, or one `around` it such as a forum, is set aside for pictures that
        are all animated."""
        auto = (await self._settings.place(origin.home)).auto_places
        return not {origin.place, *around}.isdisjoint(auto)

    async def person(self, person: Origin) -> PersonSettings:
        return await self._settings.person(person.owner)

    async def languages(self, person: Origin) -> tuple[str, str]:
        """What the person and the place chose; empty: nothing."""
        place, own = await self._settings.both(person.home, person.owner)
        return own.language, place.language

    async def change_person(self, person: Origin, typed: Mapping[str, str]) -> PersonSettings:
        """By the names in `bot.asking.choices.OF_PERSON`. Raises `RequestError`."""
        fields = read_choices(OF_PERSON, typed, self._rules.limits)
        return await self._settings.change_person(person.owner, self._clock.now(), **fields)

    async def _in_charge(self, person: Origin) -> Origin:
        """Also while the place is paused: who else could open it again?"""
        person = await self._door.recognise(person)
        require_place(person, self._rules.allowed_places)
        if not person.rights.in_charge:
            raise NotAllowedError("place-not-yours")
        return person
