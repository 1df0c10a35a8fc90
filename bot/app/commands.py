"""What the command line does, one function a command."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TextIO

from adapters.db.database import Database
from adapters.db.usage import SqlUsageStore
from adapters.media.instance import SLOTS, hold_instance
from adapters.terminal.animate import Wish as Wish
from adapters.terminal.animate import animate, check, report
from adapters.terminal.counter import Counter as Counter
from adapters.terminal.desk import Desk as Desk
from adapters.terminal.download import DownloadScreen, download
from adapters.terminal.messenger import TerminalMessenger
from adapters.terminal.usage import UsageQuery as UsageQuery
from adapters.terminal.usage import find_usage, print_usage
from adapters.terminal.who import login, owners
from bot.app.house import House, open_house, run_migrate, without_work
from bot.app.parts import workers_of
from bot.app.signals import stop_on_signals
from bot.clip import Renderer
from bot.clock import SystemClock
from bot.errors import ModelError, SettingsError
from bot.people.usage import usage_chart
from bot.ports import UsageStore
from bot.settings import Settings
from bot.texts import Texts
from engine.local import ROLES

DOWNLOAD = "engine.easyanimate.download_process"  # a process: it imports what the bot must not
TERMINAL = "terminal"  # a kind of instances
EYES_ALONE = {"eyes": ROLES["eyes"]}
LOOK_S = 0.2  # how often a command looks whether the model is there
PASSING = ("model-starting", "model-closed")  # troubles that a command waits out


async def run_animate(settings: Settings, wish: Wish, out: TextIO, screen: TextIO) -> int:
    """One sketch through the whole house by the terminal; the exit code."""
    check(wish)
    with hold_instance(settings.data_dir, TERMINAL) as instance:
        if instance is None:
            raise SettingsError("animate-too-many")
        messenger = TerminalMessenger(instance, screen)
        async with open_house(settings, [messenger], instance=instance) as house:
            if settings.model is not None:
                await _until_loaded(house, settings, screen)
            async with house.at_work():
                asking = asyncio.create_task(animate(house.service, messenger, wish))
                with stop_on_signals(asking.cancel):
                    ended = await asking
            return await report(house.service, ended, wish, out, screen)


async def _until_loaded(house: House, settings: Settings, screen: TextIO) -> None:
    """A chat waits for a model that is away; a person at a terminal mends it, or does without.

    Raises `ModelError`.
    """
    screen.write(Texts(settings.language).say("terminal-loading", model=settings.model) + "\n")
    screen.flush()
    pausing = house.service.operating.pausing
    while trouble := await pausing.trouble(Renderer.MODEL):
        if trouble.lasting or trouble.key not in PASSING:
            raise ModelError(trouble.key, **dict[str, Any](trouble.args))
        await asyncio.sleep(LOOK_S)


async def run_download(
    settings: Settings, model: str | None, source: str | None, out: TextIO, screen: TextIO
) -> int:
    """Fetch a model, or what an earlier attempt left of it; the exit code."""
    wanted = model or settings.model
    command = [sys.executable, "-m", DOWNLOAD, source or settings.model_source]
    env = os.environ | settings.hub_variables | settings.proxy_variables
    told = DownloadScreen(settings.language, out, screen)
    fetching = asyncio.create_task(download([*command, *([wanted] if wanted else [])], env, told))
    with stop_on_signals(fetching.cancel):
        return await fetching


async def run_usage(settings: Settings, query: UsageQuery, out: TextIO) -> None:
    async with _records(settings) as usage:
        records = await find_usage(usage, query, SLOTS)
    if query.chart is None:
        print_usage(records, query.as_csv, settings.language, out)
        return
    chart = usage_chart(records, query.since, SystemClock().now(), settings.language)
    async with workers_of(settings, EYES_ALONE) as engine:
        out.write(f"{await engine.chart(chart, query.chart.absolute())}\n")


async def run_at_counter(
    settings: Settings, ask: Callable[[Counter], Awaitable[None]], out: TextIO
) -> None:
    """What a person asks about their own."""
    names = owners(login(), SLOTS)
    async with without_work(settings) as house:
        await ask(Counter(house.service, names, settings.language, out))


async def run_at_desk(
    settings: Settings, ask: Callable[[Desk], Awaitable[None]], out: TextIO
) -> None:
    """What whoever runs the bot decides; a running bot shows it in its chats."""
    async with without_work(settings) as house:
        await ask(Desk(house.service, settings.language, out))


@asynccontextmanager
async def _records(settings: Settings) -> AsyncIterator[UsageStore]:
    await asyncio.to_thread(run_migrate, settings)
    async with Database(settings.database) as database:
        yield SqlUsageStore(database)
