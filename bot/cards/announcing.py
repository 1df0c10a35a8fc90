"""The first card of what was sent in: a place in the queue, or what has to be asked first."""

from __future__ import annotations

import structlog

from bot.card import Card
from bot.cards.board import Board
from bot.cards.wording import Standing, queued_card
from bot.door.question_cards import senders_card
from bot.errors import MachineError, StoreError
from bot.job import Job
from bot.log import about
from bot.question import Question
from bot.queue.dispatcher import Dispatcher
from bot.queue.waiting import WaitingRoom

log = structlog.get_logger(__name__)


class Announcing:
    def __init__(self, *, board: Board, dispatcher: Dispatcher, waiting: WaitingRoom) -> None:
        self._board = board
        self._dispatcher = dispatcher
        self._waiting = waiting

    async def show(self, outcome: Job | Question | Card) -> Card:
        """The card as it stands there now; a question's is for who asked alone."""
        if isinstance(outcome, Card):
            return outcome
        if isinstance(outcome, Question):
            return senders_card(outcome)
        with about(outcome.id, outcome.origin):
            card = await self._queued(outcome)
            self._dispatcher.wake(outcome.renderer)
            try:
                await self._board.announce(outcome, card)
            except MachineError as error:  # the job is safe; its card comes with the next news
                log.warning("card.not_posted", error=str(error))
        return card

    async def show_moved(self, job: Job) -> Card:
        """Of a job that waits in another queue now."""
        self._dispatcher.wake(job.renderer)
        card = await self._queued(job)
        self._board.show(job, card)
        return card

    async def _queued(self, job: Job) -> Card:
        try:
            place = await self._waiting.place_of(job)
        except StoreError as error:
            log.warning("place.unknown", error=str(error))
            return queued_card(job, Standing())
        return self._waiting.card_of(job, place)
