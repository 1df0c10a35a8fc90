"""The library's client with everything hung in that people can do on Discord."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import discord
import structlog
from discord import (
    AllowedMentions,
    Intents,
    Interaction,
    InteractionType,
    Message,
    app_commands,
)

from adapters.discord import animate, exhibits, keeping, places, usage
from adapters.discord.answers import Whisper, answering
from adapters.discord.button import ActionButton
from adapters.discord.custom_id import Press
from adapters.discord.errors import UNDONE
from adapters.discord.health import invite_of
from adapters.discord.intake import Intake
from adapters.discord.leaves import Leaves
from adapters.discord.lists import Lists, PageButton, RepostMenu
from adapters.discord.members import Members
from adapters.discord.messages import Messages
from adapters.discord.own import ForgetButton, Own
from adapters.discord.presses import Presses
from adapters.discord.scrolling import Scrolling
from adapters.discord.uploads import Downloads
from adapters.discord.words import Words
from bot.ports import Clock
from bot.service import Service

log = structlog.get_logger(__name__)

LONGEST_WAIT_S = 30.0  # for the library, which sleeps through a 429 holding its card's turn


class Tree(app_commands.CommandTree["SketchClient"]):
    """Commands answer for themselves; what goes wrong before them is answered here."""

    async def on_error(
        self, interaction: Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        async with answering(Whisper(interaction), "command"):
            raise getattr(error, "original", error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`guilds` are those whose members may use the bot in private, too."""

    guilds: tuple[int, ...] = ()
    downloads: Downloads = field(default_factory=Downloads)


class SketchClient(discord.Client):
    """`sees_all` asks Discord for what people write in channels, which it must be switched on
    for; without it mentions, direct messages and menus still come with their pictures."""

    def __init__(
        self,
        service: Service,
        *,
        sees_all: bool,
        clock: Clock,
        terms: Terms | None = None,
        leaves: Leaves | None = None,
        scrolling: Scrolling | None = None,
        **options: Any,
    ) -> None:
        super().__init__(
            intents=intents(sees_all),
            allowed_mentions=AllowedMentions.none(),
            max_messages=None,  # none is looked up here, and they would only fill the memory
            max_ratelimit_timeout=LONGEST_WAIT_S,
            **options,
        )
        terms = terms or Terms()
        intake = Intake(service, terms.downloads)
        self.leaves, self._scrolling = leaves or Leaves(), scrolling or Scrolling()
        self.members = Members(self, clock, terms.guilds)
        self._presses = Presses(service, intake)
        self._messages = Messages(self, self.members, intake, sees_all=sees_all)
        self.tree = Tree(self)
        self.lists, self.own = Lists(service), Own(service)
        animate.add_to(self.tree, intake)
        keeping.add_to(self.tree, service, intake)
        self.lists.add_to(self.tree)
        self.own.add_to(self.tree)
        for commands in (usage, exhibits, places):
            commands.add_to(self.tree, service)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Two seconds after a login the library says that it is ready, even to a client that has
        ended meanwhile."""
        if not self.is_closed():
            super().dispatch(event, *args, **kwargs)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(ActionButton, PageButton, RepostMenu, ForgetButton)
        await self.tree.set_translator(Words())
        try:
            await self.tree.sync()
        except UNDONE as error:  # those of the last start are still there
            log.warning("discord.commands_not_told", error=str(error))

    async def on_ready(self) -> None:
        invite = invite_of(self.application_id) if self.application_id else ""
        log.info("discord.ready", guilds=len(self.guilds), invite=invite)

    async def on_message(self, message: Message) -> None:
        self._scrolling.heard(message)
        await self._messages.heard(message)

    async def on_interaction(self, interaction: Interaction[Any]) -> None:
        """The library has seen to commands and buttons; forms outlive what it knows of them."""
        if interaction.type is InteractionType.modal_submit:
            await self._presses.sent(interaction)

    async def pressed(self, interaction: Interaction[Any], press: Press) -> None:
        await self._presses.press(interaction, press)


def intents(sees_all: bool) -> Intents:
    """Guilds for their languages and limits, messages for mentions; of members only what comes
    with what they do."""
    return Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=sees_all)
