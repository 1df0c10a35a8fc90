"""Where Telegram says that there were too many messages, that chat waits and no other."""

from __future__ import annotations

import asyncio
import logging

import pytest

from adapters.telegram.client import Client
from tests.adapters.telegram.conftest import ADA, GROUP
from tests.fakes.house import GUARD_S
from tests.fakes.telegram.server import FakeTelegram, flood

LONG_S = 3600  # nobody waits for it here


def chats_of(telegram: FakeTelegram) -> list[int]:
    return [call.params["chat_id"] for call in telegram.of("sendMessage")]


async def test_a_group_that_has_to_wait_for_an_hour_silences_nobody_else(
    telegram: FakeTelegram, client: Client
) -> None:
    telegram.accidents["sendMessage"].append(flood(LONG_S))
    waiting = [asyncio.create_task(client.send_message(GROUP, "first"))]
    try:
        async with asyncio.timeout(GUARD_S):
            while not chats_of(telegram):
                await asyncio.sleep(0.005)
            await client.send_message(ADA, "a private answer")
            waiting.append(asyncio.create_task(client.send_message(GROUP, "second")))
            await client.send_message(ADA, "and one more")
            await client.answer_callback_query("1")
        assert chats_of(telegram) == [GROUP, ADA, ADA], "the group is not asked meanwhile"
        assert not any(task.done() for task in waiting)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_what_waited_for_the_end_of_a_flood_is_sent(
    telegram: FakeTelegram, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.accidents["sendMessage"].append(flood(1))
    with caplog.at_level(logging.INFO):
        first = asyncio.create_task(client.send_message(GROUP, "first"))
        async with asyncio.timeout(GUARD_S):
            while not chats_of(telegram):
                await asyncio.sleep(0.005)
            await asyncio.gather(first, client.send_message(GROUP, "second"))
    assert {shown.text for shown in telegram.chats.of(GROUP)} == {"first", "second"}
    assert "Traceback" not in caplog.text
