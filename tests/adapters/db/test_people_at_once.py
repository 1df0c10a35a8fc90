"""People over one clip at once, on the real database, from two processes' worth of locks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.app.house import House, furnish, run_migrate
from bot.card import CardState
from bot.clips.gallery import Period
from bot.errors import PersonError
from bot.job import Job, JobStatus
from bot.reports import Decision
from bot.settings import Settings
from tests.bot.making import EVE, MODERATOR
from tests.fakes.engine import FakeEngine
from tests.fakes.house import ADA, BEN
from tests.fakes.messenger import FakeMessenger

FANS = [replace(BEN, person=f"fan{number}") for number in range(12)]


@dataclass
class Street:
    """The bot, and somebody at the terminal who sees no chat."""

    bot: House
    terminal: House
    messenger: FakeMessenger
    job_id: str

    async def job(self) -> Job:
        return (await self.bot.service.status(self.job_id))[0]

    async def told(self) -> None:
        async with self.bot.at_work():
            while not (await self.job()).told:
                await asyncio.sleep(0)


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", allowed_places="*")
    await asyncio.to_thread(run_migrate, settings)
    sketch = tmp_path / "sketch.png"
    sketch.write_bytes(b"a sketch")
    messenger = FakeMessenger()
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(
            furnish(settings, [messenger], FakeEngine(), "first")
        )
        async with first.at_work():
            job_id = (await first.service.submit(sketch, ADA, {})).job_id
            while (await first.service.status(job_id))[0].status is not JobStatus.DELIVERED:
                await asyncio.sleep(0)
        bot = await stack.enter_async_context(furnish(settings, [messenger], FakeEngine(), "bot"))
        terminal = await stack.enter_async_context(furnish(settings, [], FakeEngine(), "desk"))
        yield Street(bot, terminal, messenger, job_id)


async def at_once(*deeds: Any) -> list[Any]:
    answers = await asyncio.gather(*deeds, return_exceptions=True)
    wrong = [one for one in answers if isinstance(one, BaseException)]
    assert all(isinstance(one, PersonError) for one in wrong), wrong
    return answers


async def test_stars_count_one_a_person_however_many_click_at_once(street: Street) -> None:
    gallery = street.bot.service.gallery
    await gallery.share(street.job_id, ADA)
    await at_once(*(gallery.star(street.job_id, fan) for fan in FANS))
    (first,) = await gallery.top(BEN, Period.EVER)
    assert first.share.stars == len(FANS)


async def test_everybody_at_once_leaves_a_clip_that_nobody_sees(street: Street) -> None:
    service, job_id = street.bot.service, street.job_id
    await service.gallery.share(job_id, ADA)
    await at_once(
        service.gallery.star(job_id, BEN),
        service.moderation.report(job_id, BEN),
        service.moderation.report(job_id, EVE),
        service.gallery.unshare(job_id, ADA),
        service.clips.delete(job_id, ADA),
        service.gallery.share(job_id, ADA),
    )
    assert await service.gallery.top_of_all(Period.EVER) == []
    (card,) = street.messenger.of_job(job_id)
    assert (card.state, card.clip) == (CardState.DELETED, None)


@pytest.mark.parametrize("swapped", [False, True])
async def test_of_two_decisions_in_two_processes_one_holds_and_every_card_tells_it(
    street: Street, swapped: bool
) -> None:
    service, job_id = street.bot.service, street.job_id
    await service.moderation.report(job_id, BEN)
    deeds = [
        service.moderation.decide(job_id, MODERATOR, Decision.KEEP),
        street.terminal.service.moderation.decide(job_id, MODERATOR, Decision.REMOVE),
    ]
    await at_once(*deeds[:: -1 if swapped else 1])
    await street.told()
    job = await street.job()
    assert not job.hidden
    (card,) = street.messenger.of_job(job_id)
    removed = job.deleted_at is not None
    assert card.state is (CardState.DELETED if removed else CardState.DONE)
