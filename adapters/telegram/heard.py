"""A command as it was heard: who asks what, where, and how to answer them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MaybeInaccessibleMessage

from adapters.telegram.media import Media
from adapters.telegram.replies import Replies
from bot.origin import Origin
from bot.texts import Texts

PAIR = re.compile(r'([^\s:：=]+)\s*[:：=]\s*("[^"]*"|“[^”]*”|\S+)')
QUOTES = '"“”'


@dataclass(frozen=True, slots=True)
class Heard:
    """`text` is what stands behind the command. A button may carry a command as well; its answer
    then takes the place of the message that the button is on (`in_place`)."""

    to: MaybeInaccessibleMessage
    text: str
    person: Origin
    replies: Replies
    in_place: bool = False

    @property
    def texts(self) -> Texts:
        return Texts(self.person.locale)

    @property
    def words(self) -> list[str]:
        return self.text.split()

    async def say(self, *lines: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        if self.in_place:
            await self.replies.say_instead(self.to, "\n".join(lines), keyboard)
        else:
            await self.replies.say(self.to, "\n".join(lines), keyboard=keyboard)

    async def hand_over(self, media: Media) -> None:
        await self.replies.hand_over(self.to, media)

    def pairs(self) -> dict[str, str]:
        """`language:zh words:"a, b"` by name."""
        return {name: value.strip(QUOTES) for name, value in PAIR.findall(self.text)}


def buttons(*commands: tuple[str, str], across: int = 5) -> InlineKeyboardMarkup | None:
    """Pairs of a label and the command that it stands for."""
    made = [InlineKeyboardButton(label, callback_data=command) for label, command in commands]
    rows: Sequence[Sequence[InlineKeyboardButton]] = [
        made[start : start + across] for start in range(0, len(made), across)
    ]
    return InlineKeyboardMarkup(rows) if rows else None
