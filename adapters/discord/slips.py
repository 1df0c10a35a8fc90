"""Double clicks: where each press would draw another clip, the second one is no wish."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any

from discord import Interaction

from adapters.discord.custom_id import Press

SLIP = timedelta(seconds=2)  # nobody has seen by then what came of the first
MOST = 1000  # presses that are remembered


class Slips:
    """Times are those that Discord gave the presses, whenever they are heard."""

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[int, int, str], datetime] = OrderedDict()

    def is_one(self, interaction: Interaction[Any], press: Press) -> bool:
        """Whether the same person has just pressed the same button."""
        message = interaction.message.id if interaction.message is not None else 0
        key = interaction.user.id, message, press.custom_id
        before = self._last.pop(key, None)
        self._last[key] = interaction.created_at
        while len(self._last) > MOST:
            self._last.popitem(last=False)
        return before is not None and interaction.created_at - before < SLIP
