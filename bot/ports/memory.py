"""What has to outlive a restart besides: what came in, who is to be forgotten, pauses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.incoming import Incoming
from bot.people.leaving import Leaving
from bot.queue.pause import Pause


class InboxStore(Protocol):
    """What a platform sent and what of it is yet to be handled; `source` is the account that it
    was sent to."""

    async def put(self, source: str, messages: Sequence[Incoming]) -> set[int]:
        """The numbers that are new; what came before stays as it is, handled or not."""

    async def waiting(self, source: str, limit: int = 100) -> list[Incoming]:
        """The oldest first."""

    async def done(self, source: str, number: int, at: datetime, left: str = "") -> None:
        """It is handled: its content goes, its number stays to be known again, and for a while
        what is `left` for messages that belong to it."""

    async def left(self, source: str) -> list[str]:
        """By those that are handled."""

    async def drop_left(self, before: datetime) -> None:
        """By those that were handled before then."""

    async def drop_done(self, before: datetime) -> None:
        """Those numbers that were handled before then."""


class TipStore(Protocol):
    """What somebody was told once and need not be told again."""

    async def is_first(self, person: str, tip: str) -> bool:
        """True once for each."""

    async def forget(self, person: str) -> None: ...


class LeavingStore(Protocol):
    """Who asked to be forgotten, and is not yet."""

    async def put(self, person: Leaving) -> None:
        """In place of what is known of the same person."""

    async def all(self) -> list[Leaving]:
        """Who asked first comes first."""

    async def drop(self, person: Leaving) -> bool:
        """Unless a bot in another folder, over the same database, has yet to forget what it has
        of theirs from before. Whether nothing is known of their leaving now."""


class LeftoverStore(Protocol):
    """What lies beside the database: how everything was before an upgrade or a restore, and the
    note of what people took back, for the next restore."""

    async def tidy(self, now: datetime, keep: timedelta) -> None:
        """Copies go after `keep`, as files do; the note forgets what is far older. Raises
        `MediaError`."""


class MovedStore(Protocol):
    """Places that go on under another id of their platform's. Here they keep the first one, so that
    all that was chosen, shared, reported and counted there goes on with them."""

    async def put(self, now: str, first: str) -> None:
        """Homes (see `bot.origin`)."""

    async def all(self) -> dict[str, str]:
        """The first home of each, by the one that it has now."""


class PauseStore(Protocol):
    """What an operator said of the GPU; one for all who share the database."""

    async def get(self) -> Pause | None:
        """The last one, whether it holds or not."""

    async def put(self, pause: Pause) -> None:
        """In place of the last one."""

    async def drop(self) -> None:
        """Gone already is as good."""
