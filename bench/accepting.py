"""Durable jobs through `service.submit` with every check, kill -9 in the middle.

The accepting bot is a process that is killed twice: while it accepts, and while it delivers.
Blocks of jobs alternate with the peers', which only store theirs.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from adapters.db.database import Database
from adapters.db.jobs import SqlJobStore
from adapters.db.usage import SqlUsageStore
from bench.accepting_process import IN_FLIGHT, clips_in
from bench.house import settings_of
from bench.queue_peers import BareTable, Huey
from bench.sizes import Sizes
from bench.table import Figure, Sample, Table
from bot.job import JobStatus
from tests.fakes.messenger import FolderMessenger

FRESH = ("post", "direct")  # messages; an edit repeated by a restart changes none
LOOK_S = 0.01  # how often to look whether it is time to kill


@dataclass
class Rates:
    """Jobs per second by block; the block in which the bot dies is nobody's."""

    ours: list[float] = field(default_factory=list)
    huey: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


class Bot:
    """The accepting process and its successors."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: Process | None = None

    async def order(self, what: str, count: int) -> float:
        """Seconds that it took."""
        process = await self._send(what, count)
        assert process.stdout
        return float(await process.stdout.readline())

    async def die_in_the_middle(self, what: str, count: int) -> None:
        """Killed once half of the order is done."""
        half = self._done(what) + count // 2
        process = await self._send(what, count)
        while process.returncode is None and self._done(what) < half:
            await asyncio.sleep(LOOK_S)
        process.kill()
        await process.wait()
        self._process = None

    async def close(self) -> None:
        if self._process and self._process.stdin:
            self._process.stdin.close()
            await self._process.wait()

    def acknowledged(self) -> list[str]:
        return (self.folder / "acknowledged").read_text().split()

    def _done(self, what: str) -> int:
        if what == "deliver":
            return len(clips_in(self.folder / "chat"))
        return len(self.acknowledged()) if (self.folder / "acknowledged").exists() else 0

    async def _send(self, what: str, count: int) -> Process:
        if self._process is None:
            command = [sys.executable, "-m", "bench.accepting_process", str(self.folder)]
            self._process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
        assert self._process.stdin
        self._process.stdin.write(f"{what} {count}\n".encode())
        return self._process


async def measure(sizes: Sizes, folder: Path) -> Table:
    bot, huey, bare = Bot(folder), Huey(folder), BareTable(folder)
    await bare.open()
    rates = await _accept(sizes, bot, huey, bare)
    jobs = await _waiting(folder / "data")  # some were stored and not yet acknowledged
    await bot.die_in_the_middle("deliver", jobs)
    left = jobs - len(clips_in(folder / "chat"))
    delivery_s = await bot.order("deliver", jobs)
    await bot.close()
    await bare.close()
    return Table(
        f"{sizes.blocks * sizes.block:,} durable jobs",
        f"{sizes.blocks} blocks of {sizes.block:,}, ours with {IN_FLIGHT} submissions in flight; "
        "the bot is killed once while it accepts and once while it delivers.",
        [
            *_speed(rates),
            _flatness(rates),
            Figure(what="delivered by the last bot", ours=Sample.of([left / delivery_s], "jobs/s")),
            *await _losses(bot),
        ],
    )


async def _accept(sizes: Sizes, bot: Bot, huey: Huey, bare: BareTable) -> Rates:
    rates, size = Rates(), sizes.block
    await bot.order("accept", 0)  # its start is another table's
    for block in range(sizes.blocks):
        if block == sizes.blocks // 2:
            before = len(bot.acknowledged())
            await bot.die_in_the_middle("accept", size)
            await bot.order("accept", size - (len(bot.acknowledged()) - before))
            continue
        rates.ours.append(size / await bot.order("accept", size))
        rates.huey.append(size / huey.accept(size))
        rates.bare.append(size / await bare.accept(size))
    return rates


def _speed(rates: Rates) -> list[Figure]:
    ours = Sample.of(rates.ours, "jobs/s")
    peers = ((Huey.name, rates.huey), (BareTable.name, rates.bare))
    return [
        Figure(
            what="accepted",
            ours=ours,
            aim="≥ 200 jobs/s",
            peer=name,
            theirs=Sample.of(theirs, "jobs/s"),
        )
        for name, theirs in peers
    ]


def _flatness(rates: Rates) -> Figure:
    return Figure(
        what="accepted in the last block, all waiting",
        ours=Sample.of(rates.ours[-1:], "jobs/s"),
        aim="flat",
        peer="ours in the first block",
        theirs=Sample.of(rates.ours[:1], "jobs/s"),
    )


async def _waiting(folder: Path) -> int:
    async with Database(settings_of(folder).database) as database:
        return len(await SqlJobStore(database, folder).waiting())


async def _losses(bot: Bot) -> list[Figure]:
    async with Database(settings_of(bot.folder / "data").database) as database:
        records = await SqlUsageStore(database).records()
    delivered = Counter(one.job_id for one in records if one.outcome is JobStatus.DELIVERED)
    events = FolderMessenger(bot.folder / "chat").events()
    posted = Counter(one["ref"] for one in events if one["event"] in FRESH)
    lost = set(bot.acknowledged()) - delivered.keys()
    twice = [counted for counted in (*delivered.values(), *posted.values()) if counted > 1]
    return [
        Figure(what="acknowledged, then lost", ours=Sample.of([len(lost)]), aim="0"),
        Figure(what="charged or posted twice", ours=Sample.of([len(twice)]), aim="0"),
    ]
