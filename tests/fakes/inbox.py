"""An inbox, its tips and the places that moved, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.errors import StoreError
from bot.incoming import Incoming


@dataclass
class FakeInboxStore:
    """`rows` by source and number; None: handled. `came` is all that ever came, so that a test can
    have it handled again, as after a crash."""

    rows: dict[tuple[str, int], Incoming | None] = field(default_factory=dict)
    came: dict[tuple[str, int], Incoming] = field(default_factory=dict)
    done_at: dict[tuple[str, int], datetime] = field(default_factory=dict)
    lefts: dict[tuple[str, int], str] = field(default_factory=dict)

    async def put(self, source: str, messages: Sequence[Incoming]) -> set[int]:
        new = {one.number for one in messages if (source, one.number) not in self.rows}
        for message in messages:
            self.rows.setdefault((source, message.number), message)
            self.came.setdefault((source, message.number), message)
        return new

    def forget_the_end_of_the_last(self) -> None:
        """A crash came before it was written down."""
        key = max(self.came)
        self.rows[key] = self.came[key]

    async def waiting(self, source: str, limit: int = 100) -> list[Incoming]:
        found = [one for (where, _), one in sorted(self.rows.items()) if one and where == source]
        return found[:limit]

    async def done(self, source: str, number: int, at: datetime, left: str = "") -> None:
        self.rows[source, number] = None
        self.done_at[source, number] = at
        if left:
            self.lefts[source, number] = left

    async def left(self, source: str) -> list[str]:
        return [left for (where, _), left in self.lefts.items() if where == source]

    async def drop_left(self, before: datetime) -> None:
        self.lefts = {key: left for key, left in self.lefts.items() if self.done_at[key] >= before}

    async def drop_done(self, before: datetime) -> None:
        for key in [key for key, at in self.done_at.items() if at < before]:
            del self.rows[key], self.done_at[key]
            self.lefts.pop(key, None)


@dataclass
class AwayAtFirst(FakeInboxStore):
    """A database that is away for some writes."""

    failures: int = 2

    async def put(self, source: str, messages: Sequence[Incoming]) -> set[int]:
        if self.failures:
            self.failures -= 1
            raise StoreError(reason="away")
        return await super().put(source, messages)


@dataclass
class FakeTipStore:
    given: set[tuple[str, str]] = field(default_factory=set)

    async def is_first(self, person: str, tip: str) -> bool:
        is_first = (person, tip) not in self.given
        self.given.add((person, tip))
        return is_first

    async def forget(self, person: str) -> None:
        self.given = {one for one in self.given if one[0] != person}


@dataclass
class FakeMovedStore:
    first: dict[str, str] = field(default_factory=dict)

    async def put(self, now: str, first: str) -> None:
        self.first[now] = first

    async def all(self) -> dict[str, str]:
        return dict(self.first)
