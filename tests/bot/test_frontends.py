"""Chats beside each other: what ends one leaves the others alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from bot.errors import SettingsError
from bot.frontends import PAUSE_S, serve_all
from bot.service import Service
from tests.fakes.clock import FakeClock
from tests.fakes.messenger import FakeMessenger

SERVICE = cast(Service, None)  # nobody asks for anything


@dataclass
class Chat:
    """Says what `says` raises at each start; then serves until it is cancelled."""

    says: list[Exception] = field(default_factory=list)
    starts: int = 0
    messenger: FakeMessenger = field(default_factory=FakeMessenger)

    async def serve(self, service: Service) -> None:
        self.starts += 1
        if self.says:
            raise self.says.pop(0)
        await asyncio.Event().wait()


async def until(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0)


async def test_a_wrong_token_leaves_the_other_chat_at_work() -> None:
    wrong, right = Chat([SettingsError("discord-token-wrong")]), Chat()
    serving = asyncio.create_task(serve_all([wrong, right], SERVICE, FakeClock()))
    await until(lambda: wrong.starts and right.starts)
    assert not serving.done()
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert (wrong.starts, right.starts) == (1, 1)


async def test_where_no_chat_can_go_on_the_first_reason_is_told() -> None:
    chats = [Chat([SettingsError("discord-token-wrong")]), Chat([SettingsError("web-port-taken")])]
    with pytest.raises(SettingsError, match="discord-token-wrong"):
        await serve_all(chats, SERVICE, FakeClock())


async def test_a_chat_that_falls_over_a_bug_starts_anew_after_a_pause() -> None:
    clock, chat = FakeClock(), Chat([ZeroDivisionError()])
    serving = asyncio.create_task(serve_all([chat], SERVICE, clock))
    await until(lambda: clock.sleepers)
    await clock.advance(PAUSE_S)
    await until(lambda: chat.starts == 2)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
