"""Clips that are shown and their stars, as `bot.ports.ShareStore`."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, desc, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.db.database import Database, lock_others_out
from adapters.db.journal import Entry, Took
from adapters.db.tables import jobs, shares, stars
from bot.sharing import Share

OF_SHARE = tuple(field.name for field in fields(Share) if field.name != "stars")
NEWEST_FIRST = (shares.c.shared_at.desc(), shares.c.job_id.desc())


class SqlShareStore:
    """Whatever puts, drops or stars locks the others out: a star must not come to stay behind a
    clip that is not shared any more. `folder` as in `adapters.db.jobs`."""

    def __init__(self, database: Database, folder: str = "") -> None:
        self._database = database
        self._is_here = jobs.c.folder == folder

    async def put(self, share: Share) -> None:
        if not share.shown:
            await self._database.journal.note(Entry(Took.UNSHARED, share.job_id))
        async with self._database.writing() as connection:
            await lock_others_out(connection)
            await connection.execute(delete(shares).where(shares.c.job_id == share.job_id))
            row = {name: getattr(share, name) for name in OF_SHARE}
            await connection.execute(insert(shares), row)

    async def get(self, job_id: str) -> Share | None:
        found = await self._list(_counted().where(shares.c.job_id == job_id))
        return found[0] if found else None

    async def drop(self, job_id: str) -> None:
        async with self._database.writing() as connection:
            await lock_others_out(connection)
            await connection.execute(delete(shares).where(shares.c.job_id == job_id))
            await connection.execute(delete(stars).where(stars.c.job_id == job_id))

    async def star(self, job_id: str, person: str, at: datetime) -> bool:
        given = delete(stars).where(stars.c.job_id == job_id, stars.c.person == person)
        async with self._database.writing() as connection:
            await lock_others_out(connection)
            if not await _is_shared(connection, job_id):
                return False
            if (await connection.execute(given.returning(stars.c.job_id))).first():
                return False
            await connection.execute(insert(stars), {"job_id": job_id, "person": person, "at": at})
        return True

    async def top(
        self,
        *,
        home: str | None = None,
        web: bool = False,
        since: datetime | None = None,
        restricted: bool = False,
        limit: int = 10,
    ) -> list[Share]:
        found = _shown(_counted(since), web=web, restricted=restricted).where(self._is_here)
        if home is not None:
            found = found.where(shares.c.home == home)
        if since is not None:
            found = found.where(shares.c.shared_at >= since)
        most_starred = found.order_by(desc("stars"), *NEWEST_FIRST)
        return await self._list(most_starred.limit(limit))

    async def newest(self, *, web: bool = False, limit: int = 10, offset: int = 0) -> list[Share]:
        found = _shown(_counted(), web=web, restricted=False).where(self._is_here)
        return await self._list(found.order_by(*NEWEST_FIRST).limit(limit).offset(offset))

    async def of_person(self, owner: str) -> list[Share]:
        own = _counted().where(shares.c.owner == owner)
        return await self._list(own.order_by(*NEWEST_FIRST))

    async def stars_of(self, person: str) -> list[str]:
        given = select(stars.c.job_id).where(stars.c.person == person)
        async with self._database.reading() as connection:
            return list((await connection.execute(given.order_by(stars.c.job_id))).scalars())

    async def forget(self, person: str) -> None:
        async with self._database.changing() as connection:
            await connection.execute(delete(stars).where(stars.c.person == person))

    async def _list(self, statement: Select[Any]) -> list[Share]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).all()
        return [Share(**row._mapping) for row in rows]


async def _is_shared(connection: AsyncConnection, job_id: str) -> bool:
    asked = select(shares.c.job_id).where(shares.c.job_id == job_id)
    return (await connection.execute(asked)).first() is not None


def _counted(since: datetime | None = None) -> Select[Any]:
    """Shares with their stars, of those that were given since then."""
    given = select(func.count()).where(stars.c.job_id == shares.c.job_id)
    if since is not None:
        given = given.where(stars.c.at >= since)
    return select(shares, given.scalar_subquery().label("stars"))


def _shown(found: Select[Any], *, web: bool, restricted: bool) -> Select[Any]:
    """What anybody may see of them: clips that are there, on the web page where `web` says so."""
    there = found.join(jobs, jobs.c.id == shares.c.job_id).where(
        ~jobs.c.hidden, jobs.c.deleted_at.is_(None), jobs.c.files_gone_at.is_(None)
    )
    if web:
        there = there.where(shares.c.web)
    return there if restricted else there.where(~shares.c.restricted)
