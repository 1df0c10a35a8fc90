"""How much more is rendered by two, three, four workers that take from one queue.

Each is a process of its own, as a second terminal beside the first is: its own dispatcher, its own
connection to the one database file, its own renderer, which takes a fixed time and no CPU, as if
each had a card. What is missing to N times one worker is what they cost each other.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.db.database import Database
from adapters.db.usage import SqlUsageStore
from bench.accepting_process import clips_in
from bench.house import house_without_workers, person, settings_of, sketch_in
from bench.sizes import Sizes
from bench.table import Figure, Sample, Table
from bot.app.house import House
from bot.job import JobStatus
from tests.fakes.messenger import FolderMessenger

MOST = 4
STEPS, STEP_S = 5, 0.05
RENDER_S = STEPS * STEP_S
LOOK_S = 0.1  # how often to look whether all have come; when is read from the files


class Worker:
    """A process that works from `work` to `rest`."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, folder: Path, instance: str) -> Worker:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.workers_process", str(folder), instance),
            env=os.environ | {"FAKE_STEPS": str(STEPS), "FAKE_STEP_S": str(STEP_S)},
            stdin=PIPE,
            stdout=PIPE,
        )
        worker = cls(process)
        await worker._until_ready()
        return worker

    async def order(self, what: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{what}\n".encode())
        await self._until_ready()

    async def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()

    async def _until_ready(self) -> None:
        assert self._process.stdout
        if not await self._process.stdout.readline():
            raise RuntimeError("a worker ended before its time")


async def measure(sizes: Sizes, folder: Path) -> Table:
    messenger = FolderMessenger(folder / "chat")
    rates: dict[int, list[float]] = {count: [] for count in range(1, MOST + 1)}
    async with (
        house_without_workers(folder / "data", messenger) as house,
        _workers(folder) as workers,
    ):
        await _rate(house, messenger, folder, workers, 2 * MOST)  # pays for what is made once
        for _ in range(sizes.rounds):
            for count, measured in rates.items():
                jobs = count * sizes.jobs_a_worker
                measured.append(await _rate(house, messenger, folder, workers[:count], jobs))
    return Table(
        "One to four workers",
        f"{sizes.jobs_a_worker} jobs for each worker, in one queue of one SQLite file; each of the "
        f"workers is a process with its own dispatcher and a renderer that sleeps {RENDER_S:g} s, "
        f"the fake messenger is a folder. {sizes.rounds} rounds; the "
        "first clip of each worker, which is opening the file then, is not counted.",
        [*_figures(rates), await _twice(folder)],
    )


@asynccontextmanager
async def _workers(folder: Path) -> AsyncIterator[Sequence[Worker]]:
    workers = [await Worker.start(folder, f"bench-{number}") for number in range(MOST)]
    try:
        yield workers
    finally:
        for worker in workers:
            await worker.end()


async def _rate(
    house: House,
    messenger: FolderMessenger,
    folder: Path,
    workers: Sequence[Worker],
    jobs: int,
) -> float:
    """Clips a second, counted from when each worker has had time for its first. All jobs wait
    before anybody works."""
    chat, sketch = messenger.root, sketch_in(folder)
    before = set(clips_in(chat))
    for number in range(jobs):
        await house.service.submit(sketch, person(messenger, number), {})
    await asyncio.gather(*(worker.order("work") for worker in workers))
    while len(came := set(clips_in(chat)) - before) < jobs:
        await asyncio.sleep(LOOK_S)
    await asyncio.gather(*(worker.order("rest") for worker in workers))
    times = sorted(clip.stat().st_mtime for clip in came)
    return (jobs - len(workers)) / (times[-1] - times[len(workers) - 1])


def _figures(rates: dict[int, list[float]]) -> list[Figure]:
    alone = Sample.of(rates[1], "clips/s")
    one = Figure(
        what="1 worker",
        ours=alone,
        peer="nothing but the sleeping",
        theirs=Sample.of([1 / RENDER_S] * len(rates[1]), "clips/s"),
    )
    more = [
        Figure(
            what=f"{count} workers",
            ours=Sample.of(rates[count], "clips/s"),
            aim="≥ 0.95 ×",
            peer=f"{count} times one worker",
            theirs=Sample.of((count * rate for rate in rates[1]), "clips/s"),
        )
        for count in rates
        if count > 1
    ]
    return [one, *more]


async def _twice(folder: Path) -> Figure:
    async with Database(settings_of(folder / "data").database) as database:
        records = await SqlUsageStore(database).records()
    delivered = Counter(one.job_id for one in records if one.outcome is JobStatus.DELIVERED)
    twice = [count for count in delivered.values() if count > 1]
    return Figure(what="rendered twice", ours=Sample.of([len(twice)]), aim="0")
