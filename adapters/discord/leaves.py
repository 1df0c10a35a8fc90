"""Where the bot may not speak by itself: whoever installed it for themselves brings it along, and
each interaction of theirs gives it leave to write there for a quarter of an hour."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from discord import Interaction, Message, Webhook
from discord.utils import utcnow

from bot.errors import PlaceGoneError

MOST = 3000  # more than people ask for in a quarter of an hour


@dataclass(frozen=True, slots=True)
class Leave:
    """`place` is `guild/channel`, as in the links to its messages; `limit_bytes` how large a file
    may be there."""

    webhook: Webhook
    place: str
    until: datetime
    limit_bytes: int


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A message that was written by such a leave, and is changed by this one."""

    webhook: Webhook
    id: int

    async def edit(self, **what: Any) -> None:
        await self.webhook.edit_message(self.id, **what)

    async def delete(self) -> None:
        await self.webhook.delete_message(self.id)


class Leaves:
    """By the interaction that a request came with, and by the messages that can be changed. They
    are kept nowhere else: a token is no business of the database."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Leave] = OrderedDict()

    def keep(self, interaction: Interaction[Any]) -> None:
        """For what it asks for, for the card whose button it was, and for what that card or
        question came of, which may be answered long after."""
        place = f"{interaction.guild_id or '@me'}/{interaction.channel_id}"
        until, limit_bytes = interaction.expires_at, interaction.filesize_limit
        leave = Leave(interaction.followup, place, until, limit_bytes)
        self._keep(str(interaction.id), leave)
        if isinstance(message := interaction.message, Message):
            self._keep(f"{place}/{message.id}", leave)
            if (first := message.interaction_metadata) is not None:
                self._keep(str(first.id), leave)

    def get(self, interaction_id: str) -> Leave | None:
        leave = self._kept.get(interaction_id)
        return leave if leave is not None and utcnow() < leave.until else None

    def remember(self, leave: Leave, message_id: int) -> str:
        """The reference of a message that was just written by it."""
        ref = f"{leave.place}/{message_id}"
        self._keep(ref, leave)
        return ref

    def message(self, ref: str) -> FollowUp:
        """Raises `PlaceGoneError` where nobody has pressed a button on it for too long."""
        leave = self.get(ref)
        if leave is None:
            raise PlaceGoneError
        return FollowUp(leave.webhook, int(ref.rpartition("/")[2]))

    def _keep(self, key: str, leave: Leave) -> None:
        self._kept.pop(key, None)
        self._kept[key] = leave
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)


def by_leave(ref: str) -> bool:
    """Whether it is `guild/channel/message`; an ordinary message of ours is `channel/message`."""
    return ref.count("/") == 2
