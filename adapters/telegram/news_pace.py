"""How often a group hears news: half of what it may get, so that clips and answers never queue."""

from __future__ import annotations

from datetime import datetime, timedelta

from adapters.telegram.recent import Recent
from bot.errors import MessengerError
from bot.ports import Clock

PAUSE = timedelta(seconds=6)  # a group takes 20 messages and edits a minute in all


class NewsPace:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next: Recent[int, datetime] = Recent()

    def require_turn(self, chat: int) -> None:
        """Raises `MessengerError` where the group had news a moment ago: progress may be dropped,
        as the next tells more."""
        now = self._clock.now()
        left_s = (self._next.get(chat, now) - now).total_seconds()
        if left_s > 0:
            raise MessengerError(retry_after_s=left_s, reason="the group had news just now")
        self._next[chat] = now + PAUSE
