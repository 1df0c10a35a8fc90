"""What the core is put together from besides its stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.cards.encoding import ClipRules
from bot.door.rules import HouseRules
from bot.ports import Clock, Engine, MediaStore, Messenger
from bot.queue.dispatcher import Shift
from bot.queue.hours import Hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Everything else that the core speaks to."""

    messengers: Mapping[str, Messenger]
    engine: Engine
    media: MediaStore
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`contact` is whom people can ask about what is kept of them; `hours` are those of the
    GPU, `power_w` what it takes at work (0: what its driver says)."""

    house: HouseRules
    clips: ClipRules
    shift: Shift
    contact: str = ""
    hours: Hours = Hours()  # noqa: RUF009 - frozen
    power_w: float = 0.0
