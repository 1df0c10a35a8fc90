"""A backup that is made while a bot works is whole, and nothing else is taken for one."""

from __future__ import annotations

import asyncio
import json
import shutil
import tarfile
from collections import Counter

import pytest

from bot.job import JobStatus
from tests.journeys.backups import ROLES, back_up, restore
from tests.journeys.command import CommandLine
from tests.journeys.world import GUARD_S, World

DELIVERED, EXPIRED = JobStatus.DELIVERED, JobStatus.EXPIRED
JOBS = 10


@pytest.mark.slow
async def test_backups_made_while_a_bot_works_are_whole(world: World) -> None:
    """Restored elsewhere, each has the files of every clip that was delivered by then."""
    shell = CommandLine(world)
    backups = []
    with world.bot(f"{ROLES}:SlowPreview"):
        for number in range(3):
            await world.queue(*(f"person-{number}" for number in range(JOBS)))
            while (delivered := (await world.statuses()).count(DELIVERED)) <= number * JOBS:
                await asyncio.sleep(0.02)
            backup = await asyncio.to_thread(back_up, shell, f"{number}.tar")
            backups.append((backup, delivered))
    for number, (backup, delivered) in enumerate(backups):
        elsewhere = await asyncio.to_thread(World, world.root / f"elsewhere-{number}")
        shutil.rmtree(elsewhere.data_dir)  # a new machine
        told = restore(shell, backup, DATA_DIR=str(elsewhere.data_dir))
        assert "had no taken-back.jsonl" in told
        jobs = await elsewhere.jobs()
        outcomes = Counter(job.status for job in jobs.values())
        assert outcomes.keys() <= {DELIVERED, EXPIRED}
        assert outcomes.total() == (number + 1) * JOBS
        assert outcomes[DELIVERED] >= delivered
        assert Counter(record.outcome for record in await elsewhere.usage()) == outcomes
        for job in jobs.values():
            assert job.picture.is_file()
            assert job.status is EXPIRED or (job.clip and job.clip.master.is_file())


async def test_nothing_is_restored_under_a_running_bot(world: World) -> None:
    shell = CommandLine(world)
    backup = back_up(shell)
    await world.queue("ada")
    with world.bot(f"{ROLES}:GatedPreview"):
        async with asyncio.timeout(GUARD_S):
            while not world.chat.rendering():
                await asyncio.sleep(0.02)
        refused = shell.run("restore", backup)
    assert (refused.code, refused.out) == (2, "")
    assert "Another bot already works" in refused.err


def test_what_is_no_backup_is_refused_and_changes_nothing(world: World) -> None:
    shell = CommandLine(world)
    before = (world.data_dir / "sketchlife.db").read_bytes()
    (shell.folder / "photo.tar").write_bytes(b"a photo")
    newer = back_up(shell, "newer.tar")
    about = {"at": "2030-01-01", "database": "sqlite", "format": 99}
    with tarfile.open(newer, "a") as tar:  # of two of one name, the last one counts
        (shell.folder / "about.json").write_text(json.dumps(about))
        tar.add(shell.folder / "about.json", "about.json")
    for name, sentence in (
        ("gone.tar", "is no backup"),
        ("photo.tar", "is no backup"),
        ("newer.tar", "newer version"),
    ):
        refused = shell.run("restore", name)
        assert (refused.code, len(refused.err.splitlines())) == (2, 1)
        assert sentence in refused.err
    assert (world.data_dir / "sketchlife.db").read_bytes() == before
