"""A day's traffic in minutes: three platforms at once, and everything that goes wrong on them.

The bot is a process of its own that speaks through the real client libraries, and over HTTP, to
servers and people on loopback. Its workers take a fraction of a second for a clip. In turn a
platform floods, fails, cuts the line or loses an answer, a download fails, a disk is full, a
worker is killed, and once the bot itself, with -9.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import random
import socket
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.day_bot import Bot
from bench.day_faults import Faults
from bench.day_people import OnDiscord, OnTelegram, OnWeb, Person, Wish
from bench.day_table import Day, table_of
from bench.sizes import Sizes
from bench.table import Table
from tests.fakes.discord.people import studio
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.telegram.server import FakeTelegram, serving

PEOPLE = 20  # of each platform, and one more who comes with a folder full
FOLDER = 12  # sketches in it
JOBS_A_FOLDER = 150  # of all jobs, so many for each time that somebody comes with one
FAULT_EACH_S = 7.0
FAULTS_AT_LEAST = 12
FIRST_NUMBER = 1000
SWING = 0.6  # how far the day's traffic is from even
WEIGH_S = 1.0
NO_PROGRESS_S = 60.0  # then what has no clip will not have one
QUIET_S = 20.0  # what is kept alive between requests is let go within it


@dataclass
class Town:
    """Everybody, and what they wished for."""

    ordinary: Sequence[Person]
    eager: Sequence[Person]
    wishes: list[Wish] = field(default_factory=list)
    _asking: set[asyncio.Task[None]] = field(default_factory=set)

    async def live(self, jobs: int, day_s: float) -> None:
        """Through the day: they come and ask."""
        chance, started = random.Random(7), time.monotonic()
        folders = max(jobs // JOBS_A_FOLDER, 1)
        folder = min(FOLDER, jobs // 3)
        coming = [(moment, 0) for moment in _moments(jobs - folders * folder, chance)]
        coming += [(number / (folders + 1), number) for number in range(1, folders + 1)]
        for moment, rush in sorted(coming):
            await asyncio.sleep(max(started + moment * day_s - time.monotonic(), 0))
            if rush:
                for _ in range(folder):
                    self._wish(self.eager[rush % len(self.eager)], rush)
            else:
                self._wish(chance.choice(self.ordinary))

    def _wish(self, person: Person, rush: int = 0) -> None:
        wish = Wish(person.platform, rush)
        self.wishes.append(wish)
        self._asking.add(asyncio.create_task(person.wish(wish)))

    async def until_all_have_clips(self) -> None:
        """Or nothing has come for a while."""
        waiting = self._asking
        while waiting:
            done, waiting = await asyncio.wait(
                waiting, timeout=NO_PROGRESS_S, return_when=asyncio.FIRST_COMPLETED
            )
            for one in done:
                one.result()
            if not done:
                break
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def measure(sizes: Sizes, folder: Path) -> Table:
    async with FakeDiscord() as discord, serving(FakeTelegram()) as telegram:
        bot = Bot(folder / "bot", discord.url, telegram.url, _free_port())
        faults = Faults(discord, telegram, bot)
        try:
            async with _town(discord, telegram, bot) as town:
                await bot.start()
                database_mb = bot.database_mb()
                await _pass(sizes, town, faults, bot)
            await asyncio.sleep(min(QUIET_S, sizes.day_s))
            bot.weigh()
        finally:
            await bot.stop()
    day = Day(town.wishes, faults, database_mb)
    return await table_of(sizes, day)


async def _pass(sizes: Sizes, town: Town, faults: Faults, bot: Bot) -> None:
    weighing = asyncio.create_task(_weigh(bot))
    fault_each_s = min(FAULT_EACH_S, sizes.day_s / FAULTS_AT_LEAST)
    try:
        await asyncio.gather(
            town.live(sizes.jobs_a_day, sizes.day_s), faults.happen(fault_each_s, sizes.day_s)
        )
        await town.until_all_have_clips()
    finally:
        weighing.cancel()


async def _weigh(bot: Bot) -> None:
    while True:
        await asyncio.sleep(WEIGH_S)
        bot.weigh()


def _moments(count: int, chance: random.Random) -> Iterator[float]:
    """Parts of a day, most of them about noon."""
    while count:
        moment = chance.random()
        density = 1 - SWING * math.cos(2 * math.pi * moment)
        if chance.random() * (1 + SWING) < density:
            yield moment
            count -= 1


@asynccontextmanager
async def _town(discord: FakeDiscord, telegram: FakeTelegram, bot: Bot) -> AsyncIterator[Town]:
    place, numbers = studio(discord), itertools.count(FIRST_NUMBER)
    everybody: list[list[Person]] = [[], [], []]
    for each in range(PEOPLE + 1):
        everybody[0].append(OnDiscord(discord, place, f"person-{each}"))
        everybody[1].append(OnTelegram(telegram, next(numbers)))
        everybody[2].append(OnWeb(bot.url, f"127.0.1.{each + 1}", faithless=each % 3 == 0))
    try:
        yield Town(
            ordinary=[one for people in everybody for one in people[1:]],
            eager=[people[0] for people in everybody],
        )
    finally:
        for one in everybody[2]:
            if isinstance(one, OnWeb):
                await one.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
