"""/preset: settings by a name, a person's own and a place's."""

from __future__ import annotations

from typing import Any

from discord import Attachment, Interaction, app_commands
from discord.app_commands import Range

from adapters.discord.asked import asked, make_way
from adapters.discord.complete import names_for
from adapters.discord.intake import Intake
from adapters.discord.markup import cut, escaped
from adapters.discord.words import called, sentence
from bot.asking.options import parse_options
from bot.asking.presets import LONGEST
from bot.service import Service

OPTIONS_LIMIT = 1000
NAME, ABOUT_NAME = sentence("discord-name-name"), sentence("discord-preset-name")
OF_PLACE, ABOUT_PLACE = sentence("discord-name-of-place"), sentence("discord-preset-place")


def add_to(tree: app_commands.CommandTree[Any], service: Service, intake: Intake) -> None:
    preset = app_commands.Group(
        **called("preset"),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    )
    _add_save(preset, service)
    _add_list(preset, service)
    _add_delete(preset, service)
    _add_use(preset, service, intake)
    tree.add_command(preset)


def _add_save(preset: app_commands.Group, service: Service) -> None:
    @preset.command(**called("preset", "save"))
    @app_commands.rename(name=NAME, options=sentence("discord-name-options"), of_place=OF_PLACE)
    @app_commands.describe(
        name=ABOUT_NAME, options=sentence("discord-option-options"), of_place=ABOUT_PLACE
    )
    async def save(
        interaction: Interaction[Any],
        name: Range[str, 1, LONGEST],
        options: Range[str, 1, OPTIONS_LIMIT],
        of_place: bool = False,
    ) -> None:
        async with asked(interaction, service, "preset") as heard:
            typed = parse_options(options)
            kept = await service.presets.save(heard.person, name, typed, of_place=of_place)
            await heard.answer.say(escaped(heard.texts.say("preset-saved", name=kept)))


def _add_list(preset: app_commands.Group, service: Service) -> None:
    @preset.command(**called("preset", "list"))
    async def list_(interaction: Interaction[Any]) -> None:
        async with asked(interaction, service, "preset") as heard:
            names = await service.presets.names(heard.person)
            rows = [
                heard.texts.say("discord-presets-own", names=", ".join(names.own) or "–"),
                heard.texts.say("discord-presets-place", names=", ".join(names.of_place) or "–"),
            ]
            await heard.answer.say(cut([escaped(row) for row in rows]))


def _add_delete(preset: app_commands.Group, service: Service) -> None:
    @preset.command(**called("preset", "delete"))
    @app_commands.rename(name=NAME, of_place=OF_PLACE)
    @app_commands.describe(name=ABOUT_NAME, of_place=ABOUT_PLACE)
    @app_commands.autocomplete(name=names_for(service, priced=False))
    async def delete(interaction: Interaction[Any], name: str, of_place: bool = False) -> None:
        async with asked(interaction, service, "preset") as heard:
            await service.presets.drop(heard.person, name, of_place=of_place)
            await heard.answer.say(escaped(heard.texts.say("preset-deleted", name=name)))


def _add_use(preset: app_commands.Group, service: Service, intake: Intake) -> None:
    @preset.command(**called("preset", "use"))
    @app_commands.rename(name=NAME, image=sentence("discord-name-image"))
    @app_commands.describe(name=ABOUT_NAME, image=sentence("discord-option-image"))
    @app_commands.autocomplete(name=names_for(service))
    async def use(interaction: Interaction[Any], name: str, image: Attachment) -> None:
        async with asked(interaction, service, "preset") as heard:
            await make_way(interaction, heard)
            await intake.take([image], heard.person, {"preset": name}, heard.answer)
