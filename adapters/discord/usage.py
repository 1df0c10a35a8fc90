"""/usage: what clips cost, one's own or a place's, as words, as bars and as a table."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from discord import File, Interaction, app_commands
from discord.app_commands import Choice, Range

from adapters.discord.asked import asked
from adapters.discord.cost import Costs
from adapters.discord.markup import cut, escaped
from adapters.discord.words import called, sentence
from bot.people.accounts import Scope
from bot.people.usage import usage_csv, usage_lines
from bot.service import Service

LONGEST_DAYS = 3650
SCOPES = [Choice(name=sentence(f"discord-scope-{each.value}"), value=each.value) for each in Scope]


def add_to(tree: app_commands.CommandTree[Any], service: Service) -> None:
    @tree.command(**called("usage"))
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.rename(
        scope=sentence("discord-name-scope"),
        days=sentence("discord-name-days"),
        csv=sentence("discord-name-csv"),
    )
    @app_commands.describe(
        scope=sentence("discord-usage-scope"),
        days=sentence("discord-usage-days"),
        csv=sentence("discord-usage-csv"),
    )
    @app_commands.choices(scope=SCOPES)
    async def usage(
        interaction: Interaction[Any],
        scope: str = Scope.MINE.value,
        days: Range[int, 1, LONGEST_DAYS] | None = None,
        csv: bool = False,
    ) -> None:
        async with asked(interaction, service, "usage") as heard:
            since = interaction.created_at - timedelta(days=days) if days is not None else None
            records = await service.accounts.records(heard.person, Scope(scope), since)
            lines = usage_lines(records, heard.answer.locale)
            if scope == Scope.MINE.value:
                costs = Costs(service, heard.person, heard.texts)
                lines.append(await costs.sentence("discord-cost-usual", {}))
            files = []
            if records:
                chart = await service.accounts.chart(heard.person, records, since)
                files.append(File(chart, filename="usage.png"))
            if csv:
                table = io.BytesIO(usage_csv(records).encode())
                files.append(File(table, filename="usage.csv"))
            await heard.answer.say(cut([escaped(line) for line in lines if line]), files=files)
