"""Who may send a picture, and where: pure rules, applied at the door (`bot.door.door`)."""

from __future__ import annotations

from collections.abc import Set

from bot.door.rules import EVERYWHERE
from bot.errors import NotAllowedError
from bot.origin import Origin
from bot.preferences import PlaceSettings


def require_place(person: Origin, allowed: Set[str]) -> None:
    """Raises `NotAllowedError` unless the place is one of those, or the person belongs to one:
    that is what opens a private message. Whoever runs the machine may send from anywhere."""
    if person.rights.operator or EVERYWHERE in allowed:
        return
    known_by = {f"{person.platform}:{community}" for community in person.rights.member_of}
    if allowed.isdisjoint({person.home} | known_by):
        key = "place-private" if person.private else "place-not-allowed"
        raise NotAllowedError(key, home=person.home)


def require_role(person: Origin, place: PlaceSettings) -> None:
    """Raises `NotAllowedError` where the place lets only some roles in, and the person has none
    of them and doesn't look after the place either."""
    rights = person.rights
    if not place.allowed_roles or rights.in_charge:
        return
    if rights.roles.isdisjoint(place.allowed_roles):
        raise NotAllowedError("place-roles")


def require_open(place: PlaceSettings) -> None:
    """Raises `NotAllowedError` while the place is paused, for everybody: who paused it can open
    it again."""
    if place.paused:
        raise NotAllowedError("place-paused")
