"""Ordinary messages: the bot mentioned together with a picture, or one sent to it in private."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import discord
import structlog
from discord import Attachment, Message, PartialMessageable, Thread

from adapters.discord.answers import Answer, Reaction, Reply, answering
from adapters.discord.asked import chosen_locale
from adapters.discord.errors import UNDONE
from adapters.discord.intake import Intake
from adapters.discord.members import Members
from adapters.discord.origins import from_message
from adapters.discord.permissions import may_answer, require_of_message
from adapters.discord.uploads import pictures_in
from adapters.discord.whose import with_author_of
from bot.asking.options import parse_options
from bot.errors import PictureError, RequestError, StoreError
from bot.origin import Origin

log = structlog.get_logger(__name__)

NAMED = re.compile(r"<@!?(\d+)>")
SETTINGS = re.compile(r"[:：=＝]")  # without one of them it is talk, not settings

Read = Callable[[Message], Mapping[str, str]]


class Messages:
    """`sees_all` says whether Discord shows the bot what others wrote in channels."""

    def __init__(
        self, client: discord.Client, members: Members, intake: Intake, *, sees_all: bool
    ) -> None:
        self._client = client
        self._members = members
        self._intake = intake
        self._sees_all = sees_all

    async def heard(self, message: Message) -> None:
        if message.author.bot or message.webhook_id is not None:
            return
        if self._is_spoken_to(message):
            await self._find_place_of(message)
        if not may_answer(message):
            return
        origin = from_message(self._client, message)
        if message.guild is None or self._is_spoken_to(message):
            await self._answer(message, origin, Reply(message, origin.locale), options_in)
        elif pictures_in(message) and await self._is_meant(message, origin):
            await self._answer(message, origin, Reaction(message, origin.locale), options_or_talk)

    async def _answer(self, message: Message, origin: Origin, answer: Answer, read: Read) -> None:
        async with answering(answer, "message"):
            origin = await self._members.known(origin)
            answer.locale = await chosen_locale(self._intake.service, origin)
            shown = message
            if not pictures_in(message) and (meant := _replied_to(message)):
                shown = meant
            pictures = pictures_in(shown)
            self._require(pictures, message)
            require_of_message(message)
            options = read(message)
            origin = await with_author_of(shown, origin, self._client)
            await self._intake.take(pictures, origin, options, answer)

    def _is_spoken_to(self, message: Message) -> bool:
        """By name: a reply to the bot's own card mentions it too, and asks for nothing."""
        me = self._client.user
        return me is not None and str(me.id) in NAMED.findall(message.content)

    async def _find_place_of(self, message: Message) -> None:
        """A thread that slept until this message is not known yet, nor what may be said there."""
        if message.guild is None or not isinstance(message.channel, PartialMessageable):
            return
        try:
            place = await self._client.fetch_channel(message.channel.id)
        except UNDONE as error:
            log.warning("discord.place_unknown", error=type(error).__name__)
            return
        if isinstance(place, Thread):
            message.channel = place

    async def _is_meant(self, message: Message, origin: Origin) -> bool:
        """In a channel that is set aside for it; a thread is as its channel."""
        parent = getattr(message.channel, "parent_id", None)
        try:
            return await self._intake.service.community.is_auto(origin, str(parent))
        except StoreError as error:
            log.warning("discord.not_heard", error=str(error))
            return False

    def _require(self, pictures: list[Attachment], message: Message) -> None:
        """Raises `PictureError`, which tells how to go on."""
        if pictures:
            return
        unseen = message.reference is not None and not self._sees_all
        raise PictureError("discord-reply-unseen" if unseen else "discord-no-picture")


def _replied_to(message: Message) -> Message | None:
    """Discord sends it along."""
    reference = message.reference
    found = reference.resolved if reference is not None else None
    return found if isinstance(found, Message) else None


def options_in(message: Message) -> dict[str, str]:
    """The settings beside the picture. Raises `RequestError`."""
    said = NAMED.sub(" ", message.content)
    return parse_options(said) if SETTINGS.search(said) else {}


def options_or_talk(message: Message) -> dict[str, str]:
    """As `options_in`, where people also just talk: "my witch: Luna" is none of the bot's."""
    try:
        return options_in(message)
    except RequestError:
        return {}
