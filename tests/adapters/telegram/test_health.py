"""What the doctor is told of Telegram."""

from __future__ import annotations

import pytest

from adapters.telegram.client import Access
from adapters.telegram.health import Health, look_at_telegram
from bot.errors import MessengerError, SettingsError
from tests.fakes.telegram.server import TOKEN, Accident, FakeTelegram


async def test_a_bot_is_found_by_its_link_with_privacy_mode_on(telegram: FakeTelegram) -> None:
    seen = await look_at_telegram(Access(token=TOKEN, base_url=telegram.url))
    assert seen == Health("Sketchlife", "https://t.me/sketchlife_bot", sees_all=False)


async def test_a_wrong_token_and_a_telegram_that_is_away_are_told_apart(
    telegram: FakeTelegram,
) -> None:
    wrong = Access(token="4242:" + "B" * 35, base_url=telegram.url)
    with pytest.raises(SettingsError, match="telegram-token-wrong"):
        await look_at_telegram(wrong)
    telegram.accidents["getMe"].append(Accident(0))
    with pytest.raises(MessengerError) as away:
        await look_at_telegram(Access(token=TOKEN, base_url=telegram.url))
    assert TOKEN not in str(away.value)
