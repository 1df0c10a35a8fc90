"""Every contract test runs on the fakes, and with the real schema on a real SQLite file and on a
real PostgreSQL server."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import delete

from adapters.db.charges import SqlQuotaStore
from adapters.db.database import PSEUDONYMS, Database
from adapters.db.jobs import SqlJobStore
from adapters.db.migrate import SCRIPTS, migrate, revisions
from adapters.db.presets import SqlPresetStore
from adapters.db.questions import SqlQuestionStore
from adapters.db.reports import SqlReportStore
from adapters.db.settings import SqlSettingsStore
from adapters.db.shares import SqlShareStore
from adapters.db.tables import house, metadata
from adapters.db.usage import SqlUsageStore
from tests.adapters.db.making import Stores, fake_stores
from tests.adapters.db.server import Server, serving

DATA = Path("/data")

numbers = count()

LATER_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{head}"

def upgrade():
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("mood", sa.Text))
        jobs.alter_column("card", type_=sa.String(500))
    {more}

def downgrade():
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_column("mood")
"""


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once, to be copied."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    migrate(url_of(path))
    return path


@pytest.fixture
def file(empty_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(empty_file, tmp_path / "sketchlife.db"))


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    async with Database(url_of(file), busy_timeout_s=0.05) as database:
        yield database


@pytest.fixture
def sqlite_stores(database: Database) -> Stores:
    return stores_on(database)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """With two databases, migrated once: `empty`, to be copied, and `shared`, to be emptied."""
    with serving() as server:
        migrate(server.make("empty"))
        server.make("shared", template="empty")
        yield server


@pytest.fixture
def url_on_server(server: Server) -> Iterator[str]:
    name = f"test{next(numbers)}"
    yield server.make(name, template="empty")
    server.drop(name)


@pytest.fixture
async def database_on_server(server: Server) -> AsyncIterator[Database]:
    """Emptied, which takes a tenth of what a copy takes."""
    async with Database(server.url("shared")) as database:
        await empty(database)
        yield database


@pytest.fixture(params=["sqlite", "postgres"])
def any_database(request: pytest.FixtureRequest) -> Database:
    return real(request)


@pytest.fixture(params=["sqlite", "postgres"])
def any_url(request: pytest.FixtureRequest) -> str:
    """Of a migrated database with nothing in it."""
    if request.param == "sqlite":
        return url_of(request.getfixturevalue("file"))
    return str(request.getfixturevalue("url_on_server"))


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def stores(request: pytest.FixtureRequest) -> Stores:
    return fake_stores() if request.param == "fake" else stores_on(real(request))


def real(request: pytest.FixtureRequest) -> Database:
    """Of the kind that the parameter names."""
    name = {"sqlite": "database", "postgres": "database_on_server"}[request.param]
    database: Database = request.getfixturevalue(name)
    return database


@pytest.fixture
def later_scripts(tmp_path: Path) -> Callable[..., Path]:
    """A next version's migrations."""

    def write(more: str = "") -> Path:
        scripts = tmp_path / "later"
        shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
        script = LATER_MIGRATION.format(head=revisions()[-1], more=more)
        (scripts / "versions" / "9001_moods.py").write_text(script)
        return scripts

    return write


async def empty(database: Database) -> None:
    """Without a row; it keeps its pseudonyms."""
    async with database.writing() as connection:
        for table in metadata.sorted_tables:
            if table is not house:
                await connection.execute(delete(table))
        await connection.execute(delete(house).where(house.c.name != PSEUDONYMS))


def stores_on(database: Database) -> Stores:
    return Stores(
        jobs=SqlJobStore(database, DATA),
        questions=SqlQuestionStore(database, DATA),
        usage=SqlUsageStore(database),
        quota=SqlQuotaStore(database),
        settings=SqlSettingsStore(database),
        presets=SqlPresetStore(database),
        shares=SqlShareStore(database),
        reports=SqlReportStore(database),
    )


def url_of(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"
