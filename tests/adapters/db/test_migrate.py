"""Migrations: up, down, up, with rows, side by side; a newer database is refused."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect

from adapters.db.database import Database, open_engine, writer
from adapters.db.migrate import SCRIPTS, alembic_config, migrate, revisions
from adapters.db.tables import metadata
from bot.errors import SettingsError, StoreError
from tests.adapters.db.conftest import stores_on, url_of
from tests.adapters.db.making import Stores


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "sketchlife.db"


def on(path: Path, work: Callable[[Connection], Any]) -> Any:
    async def run() -> Any:
        engine = open_engine(url_of(path))
        try:
            async with writer(engine).begin() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def with_stores(path: Path, work: Callable[[Stores], Any]) -> Any:
    async def run() -> Any:
        async with Database(url_of(path)) as database:
            return await work(stores_on(database))

    return asyncio.run(run())


def _schema(path: Path) -> set[tuple[str, str]]:
    """Tables by name and columns in any order, indexes by their whole definition."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        columns = {
            name: str(sorted(row[1:4] for row in connection.execute(f"PRAGMA table_info({name})")))
            for kind, name, _ in rows
            if kind == "table"
        }
    return {(name, columns.get(name) or sql) for _, name, sql in rows if "alembic" not in name}


def _revision(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_a_new_database_gets_its_folder_and_all_tables(path: Path) -> None:
    migrate(url_of(path))
    assert _revision(path) == revisions()[-1]
    assert with_stores(path, lambda stores: stores.jobs.waiting()) == []


def test_the_tables_of_the_code_are_those_of_the_migrations(path: Path, tmp_path: Path) -> None:
    migrate(url_of(path))

    def differences(connection: Connection) -> Any:
        options = {"compare_type": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    assert on(path, differences) == []
    made = tmp_path / "made.db"
    engine = create_engine(f"sqlite:///{made}")
    metadata.create_all(engine)
    engine.dispose()
    # Alembic does not compare the conditions of partial indexes
    assert _schema(path) == _schema(made)


def test_the_revisions_are_one_line_in_the_order_of_their_numbers() -> None:
    chain = ScriptDirectory(str(SCRIPTS)).walk_revisions()
    assert [script.revision for script in chain] == revisions()[::-1]


@pytest.mark.parametrize("revision", revisions())
def test_every_revision_goes_up_and_down_and_up(path: Path, revision: str) -> None:
    def to(target: str) -> set[tuple[str, str]]:
        step = command.upgrade if target == revision else command.downgrade
        path.parent.mkdir(exist_ok=True)
        on(path, lambda connection: step(alembic_config(connection), target))
        return _schema(path)

    up = to(revision)
    below = ["base", *revisions()][revisions().index(revision)]
    down = to(below)
    assert down != up
    assert to(revision) == up
    assert to(below) == down


def test_down_to_nothing_leaves_nothing(path: Path) -> None:
    migrate(url_of(path))
    on(path, lambda connection: command.downgrade(alembic_config(connection), "base"))
    left: list[str] = on(path, lambda connection: inspect(connection).get_table_names())
    assert left == ["alembic_version"]


def test_no_two_databases_know_a_person_by_the_same_pseudonym(tmp_path: Path) -> None:
    async def pseudonym_in(path: Path) -> str:
        async with Database(url_of(path)) as database:
            return await database.pseudonym("fake:ada")

    paths = [tmp_path / "one.db", tmp_path / "two.db"]
    for path in paths:
        migrate(url_of(path))
    first, second, again = [asyncio.run(pseudonym_in(path)) for path in (*paths, paths[0])]
    assert first == again
    assert first != second


def test_a_second_start_changes_nothing_and_copies_nothing(path: Path) -> None:
    migrate(url_of(path))
    before = path.read_bytes()
    migrate(url_of(path))
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["sketchlife.db"]


def test_a_start_without_a_change_does_without_alembic(path: Path) -> None:
    migrate(url_of(path))
    script = (
        "import sys; from adapters.db.migrate import migrate; migrate(sys.argv[1]);"
        "sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, url_of(path)], check=True, timeout=60)


def test_rows_survive_a_migration_and_a_copy_of_before_is_kept(
    path: Path, later_scripts: Callable[..., Path]
) -> None:
    migrate(url_of(path))
    job = with_stores(path, lambda stores: stores.add("ada"))
    migrate(url_of(path), later_scripts())

    assert _revision(path) == "9001"
    assert with_stores(path, lambda stores: stores.jobs.get(job.id)) == job
    copy = path.with_name(f"sketchlife.at-{revisions()[-1]}.db")
    assert sorted(one.name for one in path.parent.iterdir()) == [copy.name, path.name]
    assert _revision(copy) == revisions()[-1]
    assert with_stores(copy, lambda stores: stores.jobs.waiting()) == [job]


def test_a_migration_that_fails_halfway_has_not_happened(
    path: Path, later_scripts: Callable[..., Path]
) -> None:
    migrate(url_of(path))
    job = with_stores(path, lambda stores: stores.add("ada"))
    before = _schema(path)
    with pytest.raises(StoreError, match="no_such_table"):
        migrate(url_of(path), later_scripts(more='op.execute("DELETE FROM no_such_table")'))
    assert _schema(path) == before
    assert _revision(path) == revisions()[-1]
    assert with_stores(path, lambda stores: stores.jobs.waiting()) == [job]


def test_a_database_of_a_newer_version_is_refused_and_left_alone(
    path: Path, later_scripts: Callable[..., Path]
) -> None:
    migrate(url_of(path), later_scripts())
    before = _schema(path)
    with pytest.raises(SettingsError) as refused:
        migrate(url_of(path))
    assert refused.value.key == "database-newer"
    assert refused.value.args_of_text == {"database": str(path), "revision": "9001"}
    assert _schema(path) == before


def test_a_database_that_stays_locked_is_a_store_error(path: Path) -> None:
    migrate(url_of(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            migrate(url_of(path), busy_timeout_s=0.05)


def test_a_folder_that_cannot_be_made_is_a_store_error(path: Path) -> None:
    path.parent.write_text("a file where the folder should be")
    with pytest.raises(StoreError):
        migrate(url_of(path))


def test_bots_that_start_at_once_migrate_once(path: Path) -> None:
    script = "import sys; from adapters.db.migrate import migrate; migrate(sys.argv[1])"
    starts = [
        subprocess.Popen([sys.executable, "-c", script, url_of(path)], stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    errors = [start.communicate(timeout=120)[1].decode() for start in starts]
    assert errors == [""] * 3
    assert _revision(path) == revisions()[-1]
