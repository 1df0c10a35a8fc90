"""aiosqlite connections whose statements make one trip to their thread instead of four.

SQLAlchemy opens a cursor, executes, fetches and closes, and aiosqlite sends each of these to the
connection's thread and waits: more work than the statement itself, a third of a submission. A BEGIN
makes no trip at all: it goes along with what comes first after it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import aiosqlite

BEGIN = "BEGIN IMMEDIATE"
CHUNK = 64  # what aiosqlite takes by itself; we never iterate


async def connect(*args: Any, **options: Any) -> aiosqlite.Connection:
    """For SQLAlchemy's `async_creator_fn`, with the arguments of `sqlite3.connect`.

    Waits for the thread of a connection that failed: it reports its end to the event loop, and
    prints a traceback where it finds none.
    """
    connection = OneTripConnection(partial(sqlite3.connect, *args, **options), CHUNK)
    connection._thread.daemon = True
    try:
        return await connection
    except BaseException:
        await asyncio.to_thread(connection._thread.join)
        raise


class OneTripConnection(aiosqlite.Connection):
    """`sent` is counted by the event loop, `through` by the thread; `to_begin`: a transaction is,
    with the next statement."""

    sent = through = 0
    to_begin = False

    def cursor(self, *args: Any) -> Any:
        return OneTripCursor(self)

    async def commit(self) -> None:
        """No trip where nothing was begun."""
        self.to_begin = False
        if self.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Nor here, where most come after a read; unless a task that was cancelled has left
        something to the thread: then it comes after that."""
        self.to_begin = False
        if self.sent != self.through or self.in_transaction:
            await super().rollback()

    async def trip(self, work: Callable[..., Any], *args: Any) -> None:
        """Done by the thread, even where nobody waits for it any more."""
        begins, self.to_begin = self.to_begin, False
        self.sent += 1
        await self._execute(self._through, begins, work, *args)  # type: ignore[no-untyped-call]

    def _through(self, begins: bool, work: Callable[..., Any], *args: Any) -> None:
        """In the connection's thread."""
        try:
            if begins:
                self._conn.execute(BEGIN)
            work(*args)
        finally:
            self.through += 1


class OneTripCursor:
    """As much of a cursor as SQLAlchemy uses; holds all rows once a statement is through."""

    def __init__(self, connection: OneTripConnection) -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> OneTripCursor:
        return self

    async def execute(self, sql: str, parameters: Any = ()) -> None:
        if sql == BEGIN:
            self._connection.to_begin = True
            return
        await self._connection.trip(self._run, sql, parameters)

    async def executemany(self, sql: str, parameters: Any) -> None:
        await self._connection.trip(self._connection._conn.executemany, sql, parameters)

    async def fetchall(self) -> Sequence[Any]:
        return self._rows

    async def close(self) -> None:
        self._rows = ()

    def _run(self, sql: str, parameters: Any) -> None:
        """In the connection's thread."""
        cursor = self._connection._conn.execute(sql, parameters)
        self._rows = cursor.fetchall()
        self.description = cursor.description
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        cursor.close()
