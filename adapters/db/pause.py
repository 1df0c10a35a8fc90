"""The operator's pause, as `bot.ports.PauseStore`: one of what the house keeps for itself."""

from __future__ import annotations

from pydantic import TypeAdapter
from sqlalchemy import delete, insert, select

from adapters.db.database import Database, lock_others_out
from adapters.db.tables import house
from bot.queue.pause import Pause

NAME = "pause"

_adapter = TypeAdapter(Pause)


class SqlPauseStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self) -> Pause | None:
        asked = select(house.c.value).where(house.c.name == NAME)
        async with self._database.reading() as connection:
            stored: str | None = (await connection.execute(asked)).scalar_one_or_none()
        return None if stored is None else _adapter.validate_json(stored)

    async def put(self, pause: Pause) -> None:
        row = {"name": NAME, "value": _adapter.dump_json(pause).decode()}
        async with self._database.writing() as connection:
            await lock_others_out(connection)  # two would both insert it
            await connection.execute(delete(house).where(house.c.name == NAME))
            await connection.execute(insert(house), row)

    async def drop(self) -> None:
        async with self._database.changing() as connection:
            await connection.execute(delete(house).where(house.c.name == NAME))
