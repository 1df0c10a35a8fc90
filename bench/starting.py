"""The bot process: how soon it is ready, how soon a waiting job has its clip, what it weighs.

Its roles take no time, so that the bot is measured and not the renderer. The peer is an
interpreter that only imports the libraries that the bot stands on.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from bench.sizes import Sizes
from bench.table import Figure, Sample, Table
from tests.journeys.world import EYES, World

PEER = "import sqlalchemy, pydantic, structlog"
PREVIEW = "tests.fakes.roles:InstantPreview"
LOOK_S = 0.02


async def measure(sizes: Sizes, folder: Path) -> Table:
    ready, first_clip, peer_ready, weights, peer_weights = [], [], [], [], []
    for number in range(sizes.rounds):
        world = await asyncio.to_thread(World, folder / str(number))
        await world.queue("ada")
        async with _bot(world) as (process, ready_s):
            ready.append(ready_s)
            weights.append(_resident_mb(process.pid))
            first_clip.append(ready_s + await _until_delivered(world, 1))
        seconds, megabytes = await _import_only()
        peer_ready.append(seconds)
        peer_weights.append(megabytes)
    busy_world = await asyncio.to_thread(World, folder / "busy")
    busy_mb = await _weight_after(sizes.jobs_of_a_bot, busy_world)
    imports_mb = Sample.of(peer_weights, "MB")
    return Table(
        "Start and memory of the bot",
        f"{sizes.rounds} starts, each with a job that waits; eyes and renderer take no time. "
        "Resident memory is the bot's alone, without its workers.",
        [
            Figure(
                what="until ready",
                ours=Sample.of(ready, "s"),
                aim="2 s",
                peer=f'python -c "{PEER}"',
                theirs=Sample.of(peer_ready, "s"),
            ),
            Figure(what="until the waiting job's clip is shown", ours=Sample.of(first_clip, "s")),
            Figure(
                what="resident memory when ready",
                ours=Sample.of(weights, "MB"),
                aim="150 MB",
                peer="the same imports",
                theirs=imports_mb,
            ),
            Figure(
                what=f"resident memory after {sizes.jobs_of_a_bot} jobs",
                ours=Sample.of([busy_mb], "MB"),
                aim="150 MB",
                peer="the same imports",
                theirs=Sample.of([imports_mb.median], "MB"),
            ),
        ],
    )


@asynccontextmanager
async def _bot(world: World) -> AsyncIterator[tuple[Process, float]]:
    """A bot that is ready, and the seconds since its process was started."""
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.journeys.bot_process", str(world.chat.root)),
        *(f"eyes={EYES}", f"preview={PREVIEW}"),
        env=os.environ | world.variables | {"LOG_LEVEL": "info"},
        stderr=PIPE,
    )
    assert process.stderr
    async with _killed_at_the_end(process):
        ready_s = await _seconds_until_ready(process.stderr, started)
        # the rest of its log: a full pipe would stop it
        log = asyncio.create_task(process.stderr.read())
        yield process, ready_s
        process.terminate()
        await log


@asynccontextmanager
async def _killed_at_the_end(process: Process) -> AsyncIterator[None]:
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _seconds_until_ready(log: asyncio.StreamReader, started: float) -> float:
    while line := await log.readline():
        if b"bot.ready" in line:
            return time.perf_counter() - started
    raise RuntimeError("the bot ended before it was ready")


async def _until_delivered(world: World, jobs: int) -> float:
    """Seconds from now."""
    started = time.perf_counter()
    while list(world.chat.states().values()).count("done") < jobs:
        await asyncio.sleep(LOOK_S)
    return time.perf_counter() - started


async def _weight_after(jobs: int, world: World) -> float:
    await world.queue(*(f"person-{number}" for number in range(jobs)))
    async with _bot(world) as (process, _):
        await _until_delivered(world, jobs)
        return _resident_mb(process.pid)


async def _import_only() -> tuple[float, float]:
    """Seconds until everything is imported, and the megabytes that it then occupies."""
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", f"{PEER}; print('ready', flush=True); input()"),
        stdin=PIPE,
        stdout=PIPE,
    )
    assert process.stdout
    await process.stdout.readline()
    seconds, megabytes = time.perf_counter() - started, _resident_mb(process.pid)
    await process.communicate(b"\n")
    return seconds, megabytes


def _resident_mb(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss / 10**6)
