"""/preset: settings by a name, a person's own and a place's."""

from __future__ import annotations

from typing import Any

from discord import Attachment, Interaction, app_commands
from discord.app_commands import Range

from adapters.discord.asked import asked, make_way
from adapters.discord.complete import names_for
from adapters.discord.intake import Intake
from adapters.discord.markup import cut, escaped
from adapters.discord.permissions import require_of_interaction
from adapters.discord.words import sentence
from bot.asking.options import parse_options
from bot.asking.presets import LONGEST
from bot.service import Service

OPTIONS_LIMIT = 1000


def add_to(tree: app_commands.CommandTree[Any], service: Service, intake: Intake) -> None:
    preset = app_commands.Group(
        name="preset",
        description=sentence("discord-preset"),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    )
    complete, about_place = names_for(service), sentence("discord-preset-place")
    called = {
        "name": sentence("discord-name-name"),
        "of_place": sentence("discord-name-of-place"),
        "options": sentence("discord-name-options"),
        "image": sentence("discord-name-image"),
    }

    @preset.command(name="save", description=sentence("discord-preset-save"))
    @app_commands.rename(
        name=called["name"], options=called["options"], of_place=called["of_place"]
    )
    @app_commands.describe(
        name=sentence("discord-preset-name"),
        options=sentence("discord-option-options"),
        of_place=about_place,
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

    @preset.command(name="list", description=sentence("discord-preset-list"))
    async def list_(interaction: Interaction[Any]) -> None:
        async with asked(interaction, service, "preset") as heard:
            names = await service.presets.names(heard.person)
            rows = [
                heard.texts.say("discord-presets-own", names=", ".join(names.own) or "–"),
                heard.texts.say("discord-presets-place", names=", ".join(names.of_place) or "–"),
            ]
            await heard.answer.say(cut([escaped(row) for row in rows]))

    @preset.command(name="delete", description=sentence("discord-preset-delete"))
    @app_commands.rename(name=called["name"], of_place=called["of_place"])
    @app_commands.describe(name=sentence("discord-preset-name"), of_place=about_place)
    @app_commands.autocomplete(name=complete)
    async def delete(interaction: Interaction[Any], name: str, of_place: bool = False) -> None:
        async with asked(interaction, service, "preset") as heard:
            await service.presets.drop(heard.person, name, of_place=of_place)
            await heard.answer.say(escaped(heard.texts.say("preset-deleted", name=name)))

    @preset.command(name="use", description=sentence("discord-preset-use"))
    @app_commands.rename(name=called["name"], image=called["image"])
    @app_commands.describe(
        name=sentence("discord-preset-name"), image=sentence("discord-option-image")
    )
    @app_commands.autocomplete(name=complete)
    async def use(interaction: Interaction[Any], name: str, image: Attachment) -> None:
        async with asked(interaction, service, "preset") as heard:
            require_of_interaction(interaction)
            await make_way(interaction, heard)
            await intake.take([image], heard.person, {"preset": name}, heard.answer)

    tree.add_command(preset)
