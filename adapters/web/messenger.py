"""The page as a chat: nothing is sent anywhere, and the newest card waits for whoever looks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot.card import Card
from bot.origin import Origin

PLATFORM = "web"
PACE_S = 0.2
CARDS_KEPT = 1000  # newest ones; of the others the house itself knows how they stand


class WebMessenger:
    """Implements `bot.ports.Messenger`; a reference is the nonce, which is the job's id.

    A card is nowhere but here, so it can always be edited, also one from before a restart.
    """

    platform = PLATFORM

    def __init__(self) -> None:
        self.closed = False
        self._cards: dict[str, Card] = {}
        self._watchers: dict[str, set[asyncio.Event]] = {}

    def connected(self) -> bool:
        return not self.closed

    def edit_interval_s(self, origin: Origin) -> float:
        return PACE_S

    async def post(self, origin: Origin, card: Card, nonce: str) -> str:
        self._keep(nonce, card)
        return nonce

    async def edit(self, origin: Origin, ref: str, card: Card) -> None:
        self._keep(ref, card)

    async def mention(self, origin: Origin, ref: str, text: str) -> None:
        """Who has the page open sees the clip arrive, and nobody else can be reached."""

    async def post_direct(self, origin: Origin, card: Card, nonce: str) -> str:
        return await self.post(origin, card, nonce)

    async def remove(self, origin: Origin, ref: str, instead: Card) -> None:
        self._keep(ref, replace(instead, clip=None))

    def scrolled_away(self, origin: Origin, ref: str) -> bool:
        return False

    def size_limit(self, origin: Origin) -> int | None:
        return None

    def place_name(self, community: str) -> str:
        return ""

    def newest(self, ref: str) -> Card | None:
        return self._cards.get(ref)

    @contextmanager
    def watching(self, ref: str) -> Iterator[asyncio.Event]:
        """Set at everything that happens to the card, and when the page closes."""
        news = asyncio.Event()
        watchers = self._watchers.setdefault(ref, set())
        watchers.add(news)
        try:
            yield news
        finally:
            watchers.discard(news)
            if not watchers and self._watchers.get(ref) is watchers:
                del self._watchers[ref]

    def close(self) -> None:
        """Lets everybody go who watches."""
        self.closed = True
        for watchers in self._watchers.values():
            for news in watchers:
                news.set()

    def _keep(self, ref: str, card: Card) -> None:
        self._cards.pop(ref, None)
        self._cards[ref] = card
        if len(self._cards) > CARDS_KEPT:
            del self._cards[next(iter(self._cards))]
        for news in self._watchers.get(ref, ()):
            news.set()
