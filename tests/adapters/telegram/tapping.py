"""A clip that came while the bot was at work, and what a press on its card is answered with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.job import Job, JobStatus
from tests.adapters.telegram.bot import Bot
from tests.fakes.house import FakeHouse
from tests.fakes.telegram.chats import Shown
from tests.fakes.telegram.people import Person

ADA, BEN, GROUP, GALLERY, MODERATORS = 11, 12, -1001234, -1005555, -1006666


@asynccontextmanager
async def delivered(bot: Bot, house: FakeHouse, ada: Person) -> AsyncIterator[Shown]:
    """A clip of Ada's, which came while the bot was at work; its card."""
    async with house.at_work():
        await ada.sends_file(caption="/animate")
        await bot.handled()
        await bot.until(lambda: bot.job().status is JobStatus.DELIVERED)
        job = bot.job()
        assert job.card is not None
        chat, message = map(int, job.card.split("/"))
        yield bot.telegram.chats.messages[chat, message]


def alert(bot: Bot, query: str) -> str:
    return str(bot.telegram.chats.answers[query].get("text", ""))


def others(bot: Bot, first: Job) -> list[Job]:
    return [job for job in bot.jobs.rows.values() if job.id != first.id]
