"""A submission that waits for a person's tap: kept like a job, so that its buttons survive."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.errors import WayOut
from bot.inspection import Inspection
from bot.origin import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`id` becomes the job's id when the answer leads to one.

    `options` are the settings as they were typed; `asks`, `args` and `ways_out` the sentence
    that was shown and what can be tapped; `allowed` the actions that the person said yes to.
    `answers` is who may answer, across platforms: whose picture it is, where the author is asked;
    empty: who sent it. `card` is the message that asks the author.
    """

    id: str
    origin: Origin
    options: dict[str, str]
    inspection: Inspection
    created_at: datetime
    asks: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    ways_out: tuple[WayOut, ...] = ()
    allowed: frozenset[str] = frozenset()
    answers: str = ""
    card: str | None = None
