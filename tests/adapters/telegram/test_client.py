"""How Telegram is reached: with which limits, through which proxy."""

from __future__ import annotations

import asyncio
import logging

import pytest

from adapters.telegram.client import CLOUD_UP, LOCAL_UP, Access, Client, open_client
from bot.app.chats import telegram_access
from bot.settings import PROXY_SCHEMES, Settings
from tests.fakes.house import GUARD_S
from tests.fakes.telegram.server import TOKEN, FakeTelegram


def test_a_server_of_ones_own_takes_more() -> None:
    cloud = Access.to(None, token=TOKEN, proxy=None)
    assert cloud.up_bytes == CLOUD_UP
    own = Access.to("http://127.0.0.1:8081", token=TOKEN, proxy=None)
    assert own.up_bytes == LOCAL_UP


def test_the_address_may_end_in_a_slash() -> None:
    client = open_client(Access(token=TOKEN, base_url="http://127.0.0.1:8081/"))
    assert client.base_url == f"http://127.0.0.1:8081/bot{TOKEN}"
    assert client.base_file_url == f"http://127.0.0.1:8081/file/bot{TOKEN}"


def test_its_own_proxy_goes_before_the_one_for_everything() -> None:
    everything, own = "http://127.0.0.1:1", "http://127.0.0.1:2"
    for settings, proxy in (
        ({}, None),
        ({"proxy": everything}, everything),
        ({"proxy": everything, "telegram_proxy": own}, own),
    ):
        access = telegram_access(Settings(_env_file=None, telegram_token=TOKEN, **settings))
        assert access is not None
        assert access.proxy == proxy


@pytest.mark.parametrize("scheme", PROXY_SCHEMES)
async def test_every_kind_of_proxy_that_the_settings_take_can_be_used(scheme: str) -> None:
    client = open_client(Access(token=TOKEN, proxy=f"{scheme}://name:password@127.0.0.1:1080"))
    await client.shutdown()


def test_neither_the_token_nor_the_proxy_is_shown_with_the_rest() -> None:
    shown = repr(Access(token=TOKEN, proxy="http://name:password@127.0.0.1"))
    assert TOKEN not in shown
    assert "password" not in shown


@pytest.mark.parametrize(
    ("asked", "telegram_says", "httpx_says"),
    [
        (logging.DEBUG, logging.INFO, logging.WARNING),
        (logging.ERROR, logging.ERROR, logging.ERROR),
    ],
)
def test_the_libraries_say_no_more_than_was_asked_for(
    asked: int, telegram_says: int, httpx_says: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(asked):
        open_client(Access(token=TOKEN))
    for name, level in (("telegram.ext.Application", telegram_says), ("httpx", httpx_says)):
        assert logging.getLogger(name).getEffectiveLevel() == level


async def test_asking_who_somebody_is_costs_a_group_none_of_its_messages(
    telegram: FakeTelegram, client: Client
) -> None:
    """The library lets twenty requests a minute through to a group, and the next ones wait."""
    for person in range(25):
        await client.get_chat_member(-1001234, person)
    async with asyncio.timeout(GUARD_S):
        await client.send_message(-1001234, "not too late")
    assert len(telegram.chats.of(-1001234)) == 1
