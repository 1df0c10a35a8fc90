"""The answer to a pressed button: a moment's words over the chat, for who pressed it alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from telegram import CallbackQuery
from telegram.error import TelegramError

from adapters.telegram.replies import Replies, sentence_of
from adapters.telegram.words import cut
from bot.texts import Texts

log = structlog.get_logger(__name__)

LIMIT = 200  # characters


class Toast:
    """Telegram shows a button as busy until its press is answered, and takes one answer."""

    def __init__(self, query: CallbackQuery, replies: Replies, locale: str) -> None:
        self._query = query
        self._replies = replies
        self._locale = locale
        self._answered = False

    async def say(self, text: str) -> None:
        """Until the person closes it; as a message where the answer is given already, or Telegram
        waits for none any more, as after a downtime."""
        if not self._answered and await self._answer(cut(text, LIMIT), alert=True):
            return
        if self._query.message is not None:
            await self._replies.try_to_say(self._query.message, text)

    async def work(self) -> None:
        """For what takes longer than Telegram waits."""
        await self._answer(Texts(self._locale).say("telegram-working"), alert=False)

    async def close(self) -> None:
        if not self._answered:
            await self._answer(None, alert=False)

    @asynccontextmanager
    async def answering(self, what: str) -> AsyncIterator[None]:
        """However it ends, the press is answered; errors become sentences here."""
        try:
            yield
        except Exception as error:
            sentence = sentence_of(error, self._locale, what)
            if sentence is not None:
                await self.say(sentence)
        await self.close()

    async def _answer(self, text: str | None, alert: bool) -> bool:
        """Whether it arrived."""
        self._answered = True
        try:
            await self._replies.answer_tap(self._query.id, text, alert=alert)
        except TelegramError as error:
            log.info("telegram.press_not_answered", error=error.message)
            return False
        return True
