"""What platforms sent, as `bot.ports.InboxStore`; and `SqlTipStore`, `bot.ports.TipStore`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.db.database import Database
from adapters.db.tables import IS_WAITING, inbox, tips
from bot.incoming import Incoming


class SqlInboxStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, source: str, messages: Sequence[Incoming]) -> set[int]:
        rows = [{"source": source, **asdict(message)} for message in messages]
        if not rows:
            return set()
        async with self._database.changing() as connection:
            new = _new_ones(connection, inbox, rows).returning(inbox.c.number)
            return set((await connection.execute(new)).scalars())

    async def waiting(self, source: str, limit: int = 100) -> list[Incoming]:
        columns = [inbox.c[name] for name in Incoming.__slots__]
        oldest_first = (
            select(*columns)
            .where(inbox.c.source == source, IS_WAITING)
            .order_by(inbox.c.number)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(oldest_first)).all()
        return [Incoming(**row._mapping) for row in rows]

    async def done(self, source: str, number: int, at: datetime, left: str = "") -> None:
        handled = update(inbox).where(inbox.c.source == source, inbox.c.number == number)
        async with self._database.changing() as connection:
            await connection.execute(handled.values(content=left, done_at=at))

    async def left(self, source: str) -> list[str]:
        theirs = select(inbox.c.content).where(
            inbox.c.source == source, inbox.c.done_at.is_not(None), inbox.c.content != ""
        )
        async with self._database.reading() as connection:
            return list((await connection.execute(theirs)).scalars())

    async def drop_left(self, before: datetime) -> None:
        old = update(inbox).where(inbox.c.done_at < before, inbox.c.content != "")
        async with self._database.changing() as connection:
            await connection.execute(old.values(content=""))

    async def drop_done(self, before: datetime) -> None:
        async with self._database.changing() as connection:
            await connection.execute(delete(inbox).where(inbox.c.done_at < before))


class SqlTipStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_first(self, person: str, tip: str) -> bool:
        row = {"person": await self._database.pseudonym(person), "tip": tip}
        async with self._database.changing() as connection:
            return (await connection.execute(_new_ones(connection, tips, [row]))).rowcount == 1

    async def forget(self, person: str) -> None:
        told = delete(tips).where(tips.c.person == await self._database.pseudonym(person))
        async with self._database.changing() as connection:
            await connection.execute(told)


def _new_ones(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> Any:
    """Inserts those whose keys are not there yet."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    return insert(table).values(rows).on_conflict_do_nothing()
