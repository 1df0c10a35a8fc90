"""Retention and being forgotten over a real database and real folders, with kill -9 in the middle:
afterwards no column and no file holds a word of the person."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.card import CardState
from bot.job import JobStatus
from tests.journeys.lives import BEN, MARKERS, ZELDA, files, house, live_here
from tests.journeys.world import GUARD_S, World, until


def columns(world: World) -> Iterator[tuple[str, str]]:
    """Where it stands, and what stands there, of every value in the database."""
    with closing(sqlite3.connect(world.data_dir / "sketchlife.db")) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            rows = database.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in rows.description]
            for row in rows:
                for name, value in zip(names, row, strict=True):
                    yield f"{table}.{name}", str(value)


def traces(world: World) -> set[str]:
    kept = [*columns(world), *files(world)]
    return {where for where, what in kept for mark in MARKERS if mark in what.casefold()}


def forget(world: World, writes: int) -> int:
    """In a process of its own; its exit code."""
    command = [sys.executable, "-m", "tests.journeys.forget_process"]
    asked = [*command, str(world.chat.root), str(writes), ZELDA.owner]
    return subprocess.run(asked, env=os.environ | world.variables, timeout=GUARD_S).returncode


def nothing_tells(world: World, bens: set[str], cards: set[str]) -> None:
    assert traces(world) == set()
    for database in world.data_dir.glob("sketchlife.db*"):
        raw = database.read_bytes().lower()
        assert [mark for mark in MARKERS if mark.encode() in raw] == [], database.name
    states = world.chat.states()
    assert states.keys() - bens == cards
    assert {states[job_id] for job_id in cards} <= {CardState.GONE, CardState.DELETED}
    assert {path.name for path in (world.data_dir / "jobs").iterdir()} == bens


async def test_whoever_lived_here_left_traces_everywhere(world: World) -> None:
    """What the other tests look for can be found."""
    await live_here(world)
    tables = {where.split(".")[0] for where in traces(world)}
    assert {"jobs", "usage", "presets", "shares", "stars", "reports"} <= tables


async def test_nothing_tells_of_who_was_forgotten(world: World) -> None:
    bens = await live_here(world)
    cards = world.chat.states().keys() - bens
    assert forget(world, writes=1000) == 0
    nothing_tells(world, bens, cards)
    assert sorted(record.person for record in await world.usage()) == ["", "", "ben", "ben", "ben"]


@pytest.mark.slow
async def test_nor_after_kills_in_the_middle(world: World) -> None:
    """Each attempt gets a few writes further than it would have, and the last one through."""
    bens = await live_here(world)
    cards = world.chat.states().keys() - bens
    kills = 0
    while forget(world, writes=3 + kills) == -signal.SIGKILL:
        kills += 1
        assert kills < 30
    assert kills > 3
    nothing_tells(world, bens, cards)


@pytest.mark.parametrize("writes", [1, 12])
async def test_the_next_bot_sees_a_killed_forgetting_through(world: World, writes: int) -> None:
    bens = await live_here(world)
    cards = world.chat.states().keys() - bens
    assert forget(world, writes) == -signal.SIGKILL
    assert traces(world) != set()
    async with house(world):
        await until(lambda: traces(world) == set())
    nothing_tells(world, bens, cards)


async def test_files_that_are_too_old_go_while_the_bot_runs(world: World) -> None:
    """KEEP_DAYS of a tenth of a day; what is shared stays."""
    async with house(world) as opened:
        service = opened.service
        old, shared, young = [
            (await service.submit(world.sketch(), BEN, {})).job_id for _ in range(3)
        ]
        await world.until_statuses(JobStatus.DELIVERED)
        await service.gallery.share(shared, BEN)
    age(world, [old, shared], hours=3)
    world.env["KEEP_DAYS"] = "0.1"
    folders = world.data_dir / "jobs"
    async with house(world):
        await until(lambda: not (folders / old).exists())
    async with house(world):  # a start tells what was left untold
        await until(lambda: world.chat.states()[old] == CardState.GONE)
    assert {path.name for path in folders.iterdir()} == {shared, young}


def age(world: World, ids: list[str], hours: float) -> None:
    """As if they had ended so much sooner."""
    with closing(sqlite3.connect(world.data_dir / "sketchlife.db")) as database, database:
        for job_id in ids:
            change = "UPDATE jobs SET ended_at = ended_at - ? WHERE id = ?"
            database.execute(change, (int(hours * 3600 * 10**6), job_id))
