"""The running application: the core with its database and its workers around it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from adapters.db.database import Database
from adapters.db.migrate import migrate
from adapters.media.disk import DiskMedia
from adapters.media.instance import hold_instance, make_folder
from adapters.web.messenger import PLATFORM as PAGE
from bot.app.parts import clip_rules, database_of, house_rules, shift_of, stores_of, workers_of
from bot.assembly import Core, Outside, Rules
from bot.clock import SystemClock
from bot.errors import SettingsError
from bot.people.keeper import Keeper
from bot.ports import Engine, Messenger
from bot.queue.dispatcher import Dispatcher
from bot.queue.hours import Hours
from bot.queue.resting import Resting
from bot.queue.waiting import WaitingRoom
from bot.service import Service
from bot.settings import Settings

BOT, COUNTER = "bot", "counter"  # kinds of instances


@dataclass(frozen=True, slots=True)
class House:
    """What a frontend gets to see of the running application."""

    service: Service
    dispatcher: Dispatcher
    waiting: WaitingRoom
    resting: Resting
    keeper: Keeper
    engine: Engine

    async def work(self) -> None:
        """Until the dispatcher is stopped."""
        beside = [
            asyncio.create_task(self.resting.keep(), name="rest of the GPU"),
            asyncio.create_task(self.waiting.stay_true(), name="waiting cards"),
            asyncio.create_task(self.waiting.keep_drafting(), name="drafts"),
            asyncio.create_task(self.keeper.stay_tidy(), name="keeper"),
        ]
        try:
            await self.dispatcher.run()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Jobs are worked off inside the block; what runs at its end gets its grace time."""
        work = asyncio.create_task(self.work(), name="house")
        try:
            yield
        finally:
            self.dispatcher.stop()
            await work


@asynccontextmanager
async def open_house(
    settings: Settings,
    messengers: Sequence[Messenger],
    *,
    instance: str,
    roles: Mapping[str, str] | None = None,
    database: Database | None = None,
) -> AsyncIterator[House]:
    """Migrate, start the workers, wire everything; `roles` None are those of the settings, and
    so is the `database`, which is closed at the end.
    Raises `SettingsError`, `StoreError`."""
    await asyncio.to_thread(run_migrate, settings)
    async with (
        workers_of(settings, roles) as engine,
        furnish(settings, messengers, engine, instance, database) as house,
    ):
        yield house


@asynccontextmanager
async def furnish(
    settings: Settings,
    messengers: Sequence[Messenger],
    engine: Engine,
    instance: str,
    database: Database | None = None,
) -> AsyncIterator[House]:
    """Wire everything around an engine and a database that is migrated."""
    by_platform = {one.platform: one for one in messengers}
    rules = Rules(
        house=house_rules(settings),
        clips=clip_rules(settings, page=PAGE in by_platform),
        shift=shift_of(settings, instance, list(by_platform)),
        contact=settings.operator_contact,
        hours=Hours.parse(settings.gpu_hours),
        power_w=settings.power_w,
    )
    outside = Outside(
        messengers=by_platform,
        engine=engine,
        media=DiskMedia(settings.data_dir),
        clock=SystemClock(),
    )
    async with database or database_of(settings) as opened:
        core = Core(rules, stores_of(settings, opened), outside)
        async with core.board:
            yield House(
                core.service, core.dispatcher, core.waiting, core.resting, core.keeper, engine
            )


@asynccontextmanager
async def without_work(settings: Settings) -> AsyncIterator[House]:
    """What needs nobody at work: no worker starts, and no chat is spoken to."""
    await asyncio.to_thread(run_migrate, settings)
    async with (
        workers_of(settings, {}) as engine,
        furnish(settings, [], engine, COUNTER) as house,
    ):
        yield house


def run_migrate(settings: Settings) -> None:
    """Raises `SettingsError`, `StoreError`."""
    make_folder(settings.data_dir)
    migrate(settings.database)


@contextmanager
def only_bot_here(settings: Settings) -> Iterator[str]:
    """Two bots in one folder would answer everything twice."""
    with hold_instance(settings.data_dir, BOT, slots=1) as instance:
        if instance is None:
            raise SettingsError("run-already", path=str(settings.data_dir))
        yield instance
