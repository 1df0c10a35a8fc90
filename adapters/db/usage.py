"""Usage records as `bot.ports.UsageStore`; the job store writes them with a job's last move."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, exists, func, select, update

from adapters.db.database import Database
from adapters.db.rows import usage_of_row
from adapters.db.tables import usage
from adapters.db.totals import total_of, totals
from bot.clip import Renderer
from bot.job import JobStatus, UsageRecord
from bot.ports import LONG_AGO
from bot.watch.totals import Regular, Total

# Origin.owner and Origin.home
_owner = usage.c.platform + ":" + usage.c.person
_home = usage.c.platform + ":" + func.coalesce(func.nullif(usage.c.community, ""), usage.c.place)


class SqlUsageStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def records(
        self, since: datetime | None = None, *, owner: str | None = None, home: str | None = None
    ) -> list[UsageRecord]:
        found = select(usage).order_by(usage.c.ended_at, usage.c.job_id)
        if since is not None:
            found = found.where(usage.c.ended_at >= since)
        if owner is not None:
            found = found.where(_owner == owner)
        if home is not None:
            found = found.where(_home == home)
        return await self._list(found)

    async def forget(self, owner: str) -> None:
        other = usage.alias()
        shared = exists().where(
            other.c.platform == usage.c.platform,
            other.c.place == usage.c.place,
            other.c.person != usage.c.person,
        )
        place = case((shared, usage.c.place), else_="")
        theirs = update(usage).where(_owner == owner)
        async with self._database.changing() as connection:
            await connection.execute(theirs.values(person="", place=place))

    async def of_job(self, job_id: str) -> UsageRecord | None:
        found = await self._list(select(usage).where(usage.c.job_id == job_id))
        return found[0] if found else None

    async def recent(self, renderer: Renderer, limit: int = 50) -> list[UsageRecord]:
        delivered = select(usage).where(
            usage.c.renderer == renderer, usage.c.outcome == JobStatus.DELIVERED
        )
        newest_first = delivered.order_by(usage.c.ended_at.desc(), usage.c.job_id.desc())
        return await self._list(newest_first.limit(limit))

    async def totals(
        self, since: datetime = LONG_AGO, before: datetime | None = None
    ) -> list[Total]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(totals(since, before))).all()
        return [total_of(row) for row in rows]

    async def regulars(self, since: datetime, limit: int = 1000) -> list[Regular]:
        who = (usage.c.platform, usage.c.community, usage.c.person)
        made = func.count().label("made")
        found = (
            select(*who, made, func.sum(usage.c.rendered_s), func.max(usage.c.ended_at))
            .where(usage.c.ended_at >= since, usage.c.person != "")
            .group_by(*who)
            .order_by(made.desc(), *who)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(found)).all()
        return [Regular(*row) for row in rows]

    async def _list(self, statement: Select[Any]) -> list[UsageRecord]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).all()
        return [usage_of_row(row) for row in rows]
