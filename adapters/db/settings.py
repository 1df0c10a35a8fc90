"""What places and people have chosen, as `bot.ports.SettingsStore`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Generic

from sqlalchemy import Column, Table, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.db.database import Database, lock_others_out
from adapters.db.tables import changes as changed
from adapters.db.tables import people, places
from bot.preferences import Change, PersonSettings, PlaceSettings, S, differences


@dataclass(frozen=True, slots=True)
class _Shelf(Generic[S]):
    """A table of settings; whoever has no row has the default."""

    table: Table
    key: Column[str]
    default: S


PLACES = _Shelf(places, places.c.home, PlaceSettings())
PEOPLE = _Shelf(people, people.c.owner, PersonSettings())


# of_home, of_owner -> place, person
BOTH = select(
    *(
        select(shelf.table.c.settings)
        .where(shelf.key == bindparam(of))
        .scalar_subquery()
        .label(name)
        for shelf, of, name in ((PLACES, "of_home", "place"), (PEOPLE, "of_owner", "person"))
    )
)


class SqlSettingsStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def place(self, home: str) -> PlaceSettings:
        async with self._database.reading() as connection:
            return await _settings(connection, PLACES, home)

    async def person(self, owner: str) -> PersonSettings:
        async with self._database.reading() as connection:
            return await _settings(connection, PEOPLE, owner)

    async def both(self, home: str, owner: str) -> tuple[PlaceSettings, PersonSettings]:
        async with self._database.reading() as connection:
            row = (await connection.execute(BOTH, {"of_home": home, "of_owner": owner})).one()
        return row.place or PLACES.default, row.person or PEOPLE.default

    async def change_place(self, home: str, by: str, at: datetime, **changes: Any) -> PlaceSettings:
        return await self._change(PLACES, home, by, at, changes)

    async def change_person(
        self, owner: str, at: datetime, *, by: str = "", **changes: Any
    ) -> PersonSettings:
        return await self._change(PEOPLE, owner, by or owner, at, changes)

    async def changes(self, subject: str, limit: int = 50) -> list[Change]:
        theirs = select(changed).where(changed.c.subject == subject).limit(limit)
        async with self._database.reading() as connection:
            newest_first = theirs.order_by(changed.c.at.desc(), changed.c.id.desc())
            rows = (await connection.execute(newest_first)).all()
        return [_change_of(row._mapping) for row in rows]

    async def forget(self, owner: str) -> None:
        of_places = update(changed).where(changed.c.by == owner).values(by="")
        async with self._database.writing() as connection:
            await connection.execute(delete(people).where(people.c.owner == owner))
            await connection.execute(delete(changed).where(changed.c.subject == owner))
            await connection.execute(of_places)

    async def _change(
        self, shelf: _Shelf[S], subject: str, by: str, at: datetime, changes: Mapping[str, Any]
    ) -> S:
        async with self._database.writing() as connection:
            await lock_others_out(connection)  # what is read must still hold when it is written
            old = await _settings(connection, shelf, subject)
            new = replace(old, **changes)
            if what := differences(old, new, subject=subject, by=by, at=at):
                row = {shelf.key.name: subject, "settings": new}
                await connection.execute(delete(shelf.table).where(shelf.key == subject))
                await connection.execute(insert(shelf.table), row)
                await connection.execute(insert(changed), [asdict(change) for change in what])
        return new


async def _settings(connection: AsyncConnection, shelf: _Shelf[S], subject: str) -> S:
    asked = select(shelf.table.c.settings).where(shelf.key == subject)
    stored: S | None = (await connection.execute(asked)).scalar_one_or_none()
    return stored or shelf.default


def _change_of(columns: Mapping[Any, Any]) -> Change:
    return Change(**{name: columns[name] for name in ("subject", "name", "value", "by", "at")})
