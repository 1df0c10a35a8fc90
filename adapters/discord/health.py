"""How Discord sees the bot: its name, its switches, where it is, and the link that invites it."""

from __future__ import annotations

from dataclasses import dataclass

import discord
from discord import ApplicationFlags, Intents, Permissions
from discord.utils import oauth_url

from adapters.discord.errors import as_messenger_errors
from adapters.discord.line import Line
from adapters.discord.permissions import names_of
from bot.errors import SettingsError

SCOPES = ("bot", "applications.commands")
PERMISSIONS = Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    attach_files=True,
    read_message_history=True,
    add_reactions=True,
)
MOST_GUILDS = 200  # as many as Discord tells at once


@dataclass(frozen=True, slots=True)
class Health:
    """`sees_all`: the switch of the message content intent is on; `missing` tells guild by guild
    which permissions nobody gave the bot there, in words."""

    name: str
    invite: str
    sees_all: bool
    guilds: int
    missing: str = ""


async def look(line: Line, locale: str = "en") -> Health:
    """Raises `SettingsError` for a token that Discord doesn't know, `MessengerError` where it
    can't be reached."""
    with as_messenger_errors():
        try:
            async with discord.Client(intents=Intents(guilds=True), **line.options()) as client:
                await client.login(line.token)
                # its `fetch_guilds` leaves out what the bot may do in them
                guilds = await client.http.get_guilds(MOST_GUILDS)
                lacking = [(each["name"], _lacking(int(each["permissions"]))) for each in guilds]
                assert client.application is not None, "a login brings it along"
                return Health(
                    name=client.application.name,
                    invite=invite_of(client.application.id),
                    sees_all=may_read(client.application.flags),
                    guilds=len(guilds),
                    missing="; ".join(
                        f"{name}: {names_of(flags, locale)}" for name, flags in lacking if flags
                    ),
                )
        except discord.LoginFailure:
            raise SettingsError("discord-token-wrong") from None


def _lacking(permissions: int) -> list[str]:
    granted = Permissions(permissions)
    if granted.administrator:
        return []
    return [name for name, needed in PERMISSIONS if needed and not getattr(granted, name)]


def invite_of(application_id: int) -> str:
    """Opened in a browser by who looks after a guild, it lets the bot in with what it needs."""
    return oauth_url(application_id, permissions=PERMISSIONS, scopes=SCOPES)


def may_read(flags: ApplicationFlags) -> bool:
    return flags.gateway_message_content or flags.gateway_message_content_limited
