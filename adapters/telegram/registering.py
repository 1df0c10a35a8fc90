"""The lists of commands that Telegram shows: by language, and shorter in groups."""

from __future__ import annotations

from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)

from adapters.telegram.client import Client
from adapters.telegram.commands import IN_LISTS
from bot.texts import LANGUAGES, Texts

IN_GROUPS = ("animate",)  # the other names are those of other bots as well
ANY_LANGUAGE = ""


async def register(client: Client) -> None:
    """Raises `TelegramError`."""
    scopes = (
        (BotCommandScopeAllPrivateChats(), IN_LISTS),
        (BotCommandScopeAllGroupChats(), IN_GROUPS),
    )
    for scope, names in scopes:
        for language in (ANY_LANGUAGE, *LANGUAGES):
            texts = Texts(language or "en")
            commands = [BotCommand(name, texts.say(f"telegram-command-{name}")) for name in names]
            await client.set_my_commands(commands, scope, language or None)
