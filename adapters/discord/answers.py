"""How a person hears what came of what they asked: to themselves alone, or briefly in public."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import discord
import structlog
from discord import AllowedMentions, File, Interaction, Message
from discord.ui import View

from adapters.discord.button import view_of
from adapters.discord.errors import UNDONE, as_messenger_errors, is_over
from adapters.discord.markup import card_text, escaped
from bot.card import Card
from bot.errors import MachineError, PersonError, SketchlifeError, TooLargeError
from bot.texts import Texts

log = structlog.get_logger(__name__)

PUBLIC_S = 60.0  # how long an answer stays that everybody sees
REFUSED = "❓"


class Answer(Protocol):
    """One question of a person, which may get several answers."""

    locale: str

    async def say(self, text: str, view: View | None = None) -> None:
        """`text` is markdown."""

    async def point_to(self, link: str) -> None:
        """All went well, and the card there tells the rest."""


class Whisper:
    """To an interaction, for its person's eyes alone. The first answer takes the place of
    "thinking", where that is shown."""

    def __init__(self, interaction: Interaction[Any]) -> None:
        self.locale = str(interaction.locale)
        self._interaction = interaction
        self._thinking = False
        self._settled = False

    async def think(self) -> None:
        """Within the three seconds that Discord waits; the answer has a quarter of an hour."""
        await self._interaction.response.defer(ephemeral=True, thinking=True)
        self._thinking = True

    async def say(self, text: str, view: View | None = None, files: Sequence[File] = ()) -> None:
        if self._thinking:
            self._thinking = False
            await self._interaction.edit_original_response(
                content=text, view=view, attachments=files
            )
            return
        more: dict[str, Any] = {"ephemeral": True, "files": files, **_with(view)}
        if self._interaction.response.is_done():
            await self._interaction.followup.send(text, **more)
        else:
            await self._interaction.response.send_message(text, **more)

    async def settle(self, text: str) -> None:
        """All that there is to say, unless something goes wrong: the card will stand below it."""
        await self.say(text)
        self._settled = True

    async def point_to(self, link: str) -> None:
        if not self._settled:
            await self.say(on_its_way(link, self.locale))

    async def hand_over(self, paths: Sequence[Path], text: str | None = None) -> None:
        """Files, in place of "thinking". Raises `TooLargeError` or another `MessengerError`."""
        with as_messenger_errors(_largest(paths)):
            files = [File(path, filename=f"sketchlife{path.suffix}") for path in paths]
            await self._interaction.edit_original_response(content=text, attachments=files)

    async def hand_over_fitting(
        self, make: Callable[[int], Awaitable[Sequence[Path]]], text: str | None = None
    ) -> None:
        """Files of at most the bytes that `make` is told: what Discord says that it takes here, and
        less where it then doesn't take them."""
        limit_bytes, refused = self._interaction.filesize_limit, math.inf
        while True:
            paths = await make(limit_bytes)
            try:
                await self.hand_over(paths, text)
            except TooLargeError as error:
                if (size := _largest(paths)) >= refused:
                    raise  # it gets no smaller
                limit_bytes, refused = error.limit_bytes, size
            else:
                return


class Reply:
    """To a message: where everybody sees it, it is brief and takes itself away."""

    def __init__(self, message: Message, locale: str) -> None:
        self.locale = locale
        self._message = message

    async def say(self, text: str, view: View | None = None) -> None:
        more = _with(view)
        if self._message.guild is not None:
            more["delete_after"] = PUBLIC_S
        await self._message.channel.send(
            text,
            reference=self._message.to_reference(fail_if_not_exists=False),
            allowed_mentions=AllowedMentions.none(),
            **more,
        )

    async def point_to(self, link: str) -> None:
        """The card stands below the message that asked for it."""


class Reaction:
    """In a channel where nobody asked for words."""

    def __init__(self, message: Message, locale: str) -> None:
        self.locale = locale
        self._message = message

    async def say(self, text: str, view: View | None = None) -> None:
        await self._message.add_reaction(REFUSED)

    async def point_to(self, link: str) -> None:
        """As for a reply."""


class Once:
    """To a message with several pictures: what holds for many of them is said once."""

    def __init__(self, answer: Answer) -> None:
        self.locale = answer.locale
        self._answer = answer
        self._said: set[str] = set()

    async def say(self, text: str, view: View | None = None) -> None:
        if view is None and text in self._said:
            return
        self._said.add(text)
        await self._answer.say(text, view)

    async def point_to(self, link: str) -> None:
        await self._answer.point_to(link)


def on_its_way(link: str, locale: str) -> str:
    return f"{escaped(Texts(locale).say('discord-on-its-way'))} {link}"


async def show(answer: Answer, card: Card) -> None:
    """A refusal with the ways out of it, or a question."""
    await answer.say(card_text(card), view_of(card) if card.buttons else None)


@asynccontextmanager
async def answering(answer: Answer, what: str) -> AsyncIterator[None]:
    """The one place where errors become sentences: what goes wrong inside the block is said to the
    person, and logged where it is ours."""
    try:
        yield
    except Exception as error:
        if is_over(error):
            log.info("discord.over", what=what)
            return
        _write_down(error, what)
        try:
            await answer.say(sentence_of(error, answer.locale))
        except (*UNDONE, RuntimeError) as unsaid:  # as `is_over`
            log.warning("discord.not_answered", what=what, error=type(unsaid).__name__)


def sentence_of(error: BaseException, locale: str) -> str:
    """Escaped: its arguments may be a person's own words."""
    texts = Texts(locale)
    if isinstance(error, SketchlifeError):
        return escaped(texts.say(error.key, **error.args_of_text))
    return escaped(texts.say("error-machine"))


def _write_down(error: Exception, what: str) -> None:
    if isinstance(error, PersonError):
        log.info("discord.refused", what=what, error=str(error))
    elif isinstance(error, (MachineError, discord.DiscordException, aiohttp.ClientError)):
        log.warning("discord.failed", what=what, error=f"{type(error).__name__}: {error}")
    else:
        log.exception("discord.failed", what=what)


def _largest(paths: Sequence[Path]) -> int:
    return max(path.stat().st_size for path in paths)


def _with(view: View | None) -> dict[str, Any]:
    return {} if view is None else {"view": view}
