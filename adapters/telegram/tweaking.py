"""Taps on the menu of "Tweak": open, choose, render, close."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from adapters.telegram.press import Press, allowed, take_away
from adapters.telegram.replies import Replies
from adapters.telegram.tweaks import CLOSE, GO, STATE, changes_of, menu
from bot.card import CardState
from bot.door.pricing import say_quote
from bot.errors import JobGoneError, RequestError
from bot.job import Job
from bot.origin import Origin
from bot.service import Service
from bot.texts import Texts


class Tweaking:
    def __init__(self, service: Service, replies: Replies) -> None:
        self._service = service
        self._replies = replies

    async def tap(self, press: Press, person: Origin) -> None:
        if press.tap.changes.get(CLOSE):
            await self._close(press, person)
            return
        job = await allowed(self._service, press, person)
        if press.tap.changes.get(GO):
            await self._render(press, person)
        else:
            await self._show(press, job, person)

    async def _render(self, press: Press, person: Origin) -> None:
        """The menu stays as long as nothing has come of it."""
        if not await self._service.is_known(press.new_id):
            changes = changes_of(press.tap.changes.get(STATE, ""))
            card = await self._service.clips.tweak(press.tap.job_id, person, changes, press.new_id)
            if card.state is CardState.REFUSED:
                await self._replies.show(press.message, card)
        await take_away(self._replies, press)

    async def _close(self, press: Press, person: Origin) -> None:
        with suppress(JobGoneError):  # then it is of no use to anybody
            await allowed(self._service, press, person)
        await take_away(self._replies, press)

    async def _show(self, press: Press, job: Job, person: Origin) -> None:
        """Opened below the card; then every tap changes the menu in its place."""
        state = press.tap.changes.get(STATE)
        keyboard = menu(job, state or "", person.locale)
        text = await self._text(job, changes_of(state or ""), person)
        if state is None or not press.is_on_message:
            await self._replies.say(press.message, text, keyboard=keyboard)
        else:
            await self._replies.say_instead(press.message, text, keyboard)

    async def _text(self, job: Job, changes: Mapping[str, str], person: Origin) -> str:
        """With what it costs, before it does; or why it can't be, which another tap may mend."""
        texts = Texts(person.locale)
        try:
            quote = await self._service.quote(person, {**job.options, **changes})
            more = say_quote(texts, quote)
        except RequestError as error:
            more = texts.say(error.key, **error.args_of_text)
        return "\n".join(filter(None, [texts.say("telegram-tweak"), more]))
