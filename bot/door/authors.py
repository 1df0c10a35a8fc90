"""Asks who drew a picture before somebody else has it animated; an answer may take days."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import structlog

from bot.card import Action, Card
from bot.door.question_cards import agreed_card, asking_card, denied_card, withdrawn_card
from bot.errors import CardGoneError, LimitError, PersonError, PlaceGoneError, WayOut
from bot.ports import Clock, MediaStore, Messenger, QuestionStore, SettingsStore
from bot.question import Question

log = structlog.get_logger(__name__)


class Authors:
    """A card in the place asks, which its author's tap answers even after a restart. The same card
    then tells who asked what came of it."""

    def __init__(
        self,
        *,
        messengers: Mapping[str, Messenger],
        questions: QuestionStore,
        settings: SettingsStore,
        media: MediaStore,
        clock: Clock,
    ) -> None:
        self._messengers = messengers
        self._questions = questions
        self._settings = settings
        self._media = media
        self._clock = clock

    async def ask(self, question: Question, at_once: int) -> Question:
        """Raises `LimitError` for who has asked `at_once` authors already, `MessengerError` where
        nobody could be asked; nothing has changed then."""
        await self._require_room(question, at_once)
        asked = replace(question, answers=question.origin.drawn_by)
        messenger = self._messengers[question.origin.platform]
        # with a nonce of its own: the id alone is that of the job's card, should it come afresh
        card = await messenger.post(question.origin, asking_card(asked), nonce=f"{question.id}-q")
        asked = replace(asked, card=card)
        await self._questions.put(asked)
        return asked

    async def deny(self, question: Question, action: Action) -> Card:
        """The author says no, or never. The card is told first: what fails before the question is
        gone can be tapped again."""
        if action is Action.NEVER:
            await self._settings.change_person(question.answers, self._clock.now(), opted_out=True)
        card = denied_card(question, action)
        await self._show(question, card)
        await self._forget(question)
        log.info("author.denied", for_good=action is Action.NEVER)
        return card

    async def withdraw(self, question: Question) -> None:
        """Who asked wants no answer any more."""
        if question.card is not None:
            await self._show(question, withdrawn_card(question))
        await self._forget(question)

    async def keep_yes(self, question: Question, obstacle: PersonError) -> Card:
        """The author said yes, and something else is in the way: who asked may go on from here,
        once the queue has room again."""
        question = replace(
            question,
            asks=obstacle.key,
            args=obstacle.args_of_text,
            ways_out=obstacle.ways_out or (WayOut(Action.GO_ON.value),),
        )
        await self._questions.put(question)
        card = agreed_card(question)
        await self._show(question, card)
        return card

    async def _require_room(self, question: Question, at_once: int) -> None:
        owner = question.origin.owner
        others = await self._questions.of_person(owner)
        asking = [one for one in others if one.answers and one.origin.owner == owner]
        if len(asking) >= at_once:
            raise LimitError("limit-authors-asked", limit=at_once)

    async def _show(self, question: Question, card: Card) -> None:
        if question.card is None:
            return
        messenger = self._messengers[question.origin.platform]
        with suppress(CardGoneError, PlaceGoneError):  # nobody reads there any more
            await messenger.edit(question.origin, question.card, card)

    async def _forget(self, question: Question) -> None:
        await self._questions.drop(question.id)
        await asyncio.to_thread(self._media.drop, question.id)
