"""What platforms refused since this process began, counted for who watches over it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from bot.card import Card
from bot.errors import MessengerError
from bot.origin import Origin
from bot.ports import Messenger


class Tally:
    """Errors by platform and code, deliveries that were tried again by platform."""

    def __init__(self) -> None:
        self.errors: Counter[tuple[str, str]] = Counter()
        self.retries: Counter[str] = Counter()

    @contextmanager
    def counting(self, platform: str) -> Iterator[None]:
        try:
            yield
        except MessengerError as error:
            self.errors[platform, code_of(error)] += 1
            raise


class CountedMessenger:
    """A Messenger whose errors are counted on their way."""

    def __init__(self, messenger: Messenger, tally: Tally) -> None:
        self.platform = messenger.platform
        self._messenger = messenger
        self._tally = tally

    def connected(self) -> bool:
        return self._messenger.connected()

    def edit_interval_s(self, origin: Origin) -> float:
        return self._messenger.edit_interval_s(origin)

    def scrolled_away(self, origin: Origin, ref: str) -> bool:
        return self._messenger.scrolled_away(origin, ref)

    def size_limit(self, origin: Origin) -> int | None:
        return self._messenger.size_limit(origin)

    def place_name(self, community: str) -> str:
        return self._messenger.place_name(community)

    async def post(self, origin: Origin, card: Card, nonce: str) -> str:
        with self._tally.counting(self.platform):
            return await self._messenger.post(origin, card, nonce)

    async def edit(self, origin: Origin, ref: str, card: Card) -> None:
        with self._tally.counting(self.platform):
            await self._messenger.edit(origin, ref, card)

    async def mention(self, origin: Origin, ref: str, text: str) -> None:
        with self._tally.counting(self.platform):
            await self._messenger.mention(origin, ref, text)

    async def post_direct(self, origin: Origin, card: Card, nonce: str) -> str:
        with self._tally.counting(self.platform):
            return await self._messenger.post_direct(origin, card, nonce)

    async def remove(self, origin: Origin, ref: str, instead: Card) -> None:
        with self._tally.counting(self.platform):
            await self._messenger.remove(origin, ref, instead)


def code_of(error: MessengerError) -> str:
    """The platform's own number where it has one; never a sentence, of which there are too many
    to count by."""
    said = error.args_of_text.get("code") or error.args_of_text.get("status")
    if said:
        return str(said)
    return "rate-limited" if error.retry_after_s else type(error).__name__
