"""The whole core around fakes, and a simulated Discord whose people use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.env import Env
from simcord.results import InteractionResult

from adapters.discord.client import SketchClient, Terms
from adapters.discord.messenger import DiscordMessenger
from adapters.discord.uploads import Downloads
from tests.fakes.house import FakeHouse

DOWNLOADS = Downloads(hosts=frozenset({"cdn.simcord.invalid"}))
GUILD = 1456074443980800500  # whose members may use the bot in private
SKETCH = ("sketch.png", b"a sketch")


def client_of(house: FakeHouse, sees_all: bool) -> SketchClient:
    terms = Terms(downloads=DOWNLOADS, guilds=(GUILD,))
    return SketchClient(house.service, sees_all=sees_all, clock=house.clock, terms=terms)


@dataclass
class Sim:
    env: Env
    house: FakeHouse
    messenger: DiscordMessenger
    channel: ChannelHandle
    back_room: ChannelHandle  # where those sit who look after the place
    ada: MemberActor
    ben: MemberActor

    async def restart(self) -> None:
        """A client that remembers nothing of the messages of the one before it."""
        client = client_of(self.house, sees_all=True)
        await self.env.restart_bot(client)
        self.messenger.use(client)

    def moderator(self, name: str) -> MemberActor:
        guild = self.env.guild
        role = guild.create_role("staff", permissions=discord.Permissions(manage_guild=True))
        return guild.add_member(self.env.create_user(name), roles=[role])

    async def change_place(self, **fields: Any) -> None:
        """As somebody who looks after the place decided before."""
        home, clock = f"discord:{self.env.guild.id}", self.house.clock
        await self.house.settings.change_place(home, "discord:mo", clock.now(), **fields)

    async def animate(self, who: MemberActor, **options: Any) -> InteractionResult:
        await self.house.clock.advance(0.001)  # ids sort by the millisecond
        return await who.slash(self.channel, "animate", image=SKETCH, **options)

    async def send_dm(
        self, who: MemberActor, text: str, files: Sequence[tuple[str, bytes]] = ()
    ) -> None:
        stored = self.env.backend.store_attachments(who.user.dm_channel.id, files)
        await who.send_dm(text, attachments=stored)

    async def start_thread(self, on: discord.Message) -> ChannelHandle:
        thread = await on.create_thread(name="a thread")
        (found,) = [each for each in self.channel.threads if each.id == thread.id]
        return found

    @property
    def cards(self) -> list[discord.Message]:
        """What stands in the channel and is the bot's own."""
        history = self.channel.history()
        me = self.env.bot.user
        return [each for each in history if me is not None and each.author.id == me.id]

    @property
    def card(self) -> discord.Message:
        (card,) = self.cards
        return card

    async def finished(self) -> None:
        """Every job gets its clip."""
        async with self.house.at_work():
            jobs = self.house.jobs.rows
            await self.house.until(lambda: all(job.status.ended for job in jobs.values()))
            await self.house.until(lambda: all(job.told for job in jobs.values()))


def buttons(message: Any) -> dict[str, str]:
    """Their ids by their labels."""
    found = {}
    for row in message.components:
        said = row if isinstance(row, dict) else row.to_dict()
        found |= {
            each["label"]: each["custom_id"] for each in said["components"] if "label" in each
        }
    return found


def said(result: InteractionResult) -> str:
    """What its person reads."""
    assert result.response is not None
    return result.response.content
