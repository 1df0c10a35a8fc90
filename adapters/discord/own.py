"""/me, /privacy and /help: what holds for oneself, what is kept, and what the bot can do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, Self, cast

import discord
from discord import ButtonStyle, File, Interaction, app_commands
from discord.app_commands import Choice
from discord.ui import DynamicItem, Item, View

from adapters.discord.answers import Whisper, answering
from adapters.discord.asked import asked
from adapters.discord.cost import Costs
from adapters.discord.markup import cut, escaped
from adapters.discord.typed import SWITCH
from adapters.discord.words import called, sentence, setting_in, setting_of
from bot.asking.choices import DEFAULT, OF_PERSON, write_choices
from bot.asking.choices import Choice as Setting
from bot.asking.option_words import NAMES, name_in
from bot.preferences import Notice, PersonSettings, PlaceSettings
from bot.service import Service
from bot.texts import LANGUAGES, Texts

EXAMPLE = Path(__file__).with_name("sketch.png")  # a copy of the one in `examples`
LANGUAGE_CHOICES = [
    Choice(name=sentence(f"discord-language-{each}"), value=each) for each in (*LANGUAGES, DEFAULT)
]
NOTICE_CHOICES = [
    Choice(name=sentence(f"discord-notice-{each.value}"), value=each.value) for each in Notice
]


class HasOwn(Protocol):
    """The client that the button below belongs to."""

    own: Own


class Own:
    def __init__(self, service: Service) -> None:
        self._service = service

    def add_to(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.command(**called("help"))
        @app_commands.allowed_installs(guilds=True, users=True)
        async def help_(interaction: Interaction[Any]) -> None:
            async with asked(interaction, self._service, "help") as heard:
                costs = Costs(self._service, heard.person, heard.texts)
                cost = await costs.sentence("discord-cost-usual", {})
                await heard.answer.say(_help(heard.texts, cost), files=[File(EXAMPLE)])

        @tree.command(**called("privacy"))
        @app_commands.allowed_installs(guilds=True, users=True)
        async def privacy(interaction: Interaction[Any]) -> None:
            async with asked(interaction, self._service, "privacy") as heard:
                lines = self._service.privacy.lines(heard.answer.locale)
                await heard.answer.say(cut([escaped(line) for line in lines]))

        me = app_commands.Group(
            **called("me"),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        self._add_choices(me)
        self._add_data(me)
        tree.add_command(me)

    async def forget(self, interaction: Interaction[Any]) -> None:
        async with asked(interaction, self._service, "forget") as heard:
            left = await self._service.personal.forget([heard.person.owner])
            say = heard.texts.say
            await heard.answer.say(
                escaped(say("forgotten-left", left=left) if left else say("forgotten"))
            )

    def _add_choices(self, me: app_commands.Group) -> None:
        @me.command(**called("me", "settings"))
        @app_commands.rename(**{name: setting_of(OF_PERSON, name) for name in OF_PERSON})
        @app_commands.describe(
            language=sentence("discord-me-language"),
            notice=sentence("discord-me-notice"),
            opt_out=sentence("discord-me-opt-out"),
        )
        @app_commands.choices(language=LANGUAGE_CHOICES, notice=NOTICE_CHOICES)
        async def settings(
            interaction: Interaction[Any],
            language: str | None = None,
            notice: str | None = None,
            opt_out: bool | None = None,
        ) -> None:
            async with asked(interaction, self._service, "me") as heard:
                given = {"language": language, "notice": notice}
                typed = {name: value for name, value in given.items() if value is not None}
                if opt_out is not None:
                    typed["opt_out"] = SWITCH[opt_out]
                chosen = await self._service.community.change_person(heard.person, typed)
                await heard.answer.say(rows_of(OF_PERSON, chosen, heard.answer.locale))

    def _add_data(self, me: app_commands.Group) -> None:
        @me.command(**called("me", "data"))
        async def data(interaction: Interaction[Any]) -> None:
            async with asked(interaction, self._service, "export") as heard:

                async def made(limit_bytes: int) -> list[Path]:
                    return [await self._service.personal.export(heard.person, limit_bytes)]

                said = escaped(heard.texts.say("discord-my-data"))
                await heard.answer.hand_over_fitting(made, said)

        @me.command(**called("me", "forget"))
        async def forget(interaction: Interaction[Any]) -> None:
            async with asked(interaction, self._service, "me") as heard:
                view = View(timeout=None)
                view.add_item(ForgetButton(heard.texts.say("discord-forget")))
                await heard.answer.say(escaped(heard.texts.say("discord-forget-sure")), view)


class ForgetButton(DynamicItem[discord.ui.Button[View]], template="forget-me"):
    """Only the person sees it, and whoever presses it is forgotten."""

    def __init__(self, label: str) -> None:
        super().__init__(
            discord.ui.Button(style=ButtonStyle.danger, label=label, custom_id="forget-me")
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction[Any], item: Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls("…")

    async def callback(self, interaction: Interaction[Any]) -> None:
        async with answering(Whisper(interaction), "forget"):
            await cast(HasOwn, interaction.client).own.forget(interaction)


def rows_of(
    choices: Mapping[str, Setting], chosen: PersonSettings | PlaceSettings, locale: str
) -> str:
    """A row for each, as it could be typed."""
    written = write_choices(choices, chosen)
    named = {setting_in(locale, choices, name): value for name, value in written.items()}
    return cut([f"**{escaped(name)}**: {escaped(value)}" for name, value in named.items()])


def _help(texts: Texts, cost: str) -> str:
    names = [name_in(texts.language, name) for name in NAMES]
    paragraphs = [
        texts.say("discord-help-sketch"),
        texts.say("discord-help-ways"),
        texts.say("discord-help-settings", names=", ".join(names)),
        cost,
        texts.say("discord-help-not"),
    ]
    return cut([escaped(each) for each in paragraphs if each])
