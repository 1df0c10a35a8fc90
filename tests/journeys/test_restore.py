"""Restored, a backup brings back nothing that people took back since, and lets no unfinished job
begin by surprise."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters.db.database import Database
from adapters.db.tables import metadata
from bot.card import CardState
from bot.clips.gallery import Period
from bot.job import JobStatus
from bot.origin import Rights
from bot.reports import Decision
from tests.adapters.db.conftest import server as server
from tests.adapters.db.conftest import url_on_server as url_on_server
from tests.journeys.backups import ROLES, back_up, restore, work_on
from tests.journeys.command import CommandLine
from tests.journeys.lives import BEN, MARKERS, ZELDA, files, house, live_here
from tests.journeys.world import World

QUEUED, RUNNING = JobStatus.QUEUED, JobStatus.RUNNING
DELIVERED, EXPIRED = JobStatus.DELIVERED, JobStatus.EXPIRED
EVE = replace(BEN, person="eve")
OPERATOR = replace(BEN, rights=Rights(operator=True))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def any_world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    if request.param == "sqlite":
        return World(tmp_path)
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed: apt-get install postgresql-client")
    return World(tmp_path, {"DATABASE_URL": request.getfixturevalue("url_on_server")})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "roles"),
    [
        (RUNNING, [f"{ROLES}:GatedPreview"]),
        (JobStatus.RENDERED, [f"{ROLES}:InstantPreview", f"{ROLES}:PatientEyes"]),
    ],
)
async def test_what_was_unfinished_asks_whether_it_is_still_wanted(
    world: World, status: JobStatus, roles: list[str]
) -> None:
    shell = CommandLine(world)
    await world.queue("ada")
    with world.bot(*roles):
        await world.until_statuses(status)
        while not world.chat.states():
            await asyncio.sleep(0.02)
        backup = await asyncio.to_thread(back_up, shell)
    await work_on(world)
    assert list(world.chat.states().values()) == ["done"]
    restore(shell, backup)
    assert await world.statuses() == [EXPIRED]
    await work_on(world)
    assert list(world.chat.states().values()) == ["expired"]
    assert [record.outcome for record in await world.usage()] == [EXPIRED]


async def test_nothing_comes_back_that_was_taken_back_since(any_world: World) -> None:
    world = any_world
    shell = CommandLine(world)
    bens = await live_here(world)
    async with house(world) as opened:
        kept, deleted, shared = [
            (await opened.service.submit(world.sketch(), BEN, {})).job_id for _ in range(3)
        ]
        await world.until_statuses(DELIVERED)
        await opened.service.gallery.share(shared, BEN)
        await opened.service.moderation.block_person(OPERATOR, "folder:old")
    assert await traces(world)
    backup = back_up(shell)
    async with house(world) as opened:
        service = opened.service
        await service.personal.forget([ZELDA.owner])
        await service.clips.delete(deleted, BEN)
        await service.gallery.unshare(shared, BEN)
        await service.moderation.block_person(OPERATOR, EVE.owner)
        await service.moderation.unblock_person(OPERATOR, "folder:old")
        late = (await service.submit(world.sketch(), BEN, {})).job_id
        while (await service.status(late))[0].status is not DELIVERED:
            await asyncio.sleep(0)
        await service.clips.delete(late, BEN)
    assert "clips 4, people 1" in restore(shell, backup)  # three of them are Zelda's
    assert await traces(world) == set()
    jobs = await world.jobs()
    assert jobs.keys() == {*bens, kept, deleted, shared}
    assert [jobs[each].deleted_at is None for each in (kept, deleted)] == [True, False]
    async with house(world) as opened:
        exhibits = await opened.service.gallery.top(BEN, Period.EVER)
        assert {one.share.job_id for one in exhibits} <= bens
        (block,) = await opened.service.moderation.blocks(OPERATOR)
        async with Database(world.settings.database) as database:
            assert block.value == await database.pseudonym(EVE.owner)
        while not all(job.told for job in (await world.jobs()).values()):
            await asyncio.sleep(0)
    assert world.chat.states()[deleted] == CardState.DELETED


async def test_what_was_reported_since_is_hidden_and_what_was_decided_since_is_decided(
    world: World,
) -> None:
    """Nobody stands behind the report any more, and there are no words in it."""
    shell = CommandLine(world)
    async with house(world) as opened:
        service = opened.service
        reported, kept = [(await service.submit(world.sketch(), BEN, {})).job_id for _ in range(2)]
        await world.until_statuses(DELIVERED)
        await service.moderation.report(kept, EVE, "before the backup")
    backup = back_up(shell)
    async with house(world) as opened:
        service = opened.service
        await service.moderation.decide(kept, OPERATOR, Decision.KEEP)
        await service.moderation.report(reported, EVE, "as only Eve writes")
    restore(shell, backup)
    jobs = await world.jobs()
    assert (jobs[reported].hidden, jobs[kept].hidden) == (True, False)
    async with house(world) as opened:
        (case,) = await opened.service.moderation.cases()
        assert [(one.job_id, one.reporter, one.reason) for one in case.reports] == [
            (reported, "", "")
        ]
        await opened.service.moderation.decide(reported, OPERATOR, Decision.KEEP)
    assert not any(job.hidden for job in (await world.jobs()).values())


@pytest.mark.slow
async def test_a_restore_that_was_killed_is_done_again(world: World) -> None:
    shell = CommandLine(world)
    ids = await world.queue("ada", "ben")
    await work_on(world)
    backup = back_up(shell)
    killed = 0
    for wait_s in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0):  # a restore takes about a second
        with shell.started("restore", backup) as process:
            await asyncio.sleep(wait_s)
            process.kill()
            killed += process.wait() == -signal.SIGKILL
    assert killed
    restore(shell, backup)
    jobs = await world.jobs()
    assert sorted(jobs) == sorted(ids)
    assert {job.status for job in jobs.values()} == {DELIVERED}
    assert all(job.clip and job.clip.master.is_file() for job in jobs.values())


async def test_what_is_put_aside_is_what_was_there(world: World) -> None:
    shell = CommandLine(world)
    (old,) = await world.queue("ada")
    (shell.folder / "backups").mkdir()
    shell.run("backup", "backups")
    (backup,) = (shell.folder / "backups").iterdir()
    assert backup.stat().st_mode & 0o077 == 0  # nobody else's to read
    (new,) = await world.queue("ben")
    told = restore(shell, backup)
    aside = world.data_dir / "before-restore-1"
    assert str(aside) in told
    assert re.search(r"kept at \d{4}-\d\d-\d\d \d\d:\d\d UTC\.", told)
    assert "taken-back.jsonl" not in told  # where nothing was ever taken back, nothing is missing
    assert {path.name for path in (aside / "jobs").iterdir()} == {old, new}
    assert (aside / "sketchlife.db").is_file()
    assert (await world.jobs()).keys() == {old}
    assert {path.name for path in world.data_dir.iterdir()}.isdisjoint({"backing-up", "restoring"})


@pytest.mark.slow
async def test_what_was_taken_back_from_another_bot_of_the_database_holds_too(
    any_world: World,
) -> None:
    """Where its journal was appended; that it should be is told. A file is one bot's alone."""
    world, shell = any_world, CommandLine(any_world)
    neighbour = await asyncio.to_thread(World, world.root / "neighbour", world.env)
    clips = []
    for one in (world, neighbour):
        async with house(one) as opened:
            clips.append((one, (await opened.service.submit(one.sketch(), BEN, {})).job_id))
            await one.until_statuses(DELIVERED)
    backup = back_up(shell)
    for one, clip in clips:
        async with house(one) as opened:
            await opened.service.clips.delete(clip, BEN)
    with (world.data_dir / "taken-back.jsonl").open("a") as journal:
        journal.write((neighbour.data_dir / "taken-back.jsonl").read_text())
    told = restore(shell, backup)
    shared = "DATABASE_URL" in world.env
    assert f"clips {2 if shared else 1}, people 0" in told
    assert ("Other bots share this database" in told) is shared
    for one, clip in clips:
        async with house(one) as opened:
            assert (await opened.service.status(clip))[0].deleted_at is not None


async def test_a_machine_that_was_only_tried_out_knows_nothing_of_what_was_taken_back(
    world: World,
) -> None:
    """Its own database is there, and is none that the backup is of."""
    shell = CommandLine(world)
    await world.queue("ada")
    backup = back_up(shell)
    elsewhere = await asyncio.to_thread(World, world.root / "elsewhere")
    await elsewhere.queue("ben")
    told = restore(shell, backup, DATA_DIR=str(elsewhere.data_dir))
    assert "had no taken-back.jsonl" in told


async def traces(world: World) -> set[str]:
    """Where a word of Zelda's stands: in a table, or in a job's folder."""
    found = {name for name, what in files(world) if marked(what)}
    async with Database(world.settings.database) as database, database.reading() as connection:
        for table in metadata.sorted_tables:
            rows = await connection.execute(text(f'SELECT * FROM "{table.name}"'))
            found |= {table.name for row in rows if marked(str(tuple(row)))}
    return found


def marked(what: str) -> bool:
    return any(mark in what.casefold() for mark in MARKERS)
