"""Neighbours, full disks, locked databases, hanging workers, orderly ends: the others go on."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.app.house import open_house
from bot.errors import LimitError, StoreError
from bot.job import JobStatus
from tests.fakes.messenger import FolderMessenger
from tests.journeys.world import World, alive, until

ROLES = "tests.fakes.roles"
DELIVERED, FAILED = JobStatus.DELIVERED, JobStatus.FAILED

LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another process holds the database until the block ends."""
    command = [sys.executable, "-c", LOCKER, str(database)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        yield


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can only be mounted by root")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.slow
async def test_a_thousand_jobs_of_fifty_people_all_arrive_and_nobody_is_served_twice_first(
    world: World,
) -> None:
    world.env |= {"WAITING_PER_PERSON": "1000", "WAITING_IN_ALL": "1000"}
    people = [f"person-{number:02}" for number in range(50)]
    settings = world.settings
    roles = {"preview": f"{ROLES}:InstantPreview", "eyes": f"{ROLES}:InstantEyes"}
    async with open_house(settings, [world.chat], instance="bot-0", roles=roles) as house:
        await asyncio.gather(
            *(
                house.service.submit(world.sketch(), world.person(name), {"frames": "5"})
                for name in people
                for _ in range(20)
            )
        )
        async with house.at_work(), asyncio.timeout(240):
            while len(await house.service.usage()) < 1000:
                await asyncio.sleep(0.5)
    assert Counter(world.chat.states().values()) == {"done": 1000}
    jobs = (await world.jobs()).values()
    claimed = [job.origin.person for job in sorted(jobs, key=lambda job: job.claimed_at)]
    for start in range(0, 1000, 50):
        assert sorted(claimed[start : start + 50]) == people, "one turn each"


async def test_a_second_instance_touches_nothing_of_the_firsts(world: World) -> None:
    await world.queue("ada")
    async with world.house(f"{ROLES}:GatedPreview", instance="bot-0"):
        await until(world.chat.rendering)
        (before,) = (await world.jobs()).values()
        async with world.house(f"{ROLES}:InstantPreview", instance="bot-1"):
            await asyncio.sleep(0.5)
            (beside,) = (await world.jobs()).values()
        assert (beside.status, beside.instance) == (before.status, "bot-0")
        world.gate.touch()
        await world.until_statuses(DELIVERED)
    (record,) = await world.usage()
    assert record.attempts == 1


async def test_two_platforms_share_a_database_and_leave_each_others_jobs_alone(
    world: World,
) -> None:
    await world.queue("ada")
    stranger = FolderMessenger(world.root / "elsewhere")
    stranger.platform = "elsewhere"
    roles = {"preview": f"{ROLES}:InstantPreview", "eyes": f"{ROLES}:InstantEyes"}
    async with (
        open_house(world.settings, [stranger], instance="other-0", roles=roles) as house,
        house.at_work(),
    ):
        await asyncio.sleep(0.5)
    assert await world.statuses() == [JobStatus.QUEUED]


async def test_a_full_disk_fails_its_job_clearly_and_the_next_goes_on(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "8m"):
        world = await asyncio.to_thread(World, tmp_path / "disk")
        await world.queue("ada", prompt="fill the disk")
        await world.queue("ben")
        async with world.house(f"{ROLES}:MoodyPreview"):
            await world.until_statuses(DELIVERED, FAILED)
        failed, done = sorted(
            (await world.jobs()).values(), key=lambda job: job.status == DELIVERED
        )
        assert (failed.status, done.status) == (FAILED, DELIVERED)
        assert failed.failure is not None and failed.failure[0] == "error-disk-full"


async def test_a_nearly_full_disk_declines_in_time(world: World) -> None:
    world.env["MIN_FREE_GB"] = "10000"
    async with world.house(f"{ROLES}:InstantPreview") as house:
        with pytest.raises(LimitError, match="limit-disk-full"):
            await house.service.submit(world.sketch(), world.person("ada"), {})
    assert await world.statuses() == []


@pytest.mark.slow
async def test_a_locked_database_delays_what_runs_and_answers_who_asks(world: World) -> None:
    await world.queue("ada")
    database = world.data_dir / "sketchlife.db"
    async with world.house(f"{ROLES}:GatedPreview") as house:
        await until(world.chat.rendering)
        with locked(database):
            world.gate.touch()
            with pytest.raises(StoreError):
                await house.service.submit(world.sketch(), world.person("ben"), {})
        await world.until_statuses(DELIVERED)
        await house.service.submit(world.sketch(), world.person("ben"), {})
        await world.until_statuses(DELIVERED)
    assert sorted(world.chat.states().values()) == ["done", "done"]


@pytest.mark.slow
async def test_a_master_that_vanished_fails_its_job_clearly_and_the_next_goes_on(
    world: World,
) -> None:
    (first,) = await world.queue("ada")
    async with world.house(f"{ROLES}:InstantPreview", f"{ROLES}:PatientEyes"):
        await world.until_statuses(JobStatus.RENDERED)
        (world.data_dir / "jobs" / first / "master.mkv").unlink()
        (second,) = await world.queue("ben")
        world.gate.touch()
        await world.until_statuses(DELIVERED, FAILED)
    states = world.chat.states()
    assert (states[first], states[second]) == ("failed", "done")


@pytest.mark.slow
async def test_a_worker_that_hangs_fails_its_job_and_the_next_goes_on(world: World) -> None:
    world.env["STALL_S"] = "1"
    (first,) = await world.queue("ada", prompt="hang")
    (second,) = await world.queue("ben")
    async with world.house(f"{ROLES}:MoodyPreview"):
        await world.until_statuses(DELIVERED, FAILED)
    states = world.chat.states()
    assert (states[first], states[second]) == ("failed", "done")
    assert {record.job_id: record.attempts for record in await world.usage()}[first] == 3


async def test_sigterm_gives_a_running_render_its_grace_time(world: World) -> None:
    world.env["GRACE_S"] = "60"
    await world.queue("ada")
    with world.bot(f"{ROLES}:GatedPreview") as bot:
        await until(world.chat.rendering)
        family = [bot, *bot.children(recursive=True)]
        bot.terminate()
        world.gate.touch()
        await until(lambda: not alive(family))
    assert await world.statuses() == [DELIVERED]


@pytest.mark.slow
async def test_sigterm_puts_a_long_render_back_and_leaves_no_process(world: World) -> None:
    world.env["GRACE_S"] = "0.2"
    await world.queue("ada")
    with world.bot(f"{ROLES}:GatedPreview") as bot:
        await until(world.chat.rendering)
        family = [bot, *bot.children(recursive=True)]
        bot.terminate()
        await until(lambda: not alive(family))
    (job,) = (await world.jobs()).values()
    assert (job.status, job.attempts) == (JobStatus.QUEUED, 0)
    world.gate.touch()
    with world.bot(f"{ROLES}:GatedPreview"):
        await world.until_statuses(DELIVERED)
    assert list(world.chat.states().values()) == ["done"]


async def test_a_bot_imports_no_picture_library_and_no_framework(world: World) -> None:
    """Asked of a living bot that has just delivered a clip: of the files that it has mapped."""
    await world.queue("ada")
    with world.bot(f"{ROLES}:InstantPreview") as bot:
        await world.until_statuses(DELIVERED)
        mapped = "\n".join(entry.path for entry in bot.memory_maps())
    for library in ("torch", "mediapipe", "cv2", "PIL", "diffusers", "numpy"):
        assert f"/{library}/" not in mapped, library
