"""One database: connections, transactions, and the border at which its errors become ours."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from typing import Any, Self

from sqlalchemy import URL, Connection, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from adapters.db import one_trip
from adapters.db.journal import Journal
from adapters.db.server import POSTGRESQL, open_server
from adapters.db.tables import house
from bot.errors import SettingsError, StoreError

BUSY_TIMEOUT_S = 5.0
WRITES = "writes"
PSEUDONYMS = "pseudonyms"
ADVISORY_LOCK = 0x534B4C  # any number that nobody else in the database locks

# As an operator writes them, with what works on an event loop.
DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": POSTGRESQL,
    "postgresql": POSTGRESQL,
    POSTGRESQL: POSTGRESQL,
}

# FULL waits for the disk at each commit. Under NORMAL a power cut takes back the last commits:
# jobs whose people were told "queued", clips that were already delivered. SECURE_DELETE, which
# some builds leave off, overwrites what is deleted: whoever is forgotten is in no free page.
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")


class Database:
    """What the stores share. Close it at the end: every connection has a thread. What people
    take back is noted in the `journal`, too.

    On SQLite one task writes at a time. Its own lock is a poll with growing pauses, so writers
    of one process would starve each other there; here they queue in order.
    """

    def __init__(
        self, url: str, busy_timeout_s: float = BUSY_TIMEOUT_S, journal: Journal | None = None
    ) -> None:
        self.journal = journal or Journal()
        self._engine = open_engine(url, busy_timeout_s)
        self._writer = writer(self._engine)
        self._write_lock = asyncio.Lock()
        self._pseudonym_key: bytes | None = None
        self._one_writer = self._engine.dialect.name == "sqlite"

    @property
    def shared(self) -> bool:
        """Whether bots with other data folders may use it, too; a file lies in one of them."""
        return not self._one_writer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """For one statement that reads. Raises `StoreError`."""
        with errors_mapped():
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes, committed at the end. Raises `StoreError`."""
        with errors_mapped():
            async with self._turn_to_write(), self._writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[AsyncConnection]:
        """For one statement that writes: SQLite needs no BEGIN and no COMMIT around it, and each
        of them is a trip to the connection's thread and back. Raises `StoreError`."""
        with errors_mapped():
            async with self._turn_to_write(), self._engine.begin() as connection:
                yield connection

    async def pseudonym(self, person: str) -> str:
        """What stands for a person where they have to be known again after being forgotten: a
        keyed hash (HMAC-SHA-256), which nobody without this database can tell from chance.
        Raises `StoreError`."""
        if self._pseudonym_key is None:
            asked = select(house.c.value).where(house.c.name == PSEUDONYMS)
            async with self.reading() as connection:
                self._pseudonym_key = bytes.fromhex((await connection.execute(asked)).scalar_one())
        return hmac.new(self._pseudonym_key, person.encode(), "sha256").hexdigest()

    def _turn_to_write(self) -> AbstractAsyncContextManager[None]:
        return self._write_lock if self._one_writer else nullcontext()


@contextmanager
def errors_mapped() -> Iterator[None]:
    """Raise `StoreError`, with its cause, for whatever the driver or the pool reports."""
    try:
        yield
    except (DBAPIError, TimeoutError, OSError) as error:  # OSError: nobody answers there
        raise StoreError(reason=str(getattr(error, "orig", None) or error)) from error


async def lock_others_out(connection: AsyncConnection) -> None:
    """Until the transaction ends. SQLite has one writer anyway; on PostgreSQL two jobs added at
    once would both find the last room, and two starts would both migrate."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))


def parsed(url: str) -> URL:
    """With a driver that doesn't block. Raises `SettingsError`, which doesn't say the password."""
    try:
        where = make_url(url)
        return where.set(drivername=DRIVERS[where.drivername])
    except (ArgumentError, ValueError, KeyError):
        raise SettingsError("database-url") from None


def open_engine(url: str, busy_timeout_s: float = BUSY_TIMEOUT_S) -> AsyncEngine:
    """An engine whose connections begin, commit and wait as we say. Raises `SettingsError`."""
    where = parsed(url)
    if where.get_backend_name() == "postgresql":
        return open_server(where, busy_timeout_s)
    # isolation_level None: Python's driver begins nothing by itself, _begin does it. See
    # "Enabling Non-Legacy SQLite Transactional Modes" in SQLAlchemy's SQLite documentation.
    options = {
        "timeout": busy_timeout_s,
        "isolation_level": None,
        "async_creator_fn": one_trip.connect,
    }
    engine = create_async_engine(where, connect_args=options)
    event.listen(engine.sync_engine, "connect", _set_up)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def writer(engine: AsyncEngine) -> AsyncEngine:
    """The same connections, for transactions that write."""
    return engine.execution_options(**{WRITES: True})


def _set_up(connection: Any, record: Any) -> None:
    cursor = connection.cursor()
    try:
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()  # nobody else knows it yet
        raise
    cursor.close()


def _begin(connection: Connection) -> None:
    # A single SELECT is a transaction in itself. IMMEDIATE: one that first reads and then writes
    # would fail at once, without waiting, if another one wrote in between.
    if connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql(one_trip.BEGIN)
