"""Workers killed again and again, at any moment of their lives."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from contextlib import suppress

import psutil
import pytest

from bot.errors import WorkerError
from engine.local import LocalEngine
from tests.engine.workers import GUARD_S, clip_in, order_in

KILLS = 40
ROLES = {"preview": "tests.fakes.roles:SlowPreview", "eyes": "tests.fakes.roles:InstantEyes"}


async def kill_at_random(engine: LocalEngine, chance: random.Random) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(chance.random())
        facts = await engine.describe()
        pid = facts[chance.choice(list(facts))].get("pid")
        if pid:
            with suppress(ProcessLookupError):
                os.kill(int(pid), chance.choice([signal.SIGKILL, signal.SIGSEGV]))


async def calm(engine: LocalEngine) -> None:
    while {facts["state"] for facts in (await engine.describe()).values()} != {"ready"}:
        await asyncio.sleep(0.1)


async def work_until(done: asyncio.Event, ask) -> int:
    """How many tasks went well; those that did not must say that a worker died."""
    successes = 0
    while not done.is_set():
        await asyncio.sleep(0.01)  # a worker that can't start refuses without any wait
        with suppress(WorkerError):
            await ask()
            successes += 1
    return successes


@pytest.mark.slow
async def test_every_task_ends_and_no_process_is_left_whenever_workers_are_killed(tmp_path):
    chance, done = random.Random(4), asyncio.Event()
    of_other_tests = set(psutil.Process().children(recursive=True))
    order, clip = order_in(tmp_path), clip_in(tmp_path)
    async with asyncio.timeout(10 * GUARD_S), LocalEngine(ROLES) as engine:
        async with asyncio.TaskGroup() as group:
            renders = group.create_task(
                work_until(done, lambda: engine.render(order, lambda _: None))
            )
            measures = group.create_task(work_until(done, lambda: engine.measure(clip)))
            await kill_at_random(engine, chance)
            done.set()
        await calm(engine)
        assert (await engine.render(order, lambda _: None)).master.exists()
        assert (await engine.measure(clip)).verdict
    assert renders.result() > 0
    assert measures.result() > 0
    assert set(psutil.Process().children(recursive=True)) <= of_other_tests
