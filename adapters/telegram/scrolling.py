"""How far a chat has gone on since a message, as far as a bot can tell."""

from __future__ import annotations

from collections import deque

from adapters.telegram.addresses import Ref, Spot
from adapters.telegram.recent import Recent

FAR = 8  # messages: about what a screen shows
SUPERGROUPS = -(10**12)  # and whatever is below: their ids begin with -100


class Scrolling:
    """A supergroup numbers its messages one by one, so that any of them tells how many there are;
    the numbers of other chats only grow, and what came there is counted."""

    def __init__(self) -> None:
        self._newest: Recent[int, deque[int]] = Recent()

    def heard(self, chat: int, message: int) -> None:
        """Anybody's, also the bot's own cards."""
        newest = self._newest.get(chat) or deque(maxlen=FAR)
        newest.append(message)
        self._newest[chat] = newest

    def is_away(self, ref: str, spot: Spot) -> bool:
        """Whether at least `FAR` messages stand below it. A topic's are numbered with its group's:
        nobody can tell which are its own."""
        at = Ref.of(ref)
        newest = self._newest.get(at.chat, ())
        if at.chat < SUPERGROUPS:
            return spot.topic is None and max(newest, default=0) - at.message >= FAR
        return sum(message > at.message for message in newest) >= FAR
