"""/gallery: the most starred clips of a guild."""

from __future__ import annotations

from typing import Any

from discord import Interaction, app_commands
from discord.app_commands import Choice

from adapters.discord.asked import Asked, asked
from adapters.discord.markup import cut, escaped
from adapters.discord.origins import link_to
from adapters.discord.words import called, sentence
from bot.clips.gallery import Exhibit, Period
from bot.service import Service

PERIODS = [
    Choice(name=sentence(f"discord-period-{each.value}"), value=each.value) for each in Period
]


def add_to(tree: app_commands.CommandTree[Any], service: Service) -> None:
    gallery = app_commands.guild_only(app_commands.Group(**called("gallery")))

    @gallery.command(**called("gallery", "top"))
    @app_commands.rename(period=sentence("discord-name-period"))
    @app_commands.describe(period=sentence("discord-gallery-period"))
    @app_commands.choices(period=PERIODS)
    async def top(interaction: Interaction[Any], period: str = Period.WEEK.value) -> None:
        async with asked(interaction, service, "gallery") as heard:
            exhibits = await service.gallery.top(heard.person, Period(period))
            rows = [_row(number, one, heard) for number, one in enumerate(exhibits, 1)]
            await heard.answer.say(cut(rows or [escaped(heard.texts.say("discord-gallery-empty"))]))

    tree.add_command(gallery)


def _row(number: int, exhibit: Exhibit, heard: Asked) -> str:
    share, job = exhibit.share, exhibit.job
    stars = heard.texts.say("shared-stars", stars=share.stars)
    said = escaped(f"{number}. {stars} · {job.origin.person_name}")
    ref = share.ref or job.card
    return f"{said} · {link_to(job.origin, ref)}" if ref else said
