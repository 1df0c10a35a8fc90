"""What whoever runs the bot decides about submissions; places may only be stricter."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.clip import Renderer
from bot.door.limits import QueueLimits

EVERYWHERE = "*"


class Photos(StrEnum):
    """Photos of people: refused, taken once their consent was confirmed, or taken."""

    OFF = "off"
    CONFIRM = "confirm"
    ON = "on"


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRules:
    """`allowed_places` are homes, `operators` owners (see `bot.origin`); `operator_place` is the
    home that hears of what cannot wait. `language` is that of places that chose none (empty: what
    their platform says), `words` are refused in prompts besides the house's own."""

    renderer: Renderer = Renderer.PREVIEW
    limits: QueueLimits = field(default_factory=QueueLimits)
    min_free_bytes: int = 1_000_000_000
    allowed_places: frozenset[str] = frozenset({EVERYWHERE})
    operators: frozenset[str] = frozenset()
    operator_place: str = ""
    language: str = ""
    photos: Photos = Photos.CONFIRM
    words: tuple[str, ...] = ()
