"""What else would keep a job safe in a SQLite file: a task queue, and a bare table."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from sqlalchemy import Column, MetaData, Table, Text, event, insert
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from adapters.db.database import PRAGMAS
from bot.asking.asking import make_request


class Huey:
    """No-op tasks put in order by `SqliteHuey`, which waits for the disk as our database does;
    no limits, no turns, no cards."""

    name = "huey, SqliteHuey(fsync=True)"

    def __init__(self, folder: Path) -> None:
        self._huey = SqliteHuey(filename=str(folder / "huey.db"), fsync=True)
        self._task = self._huey.task()(_nothing)

    def accept(self, count: int) -> float:
        """Seconds."""
        started = time.perf_counter()
        for number in range(count):
            self._task(number)
        return time.perf_counter() - started


class BareTable:
    """A row with a request in it, in a transaction each, by SQLAlchemy and aiosqlite."""

    name = "SQLAlchemy + aiosqlite, a transaction each"

    def __init__(self, folder: Path) -> None:
        self._metadata = MetaData()
        columns = [Column("id", Text, primary_key=True), Column("owner", Text)]
        self._jobs = Table("jobs", self._metadata, *columns, Column("request", Text))
        self._engine: AsyncEngine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'bare.db'}")
        event.listen(self._engine.sync_engine, "connect", _as_ours)

    async def open(self) -> None:
        async with self._engine.begin() as connection:
            await connection.run_sync(self._metadata.create_all)

    async def close(self) -> None:
        await self._engine.dispose()

    async def accept(self, count: int) -> float:
        """Seconds."""
        request = json.dumps(asdict(make_request({}).request))
        started = time.perf_counter()
        for number in range(count):
            row = {"id": uuid.uuid4().hex, "owner": str(number), "request": request}
            async with self._engine.begin() as connection:
                await connection.execute(insert(self._jobs), row)
        return time.perf_counter() - started


def _nothing(number: int) -> None:
    pass


def _as_ours(connection: Any, record: Any) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
