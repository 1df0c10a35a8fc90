"""The commands beside /animate: which there are, and who answers them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from telegram import CallbackQuery, Message

from adapters.telegram.contents import Command
from adapters.telegram.heard import Heard
from adapters.telegram.keyboard import data_on
from adapters.telegram.links import preset_of
from adapters.telegram.lists import Lists
from adapters.telegram.origins import from_message, from_tap
from adapters.telegram.own import Own
from adapters.telegram.people import People
from adapters.telegram.replies import Replies
from adapters.telegram.ways_in import WaysIn
from bot.asking.option_words import NAMES, name_in
from bot.service import Service
from bot.texts import Texts

Run = Callable[[Heard], Awaitable[None]]

IN_LISTS = ("animate", "queue", "history", "usage", "preset", "gallery", "help", "me", "privacy")
FOR_ADMINS = ("settings",)


class Commands:
    def __init__(
        self,
        service: Service,
        *,
        ways_in: WaysIn,
        lists: Lists,
        own: Own,
        replies: Replies,
        people: People,
    ) -> None:
        self._service = service
        self._ways_in = ways_in
        self._replies = replies
        self._people = people
        self._known: Mapping[str, Run] = {
            "start": self._start,
            "help": self._help,
            "privacy": self._privacy,
            "queue": lists.queue,
            "history": lists.history,
            "repost": lists.repost,
            "usage": lists.usage,
            "gallery": lists.gallery,
            "me": own.me,
            "preset": own.preset,
            "settings": own.settings,
        }

    async def run(self, message: Message, command: Command) -> None:
        origin = await self._people.recognise(from_message(message))
        async with self._replies.answering(message, origin.locale, command.name):
            if (preset := preset_of(command.text)) and command.name == "start":
                await self._ways_in.ask_for_picture(message, f"preset:{preset}")
                return
            person = await self._people.with_rights(origin)
            heard = Heard(message, command.text, person, self._replies)
            await self._known.get(command.name, self._unknown)(heard)

    async def tap(self, query: CallbackQuery) -> None:
        """A button that carries a command, for whoever presses it."""
        assert query.message is not None
        name, _, text = (query.data or "").removeprefix("/").partition(" ")
        person = await self._people.with_rights(await self._people.recognise(from_tap(query)))
        in_place = any(data.startswith("/") for data in data_on(query.message))
        heard = Heard(query.message, text, person, self._replies, in_place)
        if name in self._known:
            await self._known[name](heard)

    async def _start(self, heard: Heard) -> None:
        await heard.say(heard.texts.say("telegram-welcome"))

    async def _help(self, heard: Heard) -> None:
        texts = heard.texts
        names = IN_LISTS if heard.person.private else (*IN_LISTS, *FOR_ADMINS)
        await heard.say(
            texts.say("telegram-welcome"),
            "",
            texts.say("telegram-help", names=", ".join(setting_names(texts))),
            "",
            *(f"/{name} – {texts.say(f'telegram-command-{name}')}" for name in names),
        )

    async def _privacy(self, heard: Heard) -> None:
        await heard.say("\n\n".join(self._service.privacy.lines(heard.person.locale)))

    async def _unknown(self, heard: Heard) -> None:
        names = ", ".join(f"/{name}" for name in IN_LISTS)
        await heard.say(heard.texts.say("telegram-unknown-command", commands=names))


def setting_names(texts: Texts) -> list[str]:
    """As people type them in their language."""
    return [name_in(texts.language, name) for name in NAMES]
