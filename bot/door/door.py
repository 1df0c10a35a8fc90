"""The door of the house: who somebody is, in which language, and whether they may come in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.door.admission import require_open, require_place, require_role
from bot.door.rules import HouseRules
from bot.errors import NotAllowedError
from bot.names import plain_name
from bot.origin import Origin
from bot.ports import ReportStore, SettingsStore
from bot.preferences import PersonSettings, PlaceSettings


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who was let in, and what holds where they are."""

    origin: Origin
    place: PlaceSettings
    own: PersonSettings = field(default_factory=PersonSettings)


class Door:
    """Everything that a person asks for passes `recognise`; what makes a job also `admit`."""

    def __init__(self, rules: HouseRules, *, settings: SettingsStore, reports: ReportStore) -> None:
        self._rules = rules
        self._settings = settings
        self._reports = reports

    async def recognise(self, person: Origin) -> Origin:
        """With the languages that the person and the place chose, an operator's rights, and names
        that fit into a sentence."""
        return (await self._guest(person)).origin

    async def require_operator(self, person: Origin) -> None:
        """Raises `NotAllowedError` for whoever does not run the machine."""
        if not (await self.recognise(person)).rights.operator:
            raise NotAllowedError("operator-only")

    async def admit(self, person: Origin) -> Guest:
        """For a picture that comes in now. Raises `NotAllowedError`."""
        guest = await self._guest(person)
        require_place(guest.origin, self._rules.allowed_places)
        await self._require_welcome(guest)
        require_role(guest.origin, guest.place)
        return guest

    async def admit_again(self, person: Origin) -> Guest:
        """For a picture that waited for somebody else's answer: what its sender was allowed then
        still holds, unless they were blocked or their place paused. Raises `NotAllowedError`."""
        guest = await self._guest(person)
        await self._require_welcome(guest)
        return guest

    async def _require_welcome(self, guest: Guest) -> None:
        person = guest.origin
        if not person.rights.operator and await self._reports.is_blocked(person.owner):
            raise NotAllowedError("person-blocked")
        require_open(guest.place)

    async def _guest(self, person: Origin) -> Guest:
        place, own = await self._settings.both(person.home, person.owner)
        return Guest(self._known(person, place, own), place, own)

    def _known(self, person: Origin, place: PlaceSettings, own: PersonSettings) -> Origin:
        locale = own.language or person.locale
        public = place.language or self._rules.language or person.place_locale
        operator = person.rights.operator or person.owner in self._rules.operators
        return replace(
            person,
            person_name=plain_name(person.person_name),
            author_name=plain_name(person.author_name),
            locale=locale,
            place_locale=locale if person.private else public,  # nobody else reads it there
            rights=replace(person.rights, operator=operator),
        )
