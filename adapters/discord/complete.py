"""What Discord offers while somebody types: presets by their names, and settings used lately."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from discord import Interaction
from discord.app_commands import Choice

from adapters.discord.origins import from_interaction
from bot.asking.options import SPACED
from bot.service import Service

MOST = 25  # choices, by Discord
LONGEST = 100  # characters of a choice, by Discord

Complete = Callable[[Interaction[Any], str], Coroutine[Any, Any, list[Choice[str]]]]


def names_for(service: Service) -> Complete:
    """Presets that a person can use where they are."""

    async def complete(interaction: Interaction[Any], typed: str) -> list[Choice[str]]:
        names = await service.presets.names(from_interaction(interaction))
        return _choices([*names.own, *names.of_place], typed)

    return complete


def recent_for(service: Service) -> Complete:
    """Settings of a person's own clips, the newest first."""

    async def complete(interaction: Interaction[Any], typed: str) -> list[Choice[str]]:
        page = await service.personal.history([from_interaction(interaction).owner])
        return _choices([as_typed(job.options) for job in page.jobs], typed)

    return complete


def as_typed(options: Mapping[str, str]) -> str:
    return " ".join(
        f'{name}:"{value}"' if name in SPACED else f"{name}:{value}"
        for name, value in options.items()
    )


def _choices(offered: list[str], typed: str) -> list[Choice[str]]:
    fitting = [
        each
        for each in dict.fromkeys(offered)
        if 0 < len(each) <= LONGEST and typed.casefold() in each.casefold()
    ]
    return [Choice(name=each, value=each) for each in fitting[:MOST]]
