"""What places and people have chosen, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.people.leaving import Leaving
from bot.preferences import Change, PersonSettings, PlaceSettings, differences


class FakeSettingsStore:
    def __init__(self) -> None:
        self.places: dict[str, PlaceSettings] = {}
        self.people: dict[str, PersonSettings] = {}
        self.history: list[Change] = []

    async def place(self, home: str) -> PlaceSettings:
        return self.places.get(home, PlaceSettings())

    async def person(self, owner: str) -> PersonSettings:
        return self.people.get(owner, PersonSettings())

    async def both(self, home: str, owner: str) -> tuple[PlaceSettings, PersonSettings]:
        return await self.place(home), await self.person(owner)

    async def change_place(self, home: str, by: str, at: datetime, **changes: Any) -> PlaceSettings:
        old = await self.place(home)
        new = self.places[home] = replace(old, **changes)
        self.history += differences(old, new, subject=home, by=by, at=at)
        return new

    async def change_person(
        self, owner: str, at: datetime, *, by: str = "", **changes: Any
    ) -> PersonSettings:
        old = await self.person(owner)
        new = self.people[owner] = replace(old, **changes)
        self.history += differences(old, new, subject=owner, by=by or owner, at=at)
        return new

    async def changes(self, subject: str, limit: int = 50) -> list[Change]:
        found = [change for change in reversed(self.history) if change.subject == subject]
        return sorted(found, key=lambda change: change.at, reverse=True)[:limit]

    async def forget(self, owner: str) -> None:
        self.people.pop(owner, None)
        self.history = [
            replace(change, by="") if change.by == owner else change
            for change in self.history
            if change.subject != owner
        ]


class FakePresetStore:
    def __init__(self) -> None:
        self.rows: dict[str, dict[str, dict[str, str]]] = {}

    async def save(self, subject: str, name: str, options: Mapping[str, str]) -> None:
        self.rows.setdefault(subject, {})[name] = dict(options)

    async def get(self, subject: str, name: str) -> dict[str, str] | None:
        found = self.rows.get(subject, {}).get(name)
        return None if found is None else dict(found)

    async def names(self, subject: str) -> list[str]:
        return sorted(self.rows.get(subject, {}))

    async def drop(self, subject: str, name: str) -> bool:
        return self.rows.get(subject, {}).pop(name, None) is not None

    async def forget(self, subject: str) -> None:
        self.rows.pop(subject, None)


class FakeLeftoverStore:
    def __init__(self) -> None:
        self.copied_at: list[datetime] = []

    async def tidy(self, now: datetime, keep: timedelta) -> None:
        self.copied_at = [at for at in self.copied_at if now - at <= keep]


class FakeLeavingStore:
    def __init__(self) -> None:
        self.rows: dict[str, Leaving] = {}

    async def put(self, person: Leaving) -> None:
        self.rows[person.owner] = person

    async def all(self) -> list[Leaving]:
        return sorted(self.rows.values(), key=lambda one: (one.asked_at, one.owner))

    async def drop(self, person: Leaving) -> bool:
        self.rows.pop(person.owner, None)
        return True
