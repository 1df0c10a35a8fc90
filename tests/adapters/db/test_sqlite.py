"""What only the real file can get wrong: locks, errors, indexes."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiosqlite
import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.db import database as database_module
from adapters.db.database import Database, errors_mapped
from adapters.db.jobs import SqlJobStore
from adapters.db.queue import CLAIM
from bot.errors import StoreError
from bot.job import Job, JobStatus, usage_of
from tests.adapters.db.conftest import stores_on, url_of
from tests.adapters.db.making import NOON, ROOM, Stores, a_clip, a_job, a_question


async def test_a_preview_job_asks_and_writes_nothing_about_gpu_seconds(
    sqlite_stores: Stores,
) -> None:
    with _statements() as sent:
        await sqlite_stores.add()
        job = await sqlite_stores.claimed()
        await sqlite_stores.jobs.move(
            job, JobStatus.CANCELLED, NOON, usage_of(job, JobStatus.CANCELLED, NOON)
        )
    assert [sql for sql, _ in sent if "charges" in sql or "house" in sql] == []


async def test_a_database_locked_by_another_process_is_a_store_error_until_it_is_free(
    file: Path, sqlite_stores: Stores
) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as failed:
            await sqlite_stores.add()
        assert failed.value.args_of_text == {"reason": "database is locked"}
        assert isinstance(failed.value.__cause__, Exception)
        assert await sqlite_stores.jobs.waiting() == []  # reading goes on
        other.execute("ROLLBACK")
    await sqlite_stores.add()


async def test_a_file_that_is_no_database_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"a drawing, perhaps" * 1000)
    async with Database(url_of(tmp_path / "x.db")) as broken:
        with pytest.raises(StoreError, match="not a database"):
            await SqlJobStore(broken).get("one")


async def test_a_folder_that_is_gone_is_a_store_error(tmp_path: Path) -> None:
    async with Database(url_of(tmp_path / "gone" / "x.db")) as away:
        with pytest.raises(StoreError, match="unable to open"):
            await SqlJobStore(away).get("one")


def test_a_server_that_does_not_answer_is_a_store_error() -> None:
    with pytest.raises(StoreError, match="refused"), errors_mapped():
        raise ConnectionRefusedError("connection refused")


async def test_a_full_disk_is_a_store_error_and_what_is_there_stays(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = (*database_module.PRAGMAS, "max_page_count = 1")  # no page more than there is
    monkeypatch.setattr(database_module, "PRAGMAS", full)
    added: list[Job] = []
    async with Database(url_of(file)) as database:
        store = SqlJobStore(database)
        with pytest.raises(StoreError, match="full"):
            while len(added) < 1000:
                added.append(await store.add(a_job(), ROOM))
        assert await store.waiting() == added


async def test_a_move_whose_usage_cannot_be_written_has_not_happened(
    file: Path, sqlite_stores: Stores
) -> None:
    await sqlite_stores.add()
    job = await sqlite_stores.claimed()
    with closing(sqlite3.connect(file)) as other:
        other.execute("DROP TABLE usage")
    with pytest.raises(StoreError):
        await sqlite_stores.jobs.move(
            job, JobStatus.FAILED, NOON, usage_of(job, JobStatus.FAILED, NOON)
        )
    assert await sqlite_stores.jobs.get(job.id) == job


async def test_a_cancelled_write_leaves_the_store_usable(sqlite_stores: Stores) -> None:
    for n in range(30):
        adding = asyncio.create_task(sqlite_stores.add(str(n)))
        for _ in range(n):  # cancelled at many points of its way
            await asyncio.sleep(0)
        adding.cancel()
        await asyncio.gather(adding, return_exceptions=True)
    await sqlite_stores.add("last")
    assert "last" in [job.origin.person for job in await sqlite_stores.jobs.waiting()]


async def test_commits_wait_for_the_disk(database: Database) -> None:
    async with database.reading() as connection:
        settings = [
            (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert settings == ["wal", 2, 1, 50]


async def test_paths_move_with_the_data_folder(database: Database) -> None:
    stores = stores_on(database)
    job = await stores.add()
    await stores.claimed()
    await stores.jobs.save(job.id, clip=a_clip())
    await stores.questions.put(a_question())

    moved = SqlJobStore(database, Path("/elsewhere"))
    assert (await moved.get(job.id)).picture == Path("/elsewhere/jobs/one/picture.png")
    clip = (await moved.get(job.id)).clip
    assert clip is not None
    assert clip.master == Path("/elsewhere/jobs/one/master.mkv")


async def test_paths_outside_the_data_folder_stay_as_they_are(sqlite_stores: Stores) -> None:
    job = await sqlite_stores.add(picture=Path("/other/picture.png"))
    assert (await sqlite_stores.jobs.get(job.id)).picture == Path("/other/picture.png")


@contextmanager
def _statements() -> Iterator[list[tuple[str, Any]]]:
    """What is sent to databases meanwhile."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_rest: Any) -> None:
        sent.append((sql, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_the_queue_searches_the_indexes_made_for_it_and_sorts_nothing(
    database: Database, sqlite_stores: Stores
) -> None:
    with _statements() as sent:
        job = await sqlite_stores.add()
        await sqlite_stores.jobs.ahead(job)
        await sqlite_stores.claim()
    asked = [(sql, values) for sql, values in sent if sql.startswith(("SELECT", "UPDATE"))]
    async with database.reading() as connection:
        add, ahead, claim = [await _plan(connection, sql, values) for sql, values in asked]
    assert add == {
        "SEARCH jobs WITHIN jobs_by_status",
        "SEARCH jobs BY jobs_claimed_turns",
        "SEARCH jobs BY jobs_turns_of_owner",
    }
    assert ahead == {"SEARCH jobs BY jobs_queue"}
    assert claim == {
        "SEARCH jobs BY sqlite_autoindex_jobs_1",  # its primary key
        "SEARCH waiting BY jobs_queue",
        "SEARCH running WITHIN jobs_by_status",
    }


async def test_lists_that_are_looked_through_every_few_minutes_have_indexes_of_their_own(
    database: Database, sqlite_stores: Stores
) -> None:
    with _statements() as sent:
        await sqlite_stores.jobs.with_files(NOON)
        await sqlite_stores.jobs.deleted(NOON)
        await sqlite_stores.jobs.of_author("fake:cleo")
        await sqlite_stores.jobs.under_way()
    async with database.reading() as connection:
        plans = [await _plan(connection, sql, values) for sql, values in sent]
    with_files, deleted, of_author, under_way = [
        {step for step in plan if step.startswith("SEARCH jobs")} for plan in plans
    ]
    assert with_files == {"SEARCH jobs BY jobs_with_files"}
    assert deleted == {"SEARCH jobs BY jobs_deleted"}
    assert of_author == {"SEARCH jobs BY jobs_of_author"}
    assert under_way == {"SEARCH jobs BY jobs_by_status"}


async def _plan(connection: AsyncConnection, sql: str, values: Any) -> set[str]:
    """How SQLite reaches the rows of the tables, BY an index, or does WITHIN one without reading
    any; and every sort."""
    steps = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
    told = r"((?:SEARCH|SCAN) (?:jobs|waiting|running)|USE TEMP B-TREE)(?: USING.* INDEX \w+)?"
    found = [match[0] for step in steps if (match := re.match(told, step.detail))]
    return {
        step.replace("USING COVERING INDEX", "WITHIN").replace("USING INDEX", "BY")
        for step in found
    }


def test_on_postgresql_a_claim_skips_what_another_one_holds() -> None:
    assert "FOR UPDATE SKIP LOCKED" in str(CLAIM.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]


@contextmanager
def _trips() -> Iterator[list[str]]:
    """To the threads of connections meanwhile."""
    trips: list[str] = []
    execute = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, work: Any, *args: Any) -> Any:
        trips.append(work.__name__)
        return await execute(self, work, *args)  # type: ignore[no-untyped-call]

    with patch.object(aiosqlite.Connection, "_execute", counted):
        yield trips


async def test_a_read_is_one_trip_to_its_thread(sqlite_stores: Stores) -> None:
    """Of both, the commit and the rollback that SQLAlchemy adds, neither has anything to do."""
    await sqlite_stores.jobs.waiting()  # connects
    with _trips() as trips:
        await sqlite_stores.jobs.waiting()
    assert len(trips) == 1


async def test_a_transaction_begins_on_the_trip_of_its_first_statement(
    database: Database, sqlite_stores: Stores
) -> None:
    await sqlite_stores.jobs.waiting()
    with _trips() as trips:
        async with database.writing() as connection:
            await connection.execute(text("SELECT 1"))
            with pytest.raises(sqlite3.OperationalError), closing(_other(database)) as other:
                other.execute("BEGIN IMMEDIATE")
    assert len(trips) == 2, "and one for the commit"
    with _trips() as trips:
        async with database.writing():
            pass
    assert trips == []


async def test_a_move_without_a_usage_record_is_one_trip(sqlite_stores: Stores) -> None:
    await sqlite_stores.add()
    job = await sqlite_stores.claimed()
    with _trips() as trips:
        await sqlite_stores.jobs.move(job, JobStatus.RENDERED, NOON)
    assert len(trips) == 1


def _other(database: Database) -> sqlite3.Connection:
    """Somebody else's connection to the same file, who waits for nobody."""
    path = database._engine.url.database
    assert path is not None
    return sqlite3.connect(path, isolation_level=None, timeout=0)
