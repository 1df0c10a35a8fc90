"""The GPU seconds of a person's day: set aside with a job, settled with its usage record.

Each of these is a part of the transaction that adds, moves or hands over the job, so that no
kill can come between a job and its seconds. `SqlQuotaStore` is `bot.ports.QuotaStore`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.db.database import Database
from adapters.db.tables import charges
from bot.door.limits import day_of
from bot.job import Job, UsageRecord


@dataclass(frozen=True, slots=True)
class Charge:
    """What a job takes of whose day; the person as a pseudonym."""

    job_id: str
    person: str
    day: int
    set_aside_s: float


class SqlQuotaStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def spent_s(self, owner: str, now: datetime) -> float:
        person = await self._database.pseudonym(owner)
        async with self._database.reading() as connection:
            return await spent_on(connection, person, day_of(now))

    async def drop_before(self, moment: datetime) -> None:
        over = delete(charges).where(charges.c.day < day_of(moment), charges.c.used_s.is_not(None))
        async with self._database.changing() as connection:
            await connection.execute(over)


async def charge_for(database: Database, job: Job) -> Charge | None:
    """None: it costs nothing, and nothing has to be asked or written about it."""
    if not job.cost_s:
        return None
    person = await database.pseudonym(job.origin.owner)
    return Charge(job.id, person, day_of(job.queued_at or job.created_at), job.cost_s)


async def spent_on(connection: AsyncConnection, person: str, day: int) -> float:
    """Used, or set aside for jobs that have not ended."""
    counted = func.coalesce(charges.c.used_s, charges.c.set_aside_s)
    asked = select(func.coalesce(func.sum(counted), 0.0)).where(
        charges.c.person == person, charges.c.day == day
    )
    return float((await connection.execute(asked)).scalar_one())


async def set_aside(connection: AsyncConnection, charge: Charge) -> None:
    await connection.execute(insert(charges), asdict(charge))


async def settle(connection: AsyncConnection, usage: UsageRecord) -> None:
    """Once: a second record of the same job changes nothing."""
    open_charge = update(charges).where(
        charges.c.job_id == usage.job_id, charges.c.used_s.is_(None)
    )
    await connection.execute(open_charge.values(used_s=usage.charged_s))


async def give_back(connection: AsyncConnection, job_id: str) -> None:
    await connection.execute(update(charges).where(charges.c.job_id == job_id).values(used_s=0.0))
