"""A button that somebody pressed, with all that its handlers need to know of it."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import CallbackQuery, MaybeInaccessibleMessage

from adapters.telegram.callback_data import Tap
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


async def allowed(service: Service, press: Press, person: Origin) -> Job:
    """Before a menu is opened, which everybody in the chat sees. Raises `NotAllowedError`,
    `JobGoneError`."""
    job, _ = await service.status(press.tap.job_id)
    require(press.tap.action, job, None, person)
    return job
