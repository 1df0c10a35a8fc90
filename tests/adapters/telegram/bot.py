"""The whole frontend around the core and its fakes, on a Bot API server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.telegram.client import Access
from adapters.telegram.frontend import Kept, TelegramFrontend
from adapters.telegram.webhook import Hook
from bot.door.rules import EVERYWHERE, HouseRules
from bot.job import Job
from tests.fakes.clock import FakeClock
from tests.fakes.engine import FakeEngine
from tests.fakes.house import GUARD_S, FakeHouse, People, furnish
from tests.fakes.inbox import FakeInboxStore, FakeMovedStore, FakeTipStore
from tests.fakes.media import FakeMedia
from tests.fakes.stores import FakeJobStore
from tests.fakes.telegram.chats import Shown
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.server import TOKEN, FakeTelegram

RULES = HouseRules(allowed_places=frozenset({EVERYWHERE}))


@dataclass
class Bot:
    """What outlives a restart, and what runs now."""

    telegram: FakeTelegram
    root: Path
    rules: HouseRules = RULES
    places: Sequence[int] = ()
    hook: Hook | None = None
    access: Access | None = None
    clock: FakeClock = field(default_factory=FakeClock)
    engine: FakeEngine = field(default_factory=FakeEngine)
    jobs: FakeJobStore = field(default_factory=FakeJobStore)
    people: People = field(default_factory=People)
    inbox: FakeInboxStore = field(default_factory=FakeInboxStore)
    tips: FakeTipStore = field(default_factory=FakeTipStore)
    moved: FakeMovedStore = field(default_factory=FakeMovedStore)
    house: FakeHouse | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FakeHouse]:
        frontend = TelegramFrontend(
            self.access or Access(token=TOKEN, base_url=self.telegram.url),
            Kept(self.inbox, self.tips, self.moved),
            self.clock,
            self.places,
            self.hook,
        )
        messenger: Any = frontend.messenger
        media = FakeMedia(self.root / "jobs")
        house = self.house = furnish(
            self.root,
            self.clock,
            self.engine,
            self.jobs,
            messenger,
            media,
            self.rules,
            people=self.people,
        )
        serving = asyncio.create_task(frontend.serve(house.service))
        try:
            async with house.board:
                yield house
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    def person(self, **who: Any) -> Person:
        return Person(self.telegram, **who)

    def job(self) -> Job:
        (job,) = self.jobs.rows.values()
        return job

    async def until(self, true: Callable[[], object]) -> None:
        """Guarded against hanging; nothing else depends on real time."""
        async with asyncio.timeout(GUARD_S):
            while not true():
                await asyncio.sleep(0.005)

    async def handled(self) -> None:
        """All that was sent has been answered."""

        def none_waits() -> bool:
            sent = {(self._source, number) for number in self.telegram.sent}
            answered = set(self.telegram.presses) <= self.telegram.chats.answers.keys()
            stored = sent <= self.inbox.rows.keys()
            return answered and stored and not any(self.inbox.rows.values())

        await self.until(none_waits)

    async def shown(self, chat: int, number: int = 1) -> list[Shown]:
        """Once there are so many messages."""
        await self.until(lambda: len(self.telegram.chats.of(chat)) >= number)
        return self.telegram.chats.of(chat)

    @property
    def _source(self) -> str:
        return f"telegram:{TOKEN.partition(':')[0]}"
