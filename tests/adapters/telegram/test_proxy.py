"""Where Telegram is blocked: everything goes by the proxy, whose password nobody is told."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.telegram.client import Access
from bot.job import JobStatus
from tests.adapters.telegram.bot import Bot
from tests.fakes.telegram.proxy import AUTH, ELSEWHERE, NAME, PASSWORD, FakeProxy, forwarding
from tests.fakes.telegram.server import TOKEN, FakeTelegram

SECRETS = (TOKEN, PASSWORD, AUTH.split()[1])


@pytest.fixture
async def proxy(telegram: FakeTelegram) -> AsyncIterator[FakeProxy]:
    async with forwarding(telegram.url) as proxy:
        yield proxy


def bot_behind(proxy_url: str, telegram: FakeTelegram, folder: Path) -> Bot:
    access = Access(token=TOKEN, base_url=ELSEWHERE, proxy=proxy_url)
    return Bot(telegram, folder, access=access)


async def test_news_downloads_and_uploads_all_go_by_the_proxy(
    telegram: FakeTelegram,
    proxy: FakeProxy,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bot = bot_behind(proxy.url(), telegram, tmp_path)
    with caplog.at_level(logging.DEBUG):
        async with bot.running() as house, house.at_work():
            message = await bot.person().sends_file()
            await bot.handled()
            await bot.until(lambda: bot.job().status is JobStatus.DELIVERED)
    downloaded = message["document"]["file_id"]
    expected = {"getMe", "getUpdates", "setMyCommands", "getFile", downloaded, "sendMessage"}
    assert expected <= set(proxy.through)
    assert {call.method for call in telegram.calls} <= set(proxy.through)
    assert telegram.of("editMessageMedia")
    said = capsys.readouterr()
    assert [one for one in SECRETS if one in caplog.text + said.out + said.err] == []


async def test_a_proxy_that_is_away_or_refuses_is_told_without_its_password(
    telegram: FakeTelegram,
    proxy: FakeProxy,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    unused_tcp_port: int,
) -> None:
    away = f"http://{NAME}:{PASSWORD}@127.0.0.1:{unused_tcp_port}"
    with caplog.at_level(logging.DEBUG):
        for url in (away, proxy.url(password="Hunter3")):
            bot = bot_behind(url, telegram, tmp_path)
            async with bot.running():
                await bot.until(lambda bot=bot: bot.clock.sleepers > 0)  # type: ignore[misc]
    assert telegram.calls == []
    said = capsys.readouterr()
    told = caplog.text + said.out + said.err
    assert told.count("telegram.away") == 2
    assert [one for one in (*SECRETS, "Hunter3") if one in told] == []
    assert "Traceback" not in told
