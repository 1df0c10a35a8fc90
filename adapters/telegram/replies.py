"""How a person hears what came of what they asked: one short reply to their message."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from telegram import (
    ForceReply,
    InlineKeyboardMarkup,
    MaybeInaccessibleMessage,
    Message,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import BadRequest, TelegramError

from adapters.telegram.client import Client
from adapters.telegram.errors import CANNOT_DELETE, GONE_ALREADY, TOO_LARGE, UNCHANGED, says
from adapters.telegram.keyboard import keyboard_of
from adapters.telegram.media import Media
from adapters.telegram.patience import patiently
from adapters.telegram.words import TEXT, cut, words_of
from bot.card import Card
from bot.errors import MachineError, PersonError, SketchlifeError, TooLargeError
from bot.ports import Clock
from bot.texts import Texts

log = structlog.get_logger(__name__)


class Replies:
    """Sent patiently: an answer that comes twice is better than none."""

    def __init__(self, client: Client, clock: Clock, up_bytes: int) -> None:
        self._client = client
        self._up_bytes = up_bytes
        self._clock = clock

    async def say(
        self,
        to: MaybeInaccessibleMessage,
        text: str,
        *,
        marks: Sequence[MessageEntity] = (),
        keyboard: InlineKeyboardMarkup | ForceReply | None = None,
    ) -> None:
        """Raises `TelegramError`, as all of these do."""
        await self._patiently(
            self._client.send_message,
            text=cut(text, TEXT),
            entities=marks,
            reply_markup=keyboard,
            **_where(to),
        )

    async def say_instead(
        self,
        of: MaybeInaccessibleMessage,
        text: str,
        keyboard: InlineKeyboardMarkup | None,
        marks: Sequence[MessageEntity] = (),
    ) -> None:
        """In place of what a message of ours said; the same once more changes nothing."""
        try:
            await self._patiently(
                self._client.edit_message_text,
                text=cut(text, TEXT),
                chat_id=of.chat.id,
                message_id=of.message_id,
                entities=marks,
                reply_markup=keyboard,
            )
        except BadRequest as error:
            if not says(error, UNCHANGED):
                raise

    async def show(self, to: MaybeInaccessibleMessage, card: Card) -> None:
        """A question, with the ways to answer it."""
        words = words_of(card, TEXT)
        await self.say(to, words.text, marks=words.marks, keyboard=keyboard_of(card))

    async def show_instead(self, of: MaybeInaccessibleMessage, card: Card) -> None:
        words = words_of(card, TEXT)
        await self.say_instead(of, words.text, keyboard_of(card), words.marks)

    async def take_away(self, message: MaybeInaccessibleMessage) -> None:
        """A menu or a question of ours; one that is too old to be deleted loses its buttons."""
        at = {"chat_id": message.chat.id, "message_id": message.message_id}
        try:
            await self._patiently(self._client.delete_message, **at)
        except BadRequest as error:
            if says(error, CANNOT_DELETE):
                await self._patiently(self._client.edit_message_reply_markup, **at)
            elif not says(error, GONE_ALREADY):
                raise

    async def hand_over(self, to: MaybeInaccessibleMessage, media: Media) -> None:
        """Raises `TooLargeError` beside."""
        send = getattr(self._client, f"send_{media.kind}")
        content: dict[str, Any] = {media.kind: media.content, "filename": media.file_name}
        try:
            await self._patiently(send, **content, **media.details, **_where(to))
        except TelegramError as error:
            if says(error, TOO_LARGE):
                raise TooLargeError(self._up_bytes) from error
            raise

    async def answer_tap(self, query_id: str, text: str | None, *, alert: bool) -> None:
        """A moment's words over the chat; without words its button stops being busy."""
        answer = self._client.answer_callback_query
        await self._patiently(answer, callback_query_id=query_id, text=text, show_alert=alert)

    async def _patiently(self, ask: Callable[..., Awaitable[object]], **said: Any) -> None:
        await patiently(lambda: ask(**said), self._clock)

    @asynccontextmanager
    async def answering(
        self, to: MaybeInaccessibleMessage, locale: str, what: str
    ) -> AsyncIterator[None]:
        """Where errors become sentences: what goes wrong inside the block is said to the person,
        and logged where it is ours."""
        try:
            yield
        except Exception as error:
            await self.say_why(to, error, locale, what)

    async def say_why(
        self, to: MaybeInaccessibleMessage, error: Exception, locale: str, what: str
    ) -> None:
        sentence = sentence_of(error, locale, what)
        if sentence is not None:
            await self.try_to_say(to, sentence)

    async def try_to_say(self, to: MaybeInaccessibleMessage, text: str) -> None:
        """A sentence that nobody can be told is lost, and nothing else."""
        try:
            await self.say(to, text)
        except TelegramError as error:
            log.info("telegram.not_said", error=error.message)


def sentence_of(error: Exception, locale: str, what: str) -> str | None:
    """For the person; None where it was Telegram that could not be reached by a sentence."""
    if isinstance(error, TelegramError):
        log.warning("telegram.not_answered", what=what, error=error.message)
        return None
    if isinstance(error, PersonError):
        log.info("telegram.refused", what=what, error=str(error))
    elif isinstance(error, MachineError):
        log.warning("telegram.failed", what=what, error=str(error))
    else:
        log.exception("telegram.failed", what=what)
    key, args = "error-machine", dict[str, Any]()
    if isinstance(error, SketchlifeError):
        key, args = error.key, error.args_of_text
    return Texts(locale).say(key, **args)


def _where(to: MaybeInaccessibleMessage) -> dict[str, Any]:
    topic = to.message_thread_id if isinstance(to, Message) and to.is_topic_message else None
    reply = ReplyParameters(to.message_id, allow_sending_without_reply=True)
    return {"chat_id": to.chat.id, "message_thread_id": topic, "reply_parameters": reply}
