"""A button that somebody pressed, with all that its handlers need to know of it."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import CallbackQuery, MaybeInaccessibleMessage

from adapters.telegram.callback_data import Tap, read
from adapters.telegram.keyboard import data_on
from adapters.telegram.replies import Replies
from adapters.telegram.toast import Toast
from bot.clips.actions import require
from bot.job import Job
from bot.origin import Origin
from bot.service import Service


@dataclass(frozen=True, slots=True)
class Press:
    """`new_id` is set aside for the job that it makes, if it makes one: so it makes none twice,
    however often a crash has it handled."""

    query: CallbackQuery
    tap: Tap
    new_id: str
    toast: Toast

    @property
    def message(self) -> MaybeInaccessibleMessage:
        """What the button is on."""
        assert self.query.message is not None, "we send no inline messages"
        return self.query.message

    @property
    def is_on_message(self) -> bool:
        """Whether it has such a button, so that it may be changed or taken away for this one:
        else it may be anybody's card."""
        mine = (self.tap.action, self.tap.job_id, bool(self.tap.changes))
        there = filter(None, map(read, data_on(self.message)))
        return mine in {(tap.action, tap.job_id, bool(tap.changes)) for tap in there}


async def take_away(replies: Replies, press: Press) -> None:
    """The menu or the question that it is on."""
    if press.is_on_message:
        await replies.take_away(press.message)


async def allowed(service: Service, press: Press, person: Origin) -> Job:
    """Before a menu is opened, which everybody in the chat sees. Raises `NotAllowedError`,
    `JobGoneError`."""
    job, _ = await service.status(press.tap.job_id)
    require(press.tap.action, job, None, person)
    return job
