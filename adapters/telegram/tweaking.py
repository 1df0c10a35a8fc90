"""Taps on the menu of "Tweak": open, choose, render, close."""

from __future__ import annotations

from collections.abc import Mapping

from telegram import CallbackQuery

from adapters.telegram.callback_data import Tap
from adapters.telegram.client import Client
from adapters.telegram.replies import Replies
from adapters.telegram.tweaks import CLOSE, GO, STATE, changes_of, menu
from bot.actions import require
from bot.card import Action, Card
from bot.errors import RequestError
from bot.job import Job
from bot.origin import Origin
from bot.pricing import say_quote
from bot.service import Service
from bot.texts import Texts


class Tweaking:
    def __init__(self, service: Service, client: Client, replies: Replies) -> None:
        self._service = service
        self._client = client
        self._replies = replies

    async def tap(self, query: CallbackQuery, tap: Tap, person: Origin) -> Card | None:
        """The card of a new render, where that was tapped."""
        if tap.changes.get(CLOSE):
            await self._close(query)
        elif tap.changes.get(GO):
            changes = changes_of(tap.changes.get(STATE, ""))
            card = await self._service.clips.tweak(tap.job_id, person, changes)
            await self._close(query)
            return card
        else:
            await self._show(query, tap, person)
        return None

    async def _show(self, query: CallbackQuery, tap: Tap, person: Origin) -> None:
        """Opened below the card; then every tap changes the menu in its place."""
        assert query.message is not None
        job, _ = await self._service.status(tap.job_id)
        require(Action.TWEAK, job, None, person)
        state = tap.changes.get(STATE)
        keyboard = menu(job, state or "", person.locale)
        text = await self._text(job, changes_of(state or ""), person)
        if state is None:
            await self._replies.say(query.message, text, keyboard=keyboard)
            return
        await self._client.edit_message_text(
            text, query.message.chat.id, query.message.message_id, reply_markup=keyboard
        )

    async def _text(self, job: Job, changes: Mapping[str, str], person: Origin) -> str:
        """With what it costs, before it does; or why it can't be, which another tap may mend."""
        texts = Texts(person.locale)
        try:
            quote = await self._service.quote(person, {**job.options, **changes})
            more = say_quote(texts, quote)
        except RequestError as error:
            more = texts.say(error.key, **error.args_of_text)
        return "\n".join(filter(None, [texts.say("telegram-tweak"), more]))

    async def _close(self, query: CallbackQuery) -> None:
        assert query.message is not None
        await self._client.delete_message(query.message.chat.id, query.message.message_id)
