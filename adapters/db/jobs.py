"""The job table as `bot.ports.JobStore`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Select, Update, bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.db import lists
from adapters.db.charges import charge_for, give_back, set_aside, settle, spent_on
from adapters.db.database import Database, lock_others_out
from adapters.db.journal import Entry, Took
from adapters.db.queue import AHEAD, CLAIM, ROOM_AND_TURN, TURNS
from adapters.db.rows import JobRows, usage_row
from adapters.db.tables import IS_QUEUED, IS_RUNNING, jobs, usage
from bot.clip import Renderer
from bot.door.limits import QueueLimits, Taken, refuse_beyond
from bot.errors import JobGoneError, StaleJobError
from bot.job import Job, JobStatus, UsageRecord
from bot.origin import Rights
from bot.ports import LONG_AGO
from bot.queue.fairness import turn_of
from bot.queue.moves import checked, fields_of_move
from bot.watch.totals import UnderWay

HELD = (JobStatus.RUNNING, JobStatus.RENDERED)

# of_id, to SAVE with the columns that change -> the job's row, or none. Every card needs them, and
# building them each time would be a quarter of the work.
_this = jobs.c.id == bindparam("of_id")
GET = select(jobs).where(_this)
SAVE = update(jobs).where(_this).returning(jobs)


class SqlJobStore:
    """`root` is the data folder: what lies in it is stored relative to it. `folder` names it
    where several share the database: each has a queue of its own and lists the jobs whose files
    it has, while a person's day, settings and blocks are the same everywhere."""

    def __init__(self, database: Database, root: Path = Path(), folder: str = "") -> None:
        self._database = database
        self._rows = JobRows(root)
        self._folder = folder
        self._is_here = jobs.c.folder == folder

    async def add(self, job: Job, limits: QueueLimits) -> Job:
        if job.status is not JobStatus.QUEUED:
            raise ValueError(f"{job.id}: added as {job.status}")
        charge = await charge_for(self._database, job)
        async with self._database.writing() as connection:
            await lock_others_out(connection)
            room = (await connection.execute(ROOM_AND_TURN, self._question_of(job, limits))).one()
            spent_s = await spent_on(connection, charge.person, charge.day) if charge else 0.0
            refuse_beyond(limits, Taken(room.of_person, room.in_all, spent_s), job.cost_s)
            job = replace(
                job,
                origin=replace(job.origin, rights=Rights()),
                turn=turn_of(room.current, room.last),
                queued_at=job.queued_at or job.created_at,
            )
            try:
                row = self._rows.row(job) | {"folder": self._folder}
                await connection.execute(insert(jobs), row)
            except IntegrityError as error:
                raise StaleJobError from error
            if charge:
                await set_aside(connection, charge)
        return job

    async def get(self, job_id: str) -> Job:
        async with self._database.reading() as connection:
            row = (await connection.execute(GET, {"of_id": job_id})).one_or_none()
        if row is None:
            raise JobGoneError
        return self._rows.job(row)

    async def claim(
        self,
        instance: str,
        renderer: Renderer,
        platforms: Sequence[str],
        now: datetime,
        lease: timedelta,
        running_per_person: int,
        oldest: datetime = LONG_AGO,
    ) -> Job | None:
        asked = {
            "of_folder": self._folder,
            "of_renderer": renderer,
            "platforms": list(platforms),
            "per_person": running_per_person,
            "by": instance,
            "until": now + lease,
            "now": now,
            "oldest": oldest,
        }
        async with self._database.changing() as connection:
            await lock_others_out(connection)  # two would both find that nothing of a person runs
            row = (await connection.execute(CLAIM, asked)).one_or_none()
        return self._rows.job(row) if row else None

    async def renew(self, instance: str, until: datetime) -> None:
        held = update(jobs).where(
            self._is_here, jobs.c.status.in_(HELD), jobs.c.instance == instance
        )
        async with self._database.changing() as connection:
            await connection.execute(held.values(lease_until=until))

    async def take_over(
        self, instance: str, platforms: Sequence[str], now: datetime, lease: timedelta
    ) -> list[Job]:
        orphaned = update(jobs).where(
            self._is_here,
            jobs.c.platform.in_(platforms),
            or_(
                jobs.c.instance == instance,
                jobs.c.lease_until.is_(None),
                jobs.c.lease_until <= now,
            ),
        )
        put_back = orphaned.where(IS_RUNNING).values(
            status=JobStatus.QUEUED, queued_at=now, instance=None, lease_until=None
        )
        adopt = orphaned.where(jobs.c.status == JobStatus.RENDERED).values(
            instance=instance, lease_until=now + lease
        )
        async with self._database.writing() as connection:
            await connection.execute(put_back)
            adopted = await self._update(connection, adopt)
        return sorted(adopted, key=lambda job: job.id)

    async def move(
        self,
        job: Job,
        status: JobStatus,
        now: datetime,
        usage: UsageRecord | None = None,
        **changes: Any,
    ) -> Job:
        columns = self._rows.columns(fields_of_move(job, status, now, changes))
        if usage and not status.ended:
            raise ValueError(f"{job.id}: usage of a job that is {status}")
        as_given = update(jobs).where(
            jobs.c.id == job.id,
            jobs.c.status == job.status,
            jobs.c.instance.is_not_distinct_from(job.instance),
        )
        write = self._database.writing if usage else self._database.changing
        async with write() as connection:
            moved = await self._update(connection, as_given.values(columns))
            if not moved:
                raise StaleJobError
            if usage:
                await _record_once(connection, usage)
                if usage.renderer is Renderer.MODEL:  # previews cost nothing
                    await settle(connection, usage)
        return moved[0]

    async def save(self, job_id: str, **changes: Any) -> Job:
        columns = self._rows.columns(checked(changes))
        if "deleted_at" in changes:
            await self._note_deletion(job_id, changes["deleted_at"])
        async with self._database.changing() as connection:
            row = (await connection.execute(SAVE, columns | {"of_id": job_id})).one_or_none()
        if row is None:
            raise JobGoneError
        return self._rows.job(row)

    async def hand_over(self, job: Job, renderer: Renderer) -> Job:
        async with self._database.writing() as connection:
            await lock_others_out(connection)
            asked = {
                "of_folder": self._folder,
                "of_owner": job.origin.owner,
                "of_renderer": renderer,
            }
            turns = (await connection.execute(TURNS, asked)).one()
            waiting = update(jobs).where(jobs.c.id == job.id, IS_QUEUED)
            turn = turn_of(turns.current, turns.last)
            handed = waiting.values(renderer=renderer, turn=turn, cost_s=0.0)
            moved = await self._update(connection, handed)
            if not moved:
                raise StaleJobError
            await give_back(connection, job.id)
        return moved[0]

    async def waiting(
        self, renderer: Renderer | None = None, limit: int | None = None
    ) -> list[Job]:
        return await self._list(lists.waiting(renderer, limit))

    async def ahead(self, job: Job) -> int:
        asked = {
            "of_folder": self._folder,
            "of_renderer": job.renderer,
            "of_turn": job.turn,
            "before_id": job.id,
        }
        async with self._database.reading() as connection:
            return (await connection.execute(AHEAD, asked)).scalar_one()

    async def running(self) -> list[Job]:
        return await self._list(lists.running())

    async def under_way(self) -> list[UnderWay]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(lists.under_way().where(self._is_here))).all()
        return [UnderWay(*row) for row in rows]

    async def untold(self, platforms: Sequence[str]) -> list[Job]:
        return await self._list(lists.untold(platforms))

    async def of_person(self, owner: str, limit: int = 20, offset: int = 0) -> list[Job]:
        return await self._list(lists.of_person(owner, limit, offset))

    async def of_author(self, author: str) -> list[Job]:
        return await self._list(lists.of_author(author))

    async def overdue(
        self, platforms: Sequence[str], before: datetime, limit: int = 100
    ) -> list[Job]:
        return await self._list(lists.overdue(platforms, before, limit))

    async def with_files(self, before: datetime, limit: int = 100) -> list[Job]:
        return await self._list(lists.with_files(before, limit))

    async def deleted(self, before: datetime, limit: int = 100) -> list[Job]:
        return await self._list(lists.deleted(before, limit))

    async def known(self, job_ids: Sequence[str]) -> set[str]:
        asked = select(jobs.c.id).where(jobs.c.id.in_(job_ids))
        async with self._database.reading() as connection:
            return set((await connection.execute(asked)).scalars())

    async def forget(self, person: str) -> None:
        taken = update(jobs).where(jobs.c.deleted_by == person)
        async with self._database.changing() as connection:
            await connection.execute(taken.values(deleted_by=""))

    async def drop(self, job_id: str) -> None:
        this = jobs.c.id == job_id
        async with self._database.writing() as connection:
            await connection.execute(delete(jobs).where(this, jobs.c.status.in_(lists.ENDED)))
            if (await connection.execute(select(jobs.c.id).where(this))).first():
                raise StaleJobError

    async def _list(self, statement: Select[Any]) -> list[Job]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement.where(self._is_here))).all()
        return [self._rows.job(row) for row in rows]

    def _question_of(self, job: Job, limits: QueueLimits) -> dict[str, Any]:
        return {
            "of_folder": self._folder,
            "of_owner": job.origin.owner,
            "of_renderer": job.renderer,
            "per_person": limits.waiting_per_person,
            "in_all": limits.waiting_in_all,
        }

    async def _note_deletion(self, job_id: str, at: datetime | None) -> None:
        what = Took.UNDELETED if at is None else Took.DELETED
        await self._database.journal.note(Entry(what, job_id, at))

    async def _update(self, connection: AsyncConnection, statement: Update) -> list[Job]:
        rows = (await connection.execute(statement.returning(jobs))).all()
        return [self._rows.job(row) for row in rows]


async def _record_once(connection: AsyncConnection, record: UsageRecord) -> None:
    """The move before it locked the job, so nobody can come between these two."""
    known = select(usage.c.job_id).where(usage.c.job_id == record.job_id)
    if (await connection.execute(known)).first() is None:
        await connection.execute(insert(usage), usage_row(record))
