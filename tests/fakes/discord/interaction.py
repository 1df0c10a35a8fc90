"""What somebody asked for, and what the bot answered."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.discord.payloads import Payload, message


@dataclass
class Interaction:
    """How the bot answered one: its first response, and the message that came of it; and when, on
    a clock that tells only differences."""

    id: str
    token: str
    asked_at: float = field(default_factory=time.perf_counter)
    answered_at: float | None = None
    kind: int = 2
    by: Payload = field(default_factory=dict)
    place: str = ""
    on: str = ""  # the message whose button it was
    brought_along: bool = False
    over: bool = False  # a quarter of an hour went by
    responses: list[Payload] = field(default_factory=list)
    original: Payload | None = None
    followups: list[Payload] = field(default_factory=list)

    def answer(self, bot: Payload, channel_id: str, **more: Any) -> Payload:
        """A message that tells what it came of."""
        of = {"id": self.id, "type": self.kind, "user": self.by}
        owners: Payload = {"authorizing_integration_owners": {}}
        return message(bot, channel_id, None, interaction_metadata=of | owners, **more)
