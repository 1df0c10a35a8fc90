"""Every contract test runs on the fakes and on a real SQLite file with the real schema."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.db.charges import SqlQuotaStore
from adapters.db.database import Database
from adapters.db.jobs import SqlJobStore
from adapters.db.migrate import migrate
from adapters.db.presets import SqlPresetStore
from adapters.db.questions import SqlQuestionStore
from adapters.db.reports import SqlReportStore
from adapters.db.settings import SqlSettingsStore
from adapters.db.shares import SqlShareStore
from adapters.db.usage import SqlUsageStore
from tests.adapters.db.making import Stores, fake_stores

DATA = Path("/data")


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


@pytest.fixture(params=["fake", "sqlite"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "fake":
        return fake_stores()
    stores: Stores = request.getfixturevalue("sqlite_stores")
    return stores


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
