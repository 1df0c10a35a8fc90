"""What Discord offers while somebody types: presets by their names, settings used lately, usual
numbers; each with what the clip would then cost."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, TypeVar

from discord import Interaction
from discord.app_commands import Choice

from adapters.discord.asked import chosen_locale, who_types
from adapters.discord.cost import Costs
from adapters.discord.typed import as_typed, chosen
from bot.asking.options import parse_options
from bot.errors import RequestError
from bot.request import Bounds
from bot.service import Service
from bot.texts import Texts

MOST = 25  # choices, by Discord
LONGEST = 100  # characters of a choice, by Discord
CUT = "…"

T = TypeVar("T", str, int)
Offered = list[Choice[str]]
Complete = Callable[[Interaction[Any], str], Coroutine[Any, Any, Offered]]


def names_for(service: Service, *, priced: bool = True) -> Complete:
    """Presets that a person can use where they are."""

    async def complete(interaction: Interaction[Any], typed: str) -> Offered:
        costs = await _costs(interaction, service)
        names = await service.presets.names(costs.person)
        fitting = _fitting([*names.own, *names.of_place], typed)
        if not priced:
            return [Choice(name=name, value=name) for name in fitting]
        beside = chosen(interaction.namespace)
        return [await _choice(name, {**beside, "preset": name}, costs) for name in fitting]

    return complete


def recent_for(service: Service) -> Complete:
    """What was typed so far, and settings of a person's own clips, the newest first."""

    async def complete(interaction: Interaction[Any], typed: str) -> Offered:
        costs = await _costs(interaction, service)
        page = await service.personal.history([costs.person.owner])
        recent = _fitting((as_typed(job.options) for job in page.jobs), typed)
        offers = _fitting([typed, *recent], "")
        beside = chosen(interaction.namespace)
        read = [(text, _read(text)) for text in offers]
        return [
            await _choice(text, {**options, **beside}, costs)
            for text, options in read
            if options is not None
        ]

    return complete


def numbers_for(
    service: Service, bounds: Bounds, usual: Iterable[int]
) -> Callable[[Interaction[Any], int | str], Coroutine[Any, Any, list[Choice[int]]]]:
    """The number that was typed, else usual ones."""

    async def complete(interaction: Interaction[Any], typed: int | str) -> list[Choice[int]]:
        costs, beside = await _costs(interaction, service), chosen(interaction.namespace)
        numbers = [int(typed)] if str(typed).isdecimal() else usual
        return [
            await _choice(each, {**beside, bounds.name: str(each)}, costs)
            for each in numbers
            if bounds.low <= each <= bounds.high
        ]

    return complete


async def _costs(interaction: Interaction[Any], service: Service) -> Costs:
    person = await who_types(interaction)
    return Costs(service, person, Texts(await chosen_locale(service, person)))


async def _choice(value: T, options: Mapping[str, str], costs: Costs) -> Choice[T]:
    cost, shown = await costs.of(options), str(value)
    if cost:
        room = LONGEST - len(cost) - 3
        shown = f"{shown if len(shown) <= room else shown[: room - 1] + CUT} · {cost}"
    return Choice(name=shown, value=value)


def _read(text: str) -> dict[str, str] | None:
    try:
        return parse_options(text)
    except RequestError:  # as long as it isn't finished
        return None


def _fitting(offered: Iterable[str], typed: str) -> list[str]:
    fitting = [
        each
        for each in dict.fromkeys(offered)
        if each.strip() and len(each) <= LONGEST and typed.casefold() in each.casefold()
    ]
    return fitting[:MOST]
