"""Where messages are: a chat with its topic as the core's `place`, a message as a card's `ref`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Spot:
    """A chat and, in a forum, the topic: "-1001234" or "-1001234/56"."""

    chat: int
    topic: int | None = None

    @classmethod
    def of(cls, place: str) -> Self:
        chat, _, topic = place.partition("/")
        return cls(int(chat), int(topic) if topic else None)

    def __str__(self) -> str:
        return str(self.chat) if self.topic is None else f"{self.chat}/{self.topic}"


@dataclass(frozen=True, slots=True)
class Ref:
    """One message: "-1001234/789". The chat is part of it, since a card may be shown elsewhere
    than it was asked for: in private, or in what a group became."""

    chat: int
    message: int

    @classmethod
    def of(cls, ref: str) -> Self:
        chat, _, message = ref.partition("/")
        return cls(int(chat), int(message))

    def __str__(self) -> str:
        return f"{self.chat}/{self.message}"
