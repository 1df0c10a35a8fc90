"""A submission that waits for a person's tap: kept like a job, so that its buttons survive."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.inspection import Inspection
from bot.origin import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`id` becomes the job's id when the answer leads to one; `options` are the settings as
    they were typed; `asks` is the text key of the sentence that was shown."""

    id: str
    origin: Origin
    options: dict[str, str]
    inspection: Inspection
    asks: str
    created_at: datetime
    card: str | None = None
    allowed: frozenset[str] = field(default_factory=frozenset)  # what the person said yes to
