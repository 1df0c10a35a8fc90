"""The whole core around fakes: what its tests walk through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.board import Board
from bot.card import Card
from bot.clip import Renderer
from bot.delivery import ClipRules, Delivery
from bot.dispatcher import Dispatcher, Shift
from bot.drafts import Drafts
from bot.job import Job, JobStatus
from bot.origin import Origin
from bot.service import HouseRules, Service
from bot.waiting import WaitingRoom
from tests.fakes.clock import FakeClock
from tests.fakes.engine import FakeEngine
from tests.fakes.media import FakeMedia
from tests.fakes.messenger import FakeMessenger
from tests.fakes.stores import FakeJobStore, FakeQuestionStore

ADA = Origin(platform="fake", place="studio", person="ada")
BEN = Origin(platform="fake", place="studio", person="ben")
GUARD_S = 10  # of real time: against a test that hangs, nothing else


@dataclass
class FakeHouse:
    service: Service
    dispatcher: Dispatcher
    delivery: Delivery
    board: Board
    waiting: WaitingRoom
    jobs: FakeJobStore
    questions: FakeQuestionStore
    engine: FakeEngine
    messenger: FakeMessenger
    media: FakeMedia
    clock: FakeClock
    sketch: Path

    async def submit(self, origin: Origin = ADA, **options: str) -> Card:
        await self.clock.advance(0.001)  # ids sort by the millisecond
        return await self.service.submit(self.sketch, origin, options)

    async def job(self, card: Card) -> Job:
        return await self.jobs.get(card.job_id)

    async def until(self, true: Callable[[], bool]) -> None:
        """Let the tasks run until it is true; fails the test when it never is."""
        async with asyncio.timeout(GUARD_S):
            while not true():
                await asyncio.sleep(0)

    async def until_status(self, job_id: str, *statuses: JobStatus) -> Job:
        await self.until(lambda: self.jobs.rows[job_id].status in statuses)
        return self.jobs.rows[job_id]

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """The dispatcher runs; it is stopped, and its grace time passed, on leaving."""
        running = asyncio.create_task(self.dispatcher.run())
        try:
            yield
        finally:
            self.dispatcher.stop()
            await self.until(lambda: running.done() or self.clock.sleepers > 0)
            async with asyncio.timeout(GUARD_S):
                while not running.done():
                    await self.clock.advance(1)
            await running


def build(tmp_path: Path, rules: HouseRules | None = None, instance: str = "one") -> FakeHouse:
    clock, engine = FakeClock(), FakeEngine()
    jobs, media = FakeJobStore(), FakeMedia(tmp_path / "jobs")
    return furnish(tmp_path, clock, engine, jobs, FakeMessenger(), media, rules, instance)


def furnish(
    tmp_path: Path,
    clock: FakeClock,
    engine: FakeEngine,
    jobs: FakeJobStore,
    messenger: FakeMessenger,
    media: FakeMedia,
    rules: HouseRules | None = None,
    instance: str = "one",
) -> FakeHouse:
    """A house around parts that outlived another one: what a restart is."""
    sketch = tmp_path / "sketch.png"
    sketch.write_bytes(b"a sketch")
    messengers = {messenger.platform: messenger}
    questions = FakeQuestionStore()
    board = Board(messengers, jobs, clock)
    delivery = Delivery(
        messengers=messengers,
        board=board,
        jobs=jobs,
        engine=engine,
        media=media,
        clock=clock,
        rules=ClipRules(),
    )
    shift = Shift(instance=instance, renderers=list(Renderer), platforms=list(messengers))
    waiting = WaitingRoom(
        platforms=list(messengers),
        jobs=jobs,
        usage=jobs.usage,
        engine=engine,
        drafts=Drafts(jobs=jobs, engine=engine, media=media, producer="us"),
        board=board,
        clock=clock,
    )
    dispatcher = Dispatcher(
        shift,
        jobs=jobs,
        engine=engine,
        media=media,
        board=board,
        delivery=delivery,
        waiting=waiting,
        clock=clock,
    )
    service = Service(
        rules or HouseRules(),
        jobs=jobs,
        questions=questions,
        usage=jobs.usage,
        media=media,
        engine=engine,
        board=board,
        delivery=delivery,
        dispatcher=dispatcher,
        waiting=waiting,
        clock=clock,
    )
    return FakeHouse(
        service,
        dispatcher,
        delivery,
        board,
        waiting,
        jobs,
        questions,
        engine,
        messenger,
        media,
        clock,
        sketch,
    )
