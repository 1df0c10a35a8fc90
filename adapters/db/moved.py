"""Places with another id than they began with, as `bot.ports.MovedStore`."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from adapters.db.database import Database
from adapters.db.tables import moved_places


class SqlMovedStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, now: str, first: str) -> None:
        async with self._database.writing() as connection:
            await connection.execute(delete(moved_places).where(moved_places.c.now == now))
            await connection.execute(insert(moved_places), {"now": now, "first": first})

    async def all(self) -> dict[str, str]:
        async with self._database.reading() as connection:
            rows = await connection.execute(select(moved_places))
        return {row.now: row.first for row in rows}
