"""The buttons of cards: they know what they do from their ids alone, so they outlive a restart."""

from __future__ import annotations

import re
from typing import Any, Protocol, Self, cast

import discord
from discord import ButtonStyle
from discord.ui import DynamicItem, Item, View

from adapters.discord.custom_id import TEMPLATE, Press
from bot.card import Action, Button, Card

MOST = 25  # buttons of a message
DANGER = frozenset({Action.DELETE, Action.NEVER, Action.REMOVE, Action.BLOCK})
PRIMARY = frozenset(
    {*(Action.GO_ON, Action.CROP, Action.CHANGE, Action.CONSENT), *(Action.ALLOW, Action.PREVIEW)}
)


class Presses(Protocol):
    """The client that the buttons belong to."""

    async def pressed(self, interaction: discord.Interaction[Any], press: Press) -> None: ...


class ActionButton(DynamicItem[discord.ui.Button[View]], template=TEMPLATE):
    def __init__(self, press: Press, label: str) -> None:
        super().__init__(
            discord.ui.Button(
                style=_style(press.action), label=label[:80], custom_id=press.custom_id
            )
        )
        self.press = press

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(Press.of(match), cast("discord.ui.Button[View]", item).label or "…")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await cast(Presses, interaction.client).pressed(interaction, self.press)


def view_of(card: Card) -> View:
    return view_with(card.job_id, card.buttons)


def view_with(job_id: str, buttons: tuple[Button, ...]) -> View:
    """Never times out; a button whose settings are too long for its id is left out."""
    view = View(timeout=None)
    presses = [(Press(each.action, job_id, each.changes), each.label) for each in buttons]
    for press, label in [each for each in presses if each[0].fits][:MOST]:
        view.add_item(ActionButton(press, label))
    return view


def _style(action: Action) -> ButtonStyle:
    if action in DANGER:
        return ButtonStyle.danger
    return ButtonStyle.primary if action in PRIMARY else ButtonStyle.secondary
