"""Bots with a token and a data folder each, over one server: both are `bot-0`, both are on the
same platform, and neither takes, clears or shows what is the other's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.db.database import Database, parsed
from adapters.db.jobs import SqlJobStore
from adapters.db.leaving import SqlLeavingStore
from adapters.db.reports import SqlReportStore
from adapters.db.usage import SqlUsageStore
from adapters.media.instance import folder_id
from bot.app.house import House, furnish
from bot.card import CardState
from bot.clip import Renderer
from bot.clock import SystemClock
from bot.door.limits import QueueLimits
from bot.errors import LimitError, NotAllowedError
from bot.settings import Settings
from tests.adapters.db.making import FAKE, MINUTE, a_job
from tests.adapters.db.server import Server
from tests.fakes.engine import FakeEngine
from tests.fakes.house import ADA
from tests.fakes.messenger import FakeMessenger


@dataclass
class Bot:
    """One that can be opened again, on its own folder and in its own chat."""

    folder: Path
    url: str
    chat: FakeMessenger = field(default_factory=FakeMessenger)
    engine: FakeEngine = field(default_factory=FakeEngine)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[House]:
        settings = Settings(
            _env_file=None,
            data_dir=self.folder,
            database_url=self.url,
            allowed_places="*",
        )
        async with furnish(settings, [self.chat], self.engine, "bot-0") as house:
            yield house

    @asynccontextmanager
    async def jobs(self) -> AsyncIterator[SqlJobStore]:
        async with Database(self.url) as database:
            yield SqlJobStore(database, self.folder, folder_id(self.folder))

    async def submit(self, house: House, *, to_the_end: bool = True) -> str:
        sketch = self.folder / "sketch.png"
        sketch.write_bytes(b"a sketch")
        job_id = (await house.service.submit(sketch, ADA, {})).job_id
        while to_the_end and job_id not in delivered(self.chat):
            await asyncio.sleep(0)
        return job_id


def delivered(chat: FakeMessenger) -> set[str]:
    return {card.job_id for card in chat.cards.values() if card.clip is not None}


@pytest.fixture
def bots(url_on_server: str, tmp_path: Path) -> tuple[Bot, Bot]:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    return Bot(tmp_path / "one", url_on_server), Bot(tmp_path / "two", url_on_server)


@pytest.mark.slow
async def test_each_delivers_what_it_was_sent(bots: tuple[Bot, Bot]) -> None:
    one, two = bots
    async with one.open() as first, two.open() as second, first.at_work(), second.at_work():
        sent = [
            {await bot.submit(house) for _ in range(3)}
            for bot, house in zip(bots, (first, second), strict=True)
        ]
        assert [delivered(bot.chat) for bot in bots] == sent
        page = await first.service.personal.history([ADA.owner])
        assert {job.id for job in page.jobs} == sent[0]
    async with Database(one.url) as database:
        records = await SqlUsageStore(database).records()
    assert {record.job_id for record in records} == sent[0] | sent[1]


async def test_what_a_killed_one_held_waits_for_its_own_next_start(bots: tuple[Bot, Bot]) -> None:
    one, two = bots
    long_ago = SystemClock().now() - timedelta(hours=1)
    async with one.open() as first:
        job_id = await one.submit(first, to_the_end=False)
    async with one.jobs() as jobs:  # claimed and left; its lease ran out long since
        held = await jobs.claim("bot-0", Renderer.PREVIEW, FAKE, long_ago, MINUTE, 1)
        assert held is not None
    async with two.open() as second, second.at_work():
        await two.submit(second)
    async with one.jobs() as jobs:
        assert await jobs.get(job_id) == held
    async with one.open() as first, first.at_work():
        while job_id not in delivered(one.chat):
            await asyncio.sleep(0)


async def test_each_clears_its_own_folder_alone(server: Server, bots: tuple[Bot, Bot]) -> None:
    one, two = bots
    async with one.open() as first, first.at_work():
        job_id = await one.submit(first)
    server.say("UPDATE jobs SET ended_at = 0", str(parsed(one.url).database))  # as if long ago
    async with two.open() as second:
        await second.keeper.tidy()
    assert (one.folder / "jobs" / job_id).is_dir()
    async with one.open() as first:
        await first.keeper.tidy()
    assert not (one.folder / "jobs" / job_id).exists()


async def test_whoever_is_kept_out_of_one_is_kept_out_of_both(bots: tuple[Bot, Bot]) -> None:
    async with Database(bots[0].url) as database:
        await SqlReportStore(database).block_person(ADA.owner, "", SystemClock().now())
    for bot in bots:
        async with bot.open() as house:
            with pytest.raises(NotAllowedError, match="person-blocked"):
                await bot.submit(house)


async def test_whoever_is_forgotten_by_one_is_forgotten_by_both(bots: tuple[Bot, Bot]) -> None:
    """What the other one holds goes with its own next look, its card and its files included."""
    one, two = bots
    async with one.open() as first, first.at_work():
        await one.submit(first)
    async with two.open() as second, second.at_work():
        elsewhere = await two.submit(second)
    async with one.open() as first:
        assert await first.service.personal.forget([ADA.owner]) == 0
        await first.keeper.tidy()
    assert (two.folder / "jobs" / elsewhere).is_dir()
    async with two.open() as second:
        await second.keeper.tidy()
    assert not (two.folder / "jobs" / elsewhere).exists()
    assert {card.state for card in two.chat.cards.values()} == {CardState.GONE}
    for bot in bots:
        async with bot.jobs() as jobs:
            assert await jobs.of_person(ADA.owner) == []
    async with Database(one.url) as database:
        assert await SqlLeavingStore(database).all() == []


async def test_a_persons_day_is_one_over_both(bots: tuple[Bot, Bot]) -> None:
    now = SystemClock().now()
    day = QueueLimits(gpu_s_per_day=100.0)
    async with bots[0].jobs() as first, bots[1].jobs() as second:
        await first.add(a_job("ada", renderer=Renderer.MODEL, cost_s=60.0, created_at=now), day)
        with pytest.raises(LimitError):
            await second.add(
                a_job("ada", renderer=Renderer.MODEL, cost_s=60.0, created_at=now), day
            )
