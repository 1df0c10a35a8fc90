"""A messenger on a Telegram on loopback, and one private chat there."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

from adapters.telegram.client import CLOUD_UP, Access, open_client
from adapters.telegram.groups import Groups
from adapters.telegram.messenger import TelegramMessenger
from bot.origin import Origin
from tests.fakes.clock import FakeClock
from tests.fakes.inbox import FakeMovedStore
from tests.fakes.telegram.chats import Shown
from tests.fakes.telegram.server import TOKEN, FakeTelegram, serving

ADA = 11


class OnTelegram:
    """An async context manager, and a harness of the messengers' contract tests."""

    messenger: TelegramMessenger

    def __init__(self, folder: Path) -> None:
        self.server = FakeTelegram()
        self.origin = Origin(platform="telegram", place=str(ADA), person=str(ADA), private=True)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        server = await self._stack.enter_async_context(serving(self.server))
        client = open_client(Access(token=TOKEN, base_url=server.url))
        await self._stack.enter_async_context(client)
        clock = FakeClock()
        groups = Groups(FakeMovedStore(), clock)
        self.messenger = TelegramMessenger(client, groups, CLOUD_UP, clock)
        return self

    async def __aexit__(self, *exc: Any) -> None:
        await self._stack.__aexit__(*exc)
        assert self.server.faults == []

    def cards(self) -> list[Shown]:
        """Replies are no cards."""
        return [shown for shown in self.server.chats.of(ADA) if shown.reply_to is None]

    def visible(self) -> list[str]:
        return [shown.text.splitlines()[0] for shown in self.cards()]

    def clip_bytes(self) -> bytes | None:
        return next((shown.file for shown in self.cards() if shown.kind == "video"), None)
