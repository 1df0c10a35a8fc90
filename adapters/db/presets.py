"""Settings by a name, as `bot.ports.PresetStore`."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, delete, insert, select

from adapters.db.database import Database, lock_others_out
from adapters.db.tables import presets


class SqlPresetStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, subject: str, name: str, options: Mapping[str, str]) -> None:
        row = {"subject": subject, "name": name, "options": dict(options)}
        async with self._database.writing() as connection:
            await lock_others_out(connection)
            await connection.execute(delete(presets).where(*_this(subject, name)))
            await connection.execute(insert(presets), row)

    async def get(self, subject: str, name: str) -> dict[str, str] | None:
        asked = select(presets.c.options).where(*_this(subject, name))
        async with self._database.reading() as connection:
            found: dict[str, str] | None = (await connection.execute(asked)).scalar_one_or_none()
        return found

    async def names(self, subject: str) -> list[str]:
        """Sorted here: every database has an order of texts of its own."""
        asked = select(presets.c.name).where(presets.c.subject == subject)
        async with self._database.reading() as connection:
            return sorted((await connection.execute(asked)).scalars())

    async def drop(self, subject: str, name: str) -> bool:
        gone = delete(presets).where(*_this(subject, name)).returning(presets.c.name)
        async with self._database.changing() as connection:
            return (await connection.execute(gone)).first() is not None

    async def forget(self, subject: str) -> None:
        async with self._database.changing() as connection:
            await connection.execute(delete(presets).where(presets.c.subject == subject))


def _this(subject: str, name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return presets.c.subject == subject, presets.c.name == name
