"""A killed worker costs an attempt, a killed bot nothing, and a cancel no worker."""

from __future__ import annotations

import os
import signal

import pytest

from bot.clip import Renderer
from bot.job import JobStatus
from tests.journeys.model.studio import PATIENT, PREVIEW, SMALL, until_paused
from tests.journeys.real_roles import PAUSED_AT, steps_beside
from tests.journeys.world import World, alive, until

DELIVERED, CANCELLED = JobStatus.DELIVERED, JobStatus.CANCELLED


@pytest.mark.slow
async def test_a_model_worker_killed_in_a_render_costs_an_attempt_and_nothing_else(
    world: World,
) -> None:
    await world.queue("ada", **SMALL)
    async with world.house(PREVIEW, model=PATIENT) as house:
        await until_paused(world)
        os.kill(int((await house.engine.describe())["model"]["pid"]), signal.SIGKILL)
        world.gate.touch()
        await world.until_statuses(DELIVERED)
    assert list(world.chat.states().values()) == ["done"]
    (record,) = await world.usage()
    assert (record.renderer, record.outcome, record.attempts) == (Renderer.MODEL, DELIVERED, 2)


@pytest.mark.slow
async def test_a_bot_killed_in_a_render_takes_its_workers_along_and_the_next_delivers(
    world: World,
) -> None:
    await world.queue("ada", "ben", **SMALL)
    with world.bot(PREVIEW, model=PATIENT) as bot:
        await until_paused(world)
        family = [bot, *bot.children(recursive=True)]
        assert len(family) >= 4, "the bot and three workers"
        bot.kill()
        await until(lambda: not alive(family))
    world.gate.touch()
    with world.bot(PREVIEW, model=PATIENT):
        await world.until_statuses(DELIVERED)
    assert list(world.chat.states().values()) == ["done"] * 2
    records = await world.usage()
    assert sorted(record.attempts for record in records) == [1, 2]


async def test_a_cancel_reaches_a_render_within_a_step_and_costs_no_worker(world: World) -> None:
    (job_id,) = await world.queue("ada", **SMALL)
    async with world.house(PREVIEW, model=PATIENT) as house:
        await until_paused(world)
        worker = (await house.engine.describe())["model"]["pid"]
        await house.service.cancel(job_id, world.person("ada"))
        world.gate.touch()
        await world.until_statuses(CANCELLED)
        await world.queue("ben", **SMALL)
        await world.until_statuses(CANCELLED, DELIVERED)
        facts = (await house.engine.describe())["model"]
    assert (facts["pid"], facts["restarts"]) == (worker, "0"), "it was not killed for it"
    steps = [int(line) for line in steps_beside(world.gate).read_text().split()]
    assert steps.index(0, 1) == PAUSED_AT + 1, "no step came after the cancel"
    assert not (world.data_dir / "jobs" / job_id / "master.mkv").exists()
