"""Groups that became supergroups: Telegram gives them another id, and the core knows the first.

So whatever was chosen, shared, reported, counted or allowed in a group (`ALLOWED_PLACES`) goes on
under the same name, and jobs that wait arrive where their people are now.
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from adapters.telegram.addresses import Spot
from adapters.telegram.origins import PLATFORM
from adapters.telegram.recent import Recent
from bot.insist import insist
from bot.origin import SOMEBODY, Origin
from bot.ports import Clock, MovedStore

log = structlog.get_logger(__name__)


class Groups:
    """As large as there are groups that ever moved."""

    def __init__(self, store: MovedStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._first: dict[int, int] = {}
        self._now: dict[int, int] = {}
        self._met: Recent[int, int] = Recent()

    async def load(self) -> None:
        """However long the database is away."""
        for now, first in (await insist(self._store.all, self._clock)).items():
            if now.startswith(f"{PLATFORM}:"):
                self._know(_chat_of(now), _chat_of(first))

    async def move(self, before: int, now: int) -> None:
        """As Telegram says, once in each of the two chats."""
        first = self.first(before)
        await insist(lambda: self._store.put(_home(now), _home(first)), self._clock)
        self._know(now, first)
        log.info("telegram.group_moved", first=first, now=now)

    def meet(self, before: int, now: int) -> None:
        """As a refusal says: good for what is sent there. Who wrote from there meanwhile is known
        by the name of now, which stays."""
        self._met[before] = now

    def first(self, chat: int) -> int:
        """What the core calls it."""
        return self._first.get(chat, chat)

    def now(self, chat: int) -> int:
        """Where it is to be found."""
        now = self._now.get(chat, chat)
        return self._met.get(now, now)

    def as_first(self, origin: Origin) -> Origin:
        """The group as a place, and as its anonymous admins."""
        if not self._first:
            return origin
        spot = Spot.of(origin.place)
        return replace(
            origin,
            place=str(replace(spot, chat=self.first(spot.chat))),
            community=self._first_of(origin.community),
            person=self._first_of(origin.person),
            author=self._first_of(origin.author),
        )

    def _know(self, now: int, first: int) -> None:
        self._first[now], self._now[first] = first, now

    def _first_of(self, chat: str) -> str:
        return str(self.first(int(chat))) if chat not in ("", SOMEBODY) else chat


def _home(chat: int) -> str:
    return f"{PLATFORM}:{chat}"


def _chat_of(home: str) -> int:
    return int(home.removeprefix(f"{PLATFORM}:"))
