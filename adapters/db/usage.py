"""Usage records as `bot.ports.UsageStore`; the job store writes them with a job's last move."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from adapters.db.database import Database
from adapters.db.rows import usage_of_row
from adapters.db.tables import usage
from bot.clip import Renderer
from bot.job import JobStatus, UsageRecord


class SqlUsageStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def records(self, since: datetime | None = None) -> list[UsageRecord]:
        oldest_first = select(usage).order_by(usage.c.ended_at, usage.c.job_id)
        if since is not None:
            oldest_first = oldest_first.where(usage.c.ended_at >= since)
        async with self._database.reading() as connection:
            rows = (await connection.execute(oldest_first)).all()
        return [usage_of_row(row) for row in rows]

    async def of_job(self, job_id: str) -> UsageRecord | None:
        async with self._database.reading() as connection:
            found = await connection.execute(select(usage).where(usage.c.job_id == job_id))
        row = found.one_or_none()
        return usage_of_row(row) if row else None

    async def recent(self, renderer: Renderer, limit: int = 50) -> list[UsageRecord]:
        delivered = select(usage).where(
            usage.c.renderer == renderer, usage.c.outcome == JobStatus.DELIVERED
        )
        newest_first = delivered.order_by(usage.c.ended_at.desc(), usage.c.job_id.desc())
        async with self._database.reading() as connection:
            rows = (await connection.execute(newest_first.limit(limit))).all()
        return [usage_of_row(row) for row in rows]
