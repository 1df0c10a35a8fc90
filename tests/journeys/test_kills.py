"""kill -9, wherever it hurts: nothing is lost, nothing comes twice, nothing is left running."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path

import psutil
import pytest

from bot.job import JobStatus
from tests.adapters.db.conftest import server as server
from tests.adapters.db.conftest import url_on_server as url_on_server
from tests.journeys.world import World, alive, until

ROLES = "tests.fakes.roles"
RUNNING, RENDERED = JobStatus.RUNNING, JobStatus.RENDERED
QUEUED, DELIVERED = JobStatus.QUEUED, JobStatus.DELIVERED


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    if request.param == "sqlite":
        return World(tmp_path)
    return World(tmp_path, {"DATABASE_URL": request.getfixturevalue("url_on_server")})


def delivered_once(world: World, jobs: int) -> None:
    """Each job has one card, and that card has its clip."""
    assert list(world.chat.states().values()) == ["done"] * jobs
    posted = Counter(event["ref"] for event in world.chat.events() if event["event"] == "post")
    assert list(posted.values()) == [1] * jobs
    assert len(list(world.chat.root.glob("*.mp4"))) == jobs


async def charged_once(world: World, jobs: int) -> None:
    records = await world.usage()
    assert [record.outcome for record in records] == [DELIVERED] * jobs
    assert len({record.job_id for record in records}) == jobs


def processes_of(bot: psutil.Process) -> list[psutil.Process]:
    return [bot, *bot.children(recursive=True)]


async def kill_and_see_its_workers_end(bot: psutil.Process) -> None:
    family = processes_of(bot)
    assert len(family) >= 3, "the bot and two workers"
    bot.kill()
    await until(lambda: not alive(family))


async def restart_and_deliver(world: World, jobs: int) -> None:
    world.gate.touch()
    world.hold.unlink(missing_ok=True)
    with world.bot(f"{ROLES}:GatedPreview", f"{ROLES}:PatientEyes"):
        await world.until_statuses(DELIVERED)
    delivered_once(world, jobs)
    await charged_once(world, jobs)


async def test_a_worker_killed_in_a_render_costs_an_attempt_and_nothing_else(
    world: World,
) -> None:
    await world.queue("ada")
    async with world.house(f"{ROLES}:GatedPreview") as house:
        await until(world.chat.rendering)
        os.kill(int((await house.engine.describe())["preview"]["pid"]), signal.SIGKILL)
        world.gate.touch()
        await world.until_statuses(DELIVERED)
    delivered_once(world, 1)
    (record,) = await world.usage()
    assert record.attempts == 2


async def test_a_bot_killed_while_jobs_are_queued_and_running(world: World) -> None:
    await world.queue("ada", "ben", "cleo")
    with world.bot(f"{ROLES}:GatedPreview") as bot:
        await until(world.chat.rendering)
        assert Counter(await world.statuses()) == {RUNNING: 1, QUEUED: 2}
        await kill_and_see_its_workers_end(bot)
    await restart_and_deliver(world, 3)


async def test_a_bot_killed_with_a_rendered_job(world: World) -> None:
    await world.queue("ada")
    with world.bot(f"{ROLES}:InstantPreview", f"{ROLES}:PatientEyes") as bot:
        await world.until_statuses(RENDERED)
        await kill_and_see_its_workers_end(bot)
    await restart_and_deliver(world, 1)


async def test_a_bot_killed_after_the_platform_took_the_clip_and_before_it_said_so(
    world: World,
) -> None:
    await world.queue("ada")
    world.hold.touch()
    with world.bot(f"{ROLES}:InstantPreview") as bot:
        await until(lambda: "done" in world.chat.states().values())
        assert await world.statuses() == [RENDERED]
        await kill_and_see_its_workers_end(bot)
    await restart_and_deliver(world, 1)


async def test_a_bot_killed_after_delivery_shows_and_charges_nothing_again(world: World) -> None:
    await world.queue("ada")
    with world.bot(f"{ROLES}:InstantPreview") as bot:
        await world.until_statuses(DELIVERED)
        await kill_and_see_its_workers_end(bot)
    events = world.chat.events()
    with world.bot(f"{ROLES}:InstantPreview"):
        await world.queue("ben")
        await world.until_statuses(DELIVERED)
    first_job = events[0]["ref"]
    assert [e for e in world.chat.events() if e["ref"] == first_job] == events
    await charged_once(world, 2)


async def test_a_job_that_kills_its_worker_every_time_fails_and_the_next_goes_on(
    world: World,
) -> None:
    world.env["FAKE_DEATHS_LEFT"] = str(world.root / "deaths")
    (world.root / "deaths").write_text("3")
    await world.queue("ada", "ben")
    async with world.house(f"{ROLES}:DyingPreview"):
        await world.until_statuses(DELIVERED, JobStatus.FAILED)
    assert sorted(world.chat.states().values()) == ["done", "failed"]
    assert sorted(record.attempts for record in await world.usage()) == [1, 3]


@pytest.mark.slow
async def test_twenty_kills_at_random_moments_lose_nothing(world: World) -> None:
    """Seeded moments from the first milliseconds of a start to the last of a delivery."""
    import random

    moments = random.Random(5)
    world.env |= {"FAKE_STEPS": "10", "FAKE_STEP_S": "0.01"}
    jobs = 40
    await world.queue(*(f"person-{number % 7}" for number in range(jobs)))
    for _ in range(20):
        with world.bot(f"{ROLES}:SlowPreview") as bot:
            await asyncio.sleep(moments.uniform(0.3, 3.0))
            family = processes_of(bot)
            bot.kill()
            await until(lambda family=family: not alive(family))  # type: ignore[misc]
    with world.bot(f"{ROLES}:SlowPreview"):
        await world.until_statuses(DELIVERED, JobStatus.FAILED)
    outcomes = Counter(record.outcome for record in await world.usage())
    assert sum(outcomes.values()) == jobs
    # three kills in the middle of one job's renders make it give up: with a sentence
    assert set(world.chat.states().values()) <= {"done", "failed"}
    assert len(world.chat.states()) == jobs
    assert outcomes[DELIVERED] >= jobs - 2
