"""What a button carries: its action, its job and the settings it changes, in 100 characters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, urlencode

from bot.card import Action

LIMIT = 100  # characters, by Discord
ACTIONS = "|".join(Action)
TEMPLATE = re.compile(rf"(?P<action>{ACTIONS}):(?P<job>[0-9a-z]{{1,25}})(?::(?P<changes>.*))?")


@dataclass(frozen=True, slots=True)
class Press:
    """One tap: what is to be done to which job (or question)."""

    action: Action
    job_id: str
    changes: Mapping[str, str] = field(default_factory=dict)

    @property
    def custom_id(self) -> str:
        parts = [self.action.value, self.job_id]
        return ":".join([*parts, urlencode(self.changes)] if self.changes else parts)

    @property
    def fits(self) -> bool:
        return len(self.custom_id) <= LIMIT

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        changes = dict(parse_qsl(match["changes"] or "", keep_blank_values=True))
        return cls(Action(match["action"]), match["job"], changes)
