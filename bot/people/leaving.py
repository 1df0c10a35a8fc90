"""Somebody who asked to be forgotten, until they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Leaving:
    """What they sent up to `asked_at` goes: whoever comes back is a new person. `choices_gone`
    says that only their jobs are left, whose messages a chat may have to take away."""

    owner: str
    asked_at: datetime
    choices_gone: bool = False
