"""The commands beside /animate, each a sentence or a few back to who asked."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping

from telegram import Message

from adapters.telegram.contents import Command
from adapters.telegram.origins import from_message
from adapters.telegram.people import People
from adapters.telegram.replies import Replies
from adapters.telegram.ways_in import WaysIn
from bot.option_words import NAMES
from bot.origin import Origin
from bot.service import Service
from bot.texts import Texts

Run = Callable[[Message, Command, Origin], Awaitable[None]]

NAMES_SHOWN = ("animate", "help", "privacy")
PRESET_LINK = "preset_"


class Commands:
    def __init__(
        self, service: Service, *, ways_in: WaysIn, replies: Replies, people: People
    ) -> None:
        self._service = service
        self._ways_in = ways_in
        self._replies = replies
        self._people = people
        self._known: Mapping[str, Run] = {
            "start": self._start,
            "help": self._help,
            "privacy": self._privacy,
        }

    async def run(self, message: Message, command: Command) -> None:
        origin = from_message(message)
        async with self._replies.answering(message, origin.locale, command.name):
            origin = await self._people.with_rights(origin)
            await self._known.get(command.name, self._unknown)(message, command, origin)

    async def _start(self, message: Message, command: Command, origin: Origin) -> None:
        """A link into the bot may bring a preset along."""
        if command.text.startswith(PRESET_LINK):
            name = read_link(command.text.removeprefix(PRESET_LINK))
            await self._ways_in.ask_for_picture(message, f"preset:{name}")
        else:
            await self._replies.say(message, Texts(origin.locale).say("telegram-welcome"))

    async def _help(self, message: Message, command: Command, origin: Origin) -> None:
        texts = Texts(origin.locale)
        lines = [
            texts.say("telegram-welcome"),
            texts.say("telegram-help", names=", ".join(setting_names(texts))),
            *(f"/{name} – {texts.say(f'telegram-command-{name}')}" for name in NAMES_SHOWN),
        ]
        await self._replies.say(message, "\n\n".join(lines[:2]) + "\n\n" + "\n".join(lines[2:]))

    async def _privacy(self, message: Message, command: Command, origin: Origin) -> None:
        await self._replies.say(message, "\n\n".join(self._service.privacy.lines(origin.locale)))

    async def _unknown(self, message: Message, command: Command, origin: Origin) -> None:
        names = ", ".join(f"/{name}" for name in NAMES_SHOWN)
        said = Texts(origin.locale).say("telegram-unknown-command", commands=names)
        await self._replies.say(message, said)


def setting_names(texts: Texts) -> list[str]:
    """As people type them in their language."""
    chinese = texts.language != "en"
    return [
        next((word for word in words if not word.isascii() and chinese), words[0])
        for words in NAMES.values()
    ]


def preset_link(name: str) -> str:
    """What goes behind `?start=`: letters, digits, hyphen and underscore, at most 64."""
    return PRESET_LINK + urlsafe_b64encode(name.encode()).decode().rstrip("=")


def read_link(coded: str) -> str:
    """The preset's name; what is no code of ours is taken for the name itself."""
    try:
        return urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
    except (binascii.Error, ValueError):
        return coded
