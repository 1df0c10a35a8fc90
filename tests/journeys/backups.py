"""Backups as an operator makes and restores them, and the bot that works on afterwards."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.adapters.db.conftest import server as server
from tests.adapters.db.conftest import url_on_server as url_on_server
from tests.journeys.command import CommandLine
from tests.journeys.world import GUARD_S, World

ROLES = "tests.fakes.roles"


def back_up(shell: CommandLine, name: str = "backup.tar") -> Path:
    made = shell.run("backup", name)
    assert (made.code, made.err) == (0, "")
    return shell.folder / name


def restore(shell: CommandLine, backup: Path, **env: str) -> str:
    ran = shell.run("restore", backup, **env)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


async def work_on(world: World) -> None:
    """A bot on what is there, until nothing is left to do or to tell."""
    with world.bot(f"{ROLES}:InstantPreview"):
        async with asyncio.timeout(GUARD_S):
            while not all(job.told and job.status.ended for job in (await world.jobs()).values()):
                await asyncio.sleep(0.02)
