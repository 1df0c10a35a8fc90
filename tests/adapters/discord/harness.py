"""A messenger that is logged in to a Discord on loopback, and one channel there."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

import discord

from adapters.discord.messenger import DiscordMessenger
from bot.origin import Origin
from tests.fakes.discord.payloads import channel, guild, user
from tests.fakes.discord.server import TOKEN, FakeDiscord, called_instead_of_discord


class OnDiscord:
    """An async context manager, and a harness of the messengers' contract tests."""

    def __init__(self, folder: Path) -> None:
        self.server = FakeDiscord()
        self.messenger = DiscordMessenger()
        self.guild = guild("studio", self.server.bot)
        self.channel = channel("sketches", guild_id=self.guild["id"])
        self.guild["channels"].append(self.channel)
        self.server.add_guild(self.guild)
        self.ada = user("ada")
        self.server.rest.join(self.guild["id"], self.ada, [])
        self.origin = Origin(
            platform="discord",
            place=self.channel["id"],
            person=self.ada["id"],
            community=self.guild["id"],
        )
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        server = await self._stack.enter_async_context(self.server)
        self._stack.enter_context(called_instead_of_discord(server.url))
        client = discord.Client(
            intents=discord.Intents(guilds=True), allowed_mentions=discord.AllowedMentions.none()
        )
        await self._stack.enter_async_context(client)
        await client.login(TOKEN)
        self.messenger.use(client)
        return self

    async def __aexit__(self, *exc: Any) -> None:
        await self._stack.__aexit__(*exc)

    def cards(self) -> list[dict[str, Any]]:
        """The messages that are cards, as they stand."""
        messages = self.server.rest.messages.values()
        return [each for each in messages if "message_reference" not in each]

    def visible(self) -> list[str]:
        return [each["content"].splitlines()[0].strip("*") for each in self.cards()]

    def clip_bytes(self) -> bytes | None:
        files = [file for each in self.cards() for file in each["attachments"]]
        return self.server.download(files[0]["url"]) if files else None
