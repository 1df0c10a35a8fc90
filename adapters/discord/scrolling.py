"""How far a channel has gone on since a message: that others write comes without any intent."""

from __future__ import annotations

from collections import OrderedDict, deque

from discord import Message

FAR = 8  # messages: about what a screen shows
MOST = 1000  # channels that are remembered


class Scrolling:
    def __init__(self) -> None:
        self._newest: OrderedDict[int, deque[int]] = OrderedDict()

    def heard(self, message: Message) -> None:
        """Anybody's, also the bot's own."""
        ids = self._newest.pop(message.channel.id, None) or deque(maxlen=FAR)
        ids.append(message.id)
        self._newest[message.channel.id] = ids
        while len(self._newest) > MOST:
            self._newest.popitem(last=False)

    def is_away(self, channel_id: int, message_id: int) -> bool:
        """Whether at least `FAR` messages stand below it; ids grow with time."""
        newest = self._newest.get(channel_id, ())
        return sum(id > message_id for id in newest) >= FAR
