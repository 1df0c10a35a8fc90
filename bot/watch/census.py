"""Who uses the machine, and where: with the limits that hold there, for whoever runs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.asking.choices import OF_GUEST, OF_PLACE, read_choices
from bot.door.door import Door
from bot.door.limits import QueueLimits
from bot.door.rules import EVERYWHERE, HouseRules
from bot.names import checked_owner, plain_name
from bot.origin import Origin
from bot.ports import Clock, Messenger
from bot.preferences import PersonSettings, PlaceSettings
from bot.stores import Stores
from bot.watch.totals import Regular

log = structlog.get_logger(__name__)

LATELY = timedelta(days=30)
SHOWN = 50  # of each: what a person reads through
OF_PLACE_HERE = {name: OF_PLACE[name] for name in ("waiting", "gpu_seconds", "pause")}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSeen:
    """A person: `limits` are those that hold for them (before a place's own), `spent_s` the GPU
    seconds of their day. `name` is what people call them, where that is known."""

    owner: str
    name: str
    jobs: int
    last: datetime
    spent_s: float
    limits: QueueLimits
    chosen: PersonSettings
    blocked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSeen:
    """A place: `last` None where nothing was made lately, `limits` those of everybody there.
    `name` is what people there call it, where that is known."""

    home: str
    name: str
    people: int
    jobs: int
    last: datetime | None
    limits: QueueLimits
    chosen: PlaceSettings


@dataclass(frozen=True, slots=True)
class Everybody:
    """`ceilings` are the operator's own, which hold where nothing else is said."""

    people: Sequence[PersonSeen]
    places: Sequence[PlaceSeen]
    ceilings: QueueLimits


class Census:
    def __init__(
        self,
        rules: HouseRules,
        stores: Stores,
        *,
        messengers: Mapping[str, Messenger],
        door: Door,
        clock: Clock,
    ) -> None:
        self._rules = rules
        self._messengers = messengers
        self._stores = stores
        self._door = door
        self._clock = clock

    async def everybody(self, person: Origin) -> Everybody:
        """Of those who had something made lately, the busiest first. Raises `NotAllowedError`."""
        await self._door.require_operator(person)
        now = self._clock.now()
        regulars = await self._stores.usage.regulars(now - LATELY)
        return Everybody(
            [await self._person_seen(owner, theirs, now) for owner, theirs in _by_owner(regulars)],
            [await self._place_seen(home, there) for home, there in self._by_home(regulars)],
            self._rules.limits,
        )

    async def limit_person(
        self, person: Origin, owner: str, typed: Mapping[str, str]
    ) -> PersonSettings:
        """By the names in `bot.asking.choices.OF_GUEST`. Raises `NotAllowedError`,
        `RequestError`."""
        await self._door.require_operator(person)
        fields = read_choices(OF_GUEST, typed, self._rules.limits)
        log.info("person.limited", by=person.owner, fields=sorted(fields))
        return await self._stores.settings.change_person(
            checked_owner(owner), self._clock.now(), by=person.owner, **fields
        )

    async def limit_place(
        self, person: Origin, home: str, typed: Mapping[str, str]
    ) -> PlaceSettings:
        """Its limits, or its pause, by their names in `bot.asking.choices.OF_PLACE`. Raises
        `NotAllowedError`, `RequestError`."""
        await self._door.require_operator(person)
        fields = read_choices(OF_PLACE_HERE, typed, self._rules.limits)
        log.info("place.changed", home=home, by=person.owner, fields=sorted(fields))
        return await self._stores.settings.change_place(
            checked_owner(home), person.owner, self._clock.now(), **fields
        )

    def name_of(self, home: str) -> str:
        """What people there call it, where that is known."""
        platform, _, community = home.partition(":")
        messenger = self._messengers.get(platform)
        return plain_name(messenger.place_name(community)) if messenger is not None else ""

    async def _person_seen(self, owner: str, theirs: list[Regular], now: datetime) -> PersonSeen:
        stores = self._stores
        chosen = await stores.settings.person(owner)
        newest = await stores.jobs.of_person(owner, limit=1)
        return PersonSeen(
            owner=owner,
            name=newest[0].origin.person_name if newest else "",
            jobs=sum(one.jobs for one in theirs),
            last=max(one.last for one in theirs),
            spent_s=await stores.quotas.spent_s(owner, now),
            limits=self._rules.limits.of_person(chosen),
            chosen=chosen,
            blocked=await stores.reports.is_blocked(owner),
        )

    async def _place_seen(self, home: str, there: list[Regular]) -> PlaceSeen:
        chosen = await self._stores.settings.place(home)
        nobody = Origin(platform="", place="", person="")
        return PlaceSeen(
            home=home,
            name=self.name_of(home),
            people=len({one.owner for one in there}),
            jobs=sum(one.jobs for one in there),
            last=max((one.last for one in there), default=None),
            limits=self._rules.limits.lowered(chosen, nobody),
            chosen=chosen,
        )

    def _by_home(self, regulars: Iterable[Regular]) -> list[tuple[str, list[Regular]]]:
        """With those that are allowed and where nothing was made lately."""
        by_home: dict[str, list[Regular]] = {}
        for one in regulars:
            if one.home:
                by_home.setdefault(one.home, []).append(one)
        for home in sorted(self._rules.allowed_places - {EVERYWHERE}):
            by_home.setdefault(home, [])
        return list(by_home.items())[:SHOWN]


def _by_owner(regulars: Iterable[Regular]) -> list[tuple[str, list[Regular]]]:
    by_owner: dict[str, list[Regular]] = {}
    for one in regulars:
        by_owner.setdefault(one.owner, []).append(one)
    busiest = sorted(by_owner.items(), key=lambda one: -sum(two.jobs for two in one[1]))
    return busiest[:SHOWN]
