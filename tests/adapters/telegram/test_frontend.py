"""The login, the news, the lists of commands, and the token that is in no log."""

from __future__ import annotations

import logging

import pytest

from adapters.telegram.client import Access
from adapters.telegram.frontend import Kept, TelegramFrontend
from bot.errors import SettingsError
from tests.adapters.telegram.bot import Bot
from tests.fakes.clock import FakeClock
from tests.fakes.inbox import FakeInboxStore, FakeMovedStore, FakeTipStore
from tests.fakes.telegram.server import TOKEN, Accident, FakeTelegram, flood


async def sleeping(bot: Bot) -> None:
    await bot.until(lambda: bot.clock.sleepers > 1)  # one is the sweep of the inbox


@pytest.mark.parametrize(
    "accident",
    [
        Accident(0),
        Accident(502, "Bad Gateway"),
        Accident(409, "Conflict: terminated by other getUpdates request"),
        flood(3),
    ],
    ids=["cut", "5xx", "conflict", "flood"],
)
async def test_news_that_cannot_be_fetched_are_asked_for_again(
    bot: Bot, accident: Accident
) -> None:
    bot.telegram.accidents["getUpdates"].append(accident)
    async with bot.running():
        await bot.person().sends_file()
        await sleeping(bot)
        await bot.clock.advance(4)
        await bot.handled()
    assert len(bot.jobs.rows) == 1


async def test_a_telegram_that_is_away_at_the_start_is_waited_for(bot: Bot) -> None:
    bot.telegram.accidents["getMe"].extend([Accident(0), Accident(500, "Internal")])
    async with bot.running() as house:
        watching = house.service.operating.watching
        await bot.person().sends_file()
        for pause_s in (1, 5):
            await bot.until(lambda: bot.clock.sleepers > 0)
            assert (await watching.readiness()).platforms == {"telegram": False}
            await bot.clock.advance(pause_s)
        await bot.handled()
        assert (await watching.readiness()).platforms == {"telegram": True}
    assert len(bot.jobs.rows) == 1


async def test_a_token_that_telegram_does_not_know_is_the_operator_s_to_mend(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "4242:" + "B" * 35
    frontend = TelegramFrontend(
        Access(token=wrong, base_url=telegram.url),
        Kept(FakeInboxStore(), FakeTipStore(), FakeMovedStore()),
        FakeClock(),
    )
    service: object = None
    with caplog.at_level(logging.DEBUG), pytest.raises(SettingsError) as refusal:
        await frontend.serve(service)  # type: ignore[arg-type]  # not needed before the login
    assert refusal.value.key == "telegram-token-wrong"
    assert wrong not in caplog.text


async def test_the_token_is_in_no_log_whatever_happens(
    bot: Bot, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        bot.telegram.accidents["getFile"].append(Accident(400, "Bad Request: wrong file_id"))
        bot.telegram.accidents["sendMessage"].append(Accident(0))
        async with bot.running():
            await bot.person().sends_file()
            await bot.person().sends_file()
            await sleeping(bot)
            await bot.clock.advance(1)
            await bot.handled()
    said = capsys.readouterr()
    assert TOKEN not in caplog.text + said.out + said.err


async def test_commands_are_registered_by_language_and_fewer_in_groups(bot: Bot) -> None:
    async with bot.running():
        await bot.until(lambda: len(bot.telegram.chats.commands) == 6)
    lists = {
        (one["scope"]["type"], one.get("language_code", "")): one["commands"]
        for one in bot.telegram.chats.commands
    }
    for language in ("", "en", "zh"):
        in_group = [each["command"] for each in lists["all_group_chats", language]]
        assert in_group == ["animate"]
        private = [each["command"] for each in lists["all_private_chats", language]]
        assert {"animate", "help", "privacy"} <= set(private)
    assert not lists["all_private_chats", "zh"][0]["description"].isascii()
