"""The whole core around fakes: what its tests walk through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.assembly import Core, Outside, Rules
from bot.card import Card
from bot.cards.board import Board
from bot.cards.delivery import Delivery
from bot.cards.encoding import ClipRules
from bot.clip import Renderer
from bot.door.rules import HouseRules
from bot.job import Job, JobStatus, Timings, UsageRecord
from bot.origin import Origin
from bot.queue.dispatcher import Dispatcher, Shift
from bot.queue.waiting import WaitingRoom
from bot.request import AnimationRequest
from bot.service import Service
from bot.stores import Stores
from tests.fakes.clock import FakeClock
from tests.fakes.engine import FakeEngine
from tests.fakes.inbox import FakeTipStore
from tests.fakes.media import FakeMedia
from tests.fakes.messenger import FakeMessenger
from tests.fakes.pause import FakePauseStore
from tests.fakes.people import (
    FakeLeavingStore,
    FakeLeftoverStore,
    FakePresetStore,
    FakeSettingsStore,
)
from tests.fakes.questions import FakeQuestionStore
from tests.fakes.reports import FakeReportStore
from tests.fakes.shares import FakeShareStore
from tests.fakes.stores import FakeJobStore

ADA = Origin(platform="fake", place="studio", person="ada")
BEN = Origin(platform="fake", place="studio", person="ben")
GUARD_S = 10  # of real time: against a test that hangs, nothing else


@dataclass
class People:
    """What is kept of people beside their jobs; it outlives a house as its jobs do."""

    questions: FakeQuestionStore = field(default_factory=FakeQuestionStore)
    settings: FakeSettingsStore = field(default_factory=FakeSettingsStore)
    presets: FakePresetStore = field(default_factory=FakePresetStore)
    reports: FakeReportStore = field(default_factory=FakeReportStore)
    tips: FakeTipStore = field(default_factory=FakeTipStore)
    leaving: FakeLeavingStore = field(default_factory=FakeLeavingStore)
    leftovers: FakeLeftoverStore = field(default_factory=FakeLeftoverStore)
    pauses: FakePauseStore = field(default_factory=FakePauseStore)

    def stores(self, jobs: FakeJobStore, shares: FakeShareStore) -> Stores:
        return Stores(
            jobs=jobs,
            questions=self.questions,
            usage=jobs.usage,
            quotas=jobs.quota,
            settings=self.settings,
            presets=self.presets,
            shares=shares,
            reports=self.reports,
            tips=self.tips,
            leaving=self.leaving,
            leftovers=self.leftovers,
            pauses=self.pauses,
        )


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
    core: Core
    settings: FakeSettingsStore
    reports: FakeReportStore
    shares: FakeShareStore
    people: People
    rules: Rules

    def restarted(self, instance: str = "two") -> FakeHouse:
        """Another process over what this one left."""
        house, clips = self.rules.house, self.rules.clips
        return furnish(
            self.sketch.parent,
            self.clock,
            self.engine,
            self.jobs,
            self.messenger,
            self.media,
            house,
            instance,
            self.people,
            clips,
        )

    async def submit(self, origin: Origin = ADA, **options: str) -> Card:
        await self.clock.advance(0.001)  # ids sort by the millisecond
        return await self.service.submit(self.sketch, origin, options)

    async def submit_and_hold(self, origin: Origin = ADA) -> Card:
        """One whose render has begun; it goes on with `engine.gate.set()`."""
        self.engine.gate.clear()
        begun = len(self.engine.rendered)
        card = await self.submit(origin)
        await self.until(lambda: len(self.engine.rendered) > begun)
        return card

    def model_took(self, rendered_s: float) -> None:
        """The model made a usual clip in that time, for somebody elsewhere."""
        now = self.clock.now()
        self.jobs.usage.by_job["earlier"] = UsageRecord(
            job_id="earlier",
            platform="fake",
            place="elsewhere",
            person="zoe",
            renderer=Renderer.MODEL,
            settings=AnimationRequest(seed=1),
            width=768,
            height=768,
            outcome=JobStatus.DELIVERED,
            attempts=1,
            created_at=now,
            ended_at=now,
            timings=Timings(rendered_s=rendered_s),
        )

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
        """The dispatcher runs; it is stopped, and its grace time passed, on leaving. It may be
        entered again, which no dispatcher needs outside of tests."""
        self.dispatcher._stopping.clear()
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


def build(
    tmp_path: Path,
    rules: HouseRules | None = None,
    instance: str = "one",
    clips: ClipRules | None = None,
) -> FakeHouse:
    clock, engine = FakeClock(), FakeEngine()
    jobs, media = FakeJobStore(), FakeMedia(tmp_path / "jobs")
    return furnish(
        tmp_path, clock, engine, jobs, FakeMessenger(), media, rules, instance, clips=clips
    )


def furnish(
    tmp_path: Path,
    clock: FakeClock,
    engine: FakeEngine,
    jobs: FakeJobStore,
    messenger: FakeMessenger,
    media: FakeMedia,
    rules: HouseRules | None = None,
    instance: str = "one",
    people: People | None = None,
    clips: ClipRules | None = None,
) -> FakeHouse:
    """A house around parts that outlived another one: what a restart is."""
    tmp_path.mkdir(parents=True, exist_ok=True)
    sketch = tmp_path / "sketch.png"
    sketch.write_bytes(b"a sketch")
    messengers = {messenger.platform: messenger}
    people = people or People()
    shares = FakeShareStore(jobs)
    every_rule = Rules(
        house=rules or HouseRules(),
        clips=clips or ClipRules(),
        shift=Shift(instance=instance, renderers=list(Renderer), platforms=list(messengers)),
    )
    core = Core(
        every_rule,
        people.stores(jobs, shares),
        Outside(messengers=messengers, engine=engine, media=media, clock=clock),
    )
    return FakeHouse(
        core.service,
        core.dispatcher,
        core.delivery,
        core.board,
        core.waiting,
        jobs,
        people.questions,
        engine,
        messenger,
        media,
        clock,
        sketch,
        core,
        people.settings,
        people.reports,
        shares,
        people,
        every_rule,
    )
