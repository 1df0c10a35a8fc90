"""/animate with its options as Discord shows and checks them, and "Animate" in a message's menu."""

from __future__ import annotations

from typing import Any

from discord import Attachment, Interaction, Message, app_commands
from discord.app_commands import Choice, Range

from adapters.discord.asked import asked, make_way
from adapters.discord.complete import names_for, numbers_for, recent_for
from adapters.discord.intake import Intake
from adapters.discord.typed import chosen
from adapters.discord.uploads import pictures_in, require_pictures
from adapters.discord.whose import with_author_of
from adapters.discord.words import called, choices_of, name_of, sentence
from bot.asking.option_words import NAMES
from bot.asking.options import parse_options
from bot.asking.presets import LONGEST
from bot.request import (
    CFG,
    FRAMES,
    PROMPT_LIMIT,
    RESOLUTIONS,
    SEED,
    STEPS,
    ClipFormat,
    Expression,
    Mode,
    Sampler,
    Style,
)

USUAL_STEPS, USUAL_FRAMES = (30, 50, 60, 80), (17, 25, 33, 41, 49)
DESCRIBED = {name: sentence(f"discord-option-{name}") for name in ("image", "options", *NAMES)}
CHOICES: dict[str, list[Choice[Any]]] = {
    "res": [Choice(name=str(side), value=side) for side in RESOLUTIONS],
    "expression": choices_of("expression", Expression),
    "style": choices_of("style", Style),
    "sampler": choices_of("sampler", Sampler),
    "mode": choices_of("mode", Mode),
    "format": choices_of("format", ClipFormat),
}


def add_to(tree: app_commands.CommandTree[Any], intake: Intake) -> None:
    @tree.command(**called("animate"))
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.rename(
        image=sentence("discord-name-image"),
        options=sentence("discord-name-options"),
        **{name: name_of(name) for name in NAMES},
    )
    @app_commands.describe(**DESCRIBED)
    @app_commands.choices(**CHOICES)
    @app_commands.autocomplete(
        steps=numbers_for(intake.service, STEPS, USUAL_STEPS),
        frames=numbers_for(intake.service, FRAMES, USUAL_FRAMES),
    )
    @app_commands.autocomplete(preset=names_for(intake.service), options=recent_for(intake.service))
    async def animate(  # declared for Discord, which checks them; read from the namespace
        interaction: Interaction[Any],
        image: Attachment,
        expression: str | None = None,
        steps: Range[int, STEPS.low, STEPS.high] | None = None,
        res: int | None = None,
        frames: Range[int, FRAMES.low, FRAMES.high] | None = None,
        cfg: Range[float, CFG.low, CFG.high] | None = None,
        mode: str | None = None,
        style: str | None = None,
        sampler: str | None = None,
        loop: bool | None = None,
        prompt: Range[str, 0, PROMPT_LIMIT] | None = None,
        negative: Range[str, 0, PROMPT_LIMIT] | None = None,
        seed: Range[int, SEED.low, SEED.high] | None = None,
        format: str | None = None,
        preset: Range[str, 1, LONGEST] | None = None,
        options: str | None = None,
    ) -> None:
        async with asked(interaction, intake.service, "animate") as heard:
            typed = parse_options(options or "") | chosen(interaction.namespace)
            await make_way(interaction, heard)
            await intake.take([image], heard.person, typed, heard.answer)

    @tree.context_menu(name=sentence("discord-menu-animate"))
    @app_commands.allowed_installs(guilds=True, users=True)
    async def animate_message(interaction: Interaction[Any], message: Message) -> None:
        async with asked(interaction, intake.service, "menu") as heard:
            pictures = require_pictures(pictures_in(message))
            origin = await with_author_of(message, heard.person, interaction.client)
            await make_way(interaction, heard)
            await intake.take(pictures, origin, {}, heard.answer)
