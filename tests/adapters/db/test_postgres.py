"""What only a real server can get wrong: logins, lost connections, locks, migrations at once."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from adapters.db.database import Database, open_engine, parsed, writer
from adapters.db.jobs import SqlJobStore
from adapters.db.migrate import alembic_config, migrate, revisions
from adapters.db.tables import metadata
from bot.errors import SettingsError, StoreError
from tests.adapters.db.conftest import numbers, stores_on
from tests.adapters.db.making import ROOM, a_job
from tests.adapters.db.server import Server


@pytest.fixture
def new(server: Server) -> str:
    """A database without a table."""
    return server.make(f"new{next(numbers)}")


def on(url: str, work: Callable[[Connection], Any]) -> Any:
    async def run() -> Any:
        engine = open_engine(url)
        try:
            async with writer(engine).begin() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def tables_of(url: str) -> set[str]:
    return set(on(url, lambda connection: inspect(connection).get_table_names()))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_a_url_as_operators_write_it_gets_the_driver_that_does_not_block(scheme: str) -> None:
    url = parsed(f"{scheme}://bot:secret@db.example/sketchlife")
    assert url.render_as_string(hide_password=False) == (
        "postgresql+asyncpg://bot:secret@db.example/sketchlife"
    )


@pytest.mark.parametrize("url", ["mysql://bot:secret@db/x", "secret", "postgresql://bot:secret@:x"])
def test_a_url_that_is_none_is_the_operators_to_mend_and_is_not_said(url: str) -> None:
    with pytest.raises(SettingsError, match="database-url") as refused:
        Database(url)
    assert "secret" not in repr(refused.value.args_of_text)


def test_without_the_driver_the_operator_hears_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(SettingsError, match="database-driver"):
        Database("postgresql://db.example/sketchlife")


async def test_a_server_that_is_not_there_is_a_store_error(tmp_path: Path) -> None:
    async with Database(f"postgresql:///sketchlife?host={tmp_path}") as away:
        with pytest.raises(StoreError):
            await SqlJobStore(away).get("one")


async def test_a_login_that_is_refused_is_a_store_error(server: Server) -> None:
    async with Database(server.url("nobodys")) as away:
        with pytest.raises(StoreError, match='"nobodys" does not exist'):
            await SqlJobStore(away).get("one")


async def test_a_server_that_was_started_anew_is_no_error(
    server: Server, database_on_server: Database
) -> None:
    store = SqlJobStore(database_on_server)
    job = await store.add(a_job(), ROOM)
    throw_out(server)
    assert await store.get(job.id) == job


async def test_a_connection_lost_in_a_transaction_is_a_store_error_and_nothing_was_written(
    server: Server, database_on_server: Database
) -> None:
    store = SqlJobStore(database_on_server)
    with pytest.raises(StoreError):
        async with database_on_server.writing() as connection:
            await connection.execute(text("DELETE FROM house"))
            throw_out(server)
            await connection.execute(text("DELETE FROM house"))
    await store.add(a_job(cost_s=1.0), ROOM)  # which asks for what is in there


def throw_out(server: Server) -> None:
    others = "datname = 'shared' AND pid <> pg_backend_pid()"
    server.say(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")


async def test_who_holds_a_lock_for_too_long_is_a_store_error_for_the_others(
    server: Server, database_on_server: Database
) -> None:
    job = await stores_on(database_on_server).add()
    async with Database(server.url("shared"), busy_timeout_s=0.05) as impatient:
        async with database_on_server.writing() as connection:
            await connection.execute(text("UPDATE jobs SET turn = turn"))
            with pytest.raises(StoreError, match="lock timeout"):
                await SqlJobStore(impatient).save(job.id, card="c1")
        assert (await SqlJobStore(impatient).save(job.id, card="c1")).card == "c1"


def test_the_tables_of_the_code_are_those_of_the_migrations(new: str) -> None:
    migrate(new)

    def differences(connection: Connection) -> Any:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)

    assert on(new, differences) == []
    assert tables_of(new) == {*metadata.tables, "alembic_version"}


def test_every_revision_goes_up_and_down_and_up(new: str) -> None:
    for revision in revisions():
        for step, target in (("upgrade", revision), ("downgrade", "-1"), ("upgrade", revision)):
            on(new, lambda c: getattr(command, step)(alembic_config(c), target))  # noqa: B023
    on(new, lambda connection: command.downgrade(alembic_config(connection), "base"))
    assert tables_of(new) == {"alembic_version"}


def test_a_second_start_finds_nothing_to_do(new: str) -> None:
    migrate(new)
    migrate(new)
    assert "jobs" in tables_of(new)


async def test_bots_that_start_at_once_migrate_once(new: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(migrate, new) for _ in range(5)))
    async with Database(new) as database:
        assert await stores_on(database).jobs.waiting() == []


def test_a_migration_that_fails_halfway_has_not_happened(new: str, later_scripts: Any) -> None:
    migrate(new)
    with pytest.raises(StoreError, match="no_such_table"):
        migrate(new, later_scripts(more='op.execute("DELETE FROM no_such_table")'))
    columns = on(new, lambda connection: inspect(connection).get_columns("jobs"))
    assert "mood" not in {column["name"] for column in columns}


def test_a_database_of_a_newer_version_is_refused(new: str, later_scripts: Any) -> None:
    migrate(new, later_scripts())
    with pytest.raises(SettingsError, match="database-newer"):
        migrate(new)
