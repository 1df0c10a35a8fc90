"""How Telegram sees the bot: its name, its link, and what it gets to see in groups."""

from __future__ import annotations

from dataclasses import dataclass

from telegram.error import InvalidToken, TelegramError

from adapters.telegram.client import Access, open_client
from adapters.telegram.errors import as_ours
from bot.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Health:
    """`sees_all`: its privacy mode is off, so that groups show it every message."""

    name: str
    link: str
    sees_all: bool


async def look_at_telegram(access: Access) -> Health:
    """Raises `SettingsError` for a token that Telegram doesn't know, `MessengerError` where it
    can't be reached."""
    try:
        async with open_client(access) as client:
            me = client.bot
            return Health(me.full_name, me.link or "", bool(me.can_read_all_group_messages))
    except InvalidToken:  # whose own sentence holds the token
        raise SettingsError("telegram-token-wrong") from None
    except TelegramError as error:
        raise as_ours(error, access.up_bytes) from error
