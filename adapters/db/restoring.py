"""A database from a backup, brought up to what has happened since.

Every step may be killed anywhere and done again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, union, update

from adapters.db.database import PSEUDONYMS, Database
from adapters.db.jobs import SqlJobStore
from adapters.db.journal import Entry, Took, final
from adapters.db.leaving import SqlLeavingStore
from adapters.db.reports import SqlReportStore
from adapters.db.shares import SqlShareStore
from adapters.db.tables import (
    house,
    inbox,
    jobs,
    people,
    presets,
    questions,
    reports,
    shares,
    stars,
    usage,
)
from bot.errors import JobGoneError, StoreError
from bot.job import Job, JobStatus, new_job_id, usage_of
from bot.people.leaving import Leaving
from bot.reports import Block, Blocked, Decision, Report

UNFINISHED = (JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.RENDERED)
FAILURE = ("job-restored", dict[str, str]())

# Every column in which a person stands by their name (`bot.origin.Origin.owner`).
NAMED = (
    jobs.c.owner,
    jobs.c.platform + ":" + jobs.c.author,
    questions.c.owner,
    questions.c.answers,
    usage.c.platform + ":" + usage.c.person,
    people.c.owner,
    presets.c.subject,
    shares.c.owner,
    shares.c.author,
    stars.c.person,
    reports.c.reporter,
    reports.c.decided_by,
)


@dataclass(frozen=True, slots=True)
class Amended:
    """How many jobs were unfinished, and how many deleted since; how many people are to be
    forgotten once more."""

    expired: int
    deleted: int
    forgotten: int


async def ids_with_files(url: str) -> list[str]:
    """Of jobs and of questions; raises `StoreError`."""
    has_files = select(jobs.c.id).where(jobs.c.files_gone_at.is_(None))
    async with Database(url) as database, database.reading() as connection:
        found = await connection.execute(union(has_files, select(questions.c.id)))
        return sorted(found.scalars())


async def are_one(url: str, other: str) -> bool:
    """Whether they are one database at two times, which the key of its pseudonyms tells. One that
    can't be read is taken for a stranger's."""
    key = select(house.c.value).where(house.c.name == PSEUDONYMS)
    keys = set()
    try:
        for each in (url, other):
            async with Database(each) as database, database.reading() as connection:
                keys.add((await connection.execute(key)).scalar_one_or_none())
    except StoreError:
        return False
    return len(keys) == 1


async def has_others(url: str, folder: str | None) -> bool:
    """Whether bots with other data folders have jobs there. Raises `StoreError`."""
    others = select(jobs.c.id).where(jobs.c.folder.not_in(("", folder or ""))).limit(1)
    async with Database(url) as database, database.reading() as connection:
        return (await connection.execute(others)).first() is not None


class Amending:
    """`root` is the data folder. The database keeps no journal meanwhile: all of this is in it."""

    def __init__(self, database: Database, root: Path, now: datetime) -> None:
        self._database = database
        self._root = root
        self._now = now
        self._jobs = SqlJobStore(database, root)

    async def amend(self, since: Sequence[Entry]) -> Amended:
        """End what was unfinished, and take back what was taken back since then. Who is to be
        forgotten stands among those who are leaving afterwards. Raises `StoreError`."""
        await self._empty_inbox()
        await self._block(final(since, Took.BLOCKED, Took.UNBLOCKED))
        await self._unshare(final(since, Took.UNSHARED))
        await self._report(final(since, Took.REPORTED, Took.DECIDED))
        return Amended(
            expired=await self._expire_unfinished(),
            deleted=await self._delete(final(since, Took.DELETED, Took.UNDELETED)),
            forgotten=await self._forget(final(since, Took.FORGOTTEN)),
        )

    async def _empty_inbox(self) -> None:
        """What was sent by then was handled since."""
        waiting = update(inbox).where(inbox.c.done_at.is_(None))
        async with self._database.changing() as connection:
            await connection.execute(waiting.values(content="", done_at=self._now))

    async def _expire_unfinished(self) -> int:
        """Of every data folder that shares the database: all of it went back in time."""
        unfinished = select(jobs.c.id, jobs.c.folder).where(jobs.c.status.in_(UNFINISHED))
        async with self._database.reading() as connection:
            found = (await connection.execute(unfinished)).all()
        for job_id, folder in found:
            store = SqlJobStore(self._database, self._root, folder)
            await self._expire(store, await store.get(job_id))
        return len(found)

    async def _expire(self, store: SqlJobStore, job: Job) -> None:
        if job.status is not JobStatus.QUEUED:
            job = await store.move(job, JobStatus.QUEUED, self._now)
        record = usage_of(job, JobStatus.EXPIRED, self._now)
        await store.move(job, JobStatus.EXPIRED, self._now, record, failure=FAILURE, told=False)

    async def _delete(self, last: dict[str, Entry]) -> int:
        deleted = 0
        for job_id, entry in last.items():
            try:
                job = await self._jobs.get(job_id)
            except JobGoneError:  # made after the backup
                continue
            if (job.deleted_at is None) != (entry.at is None) and job.files_gone_at is None:
                await self._jobs.save(job_id, deleted_at=entry.at, deleted_by="", told=False)
                deleted += entry.what is Took.DELETED
        await self._unshare({i: entry for i, entry in last.items() if entry.at is not None})
        return deleted

    async def _unshare(self, last: dict[str, Entry]) -> None:
        store = SqlShareStore(self._database)
        for job_id in last:
            share = await store.get(job_id)
            if share is not None and share.shown:
                await store.put(share.taken_back())
                await self._jobs.save(job_id, told=False)

    async def _block(self, last: dict[str, Entry]) -> None:
        store = SqlReportStore(self._database)
        for value, entry in last.items():
            kind = Blocked(entry.kind)
            if entry.at is None:
                await store.unblock(kind, value)
            else:
                await store.block(Block(kind=kind, value=value, by="", at=entry.at))

    async def _report(self, last: dict[str, Entry]) -> None:
        """Hidden until it is decided, by nobody's report: who reported it, and in which words, is
        lost. Of one that is decided, what it leads to is among the deletions and the blocks."""
        store = SqlReportStore(self._database)
        for job_id, entry in last.items():
            try:
                job = await self._jobs.get(job_id)
            except JobGoneError:  # made after the backup
                continue
            if entry.what is Took.DECIDED:
                await store.decide(job_id, Decision(entry.kind), "", entry.at or self._now)
            elif all(one.decision is not None for one in await store.of_job(job_id)):
                await store.add(_nobodys_report(job, entry.at or self._now))
            hidden = entry.what is Took.REPORTED
            if hidden != job.hidden:
                await self._jobs.save(job_id, hidden=hidden, told=False)

    async def _forget(self, last: dict[str, Entry]) -> int:
        if not last:
            return 0
        names = union(*(select(column.label("name")) for column in NAMED))
        async with self._database.reading() as connection:
            known = [name for name in (await connection.execute(names)).scalars() if name]
        by_pseudonym = {await self._database.pseudonym(name): name for name in known}
        forgotten = [(by_pseudonym[one], last[one]) for one in last if one in by_pseudonym]
        for name, entry in forgotten:
            await SqlLeavingStore(self._database).put(Leaving(name, entry.at or self._now))
        return len(forgotten)


def _nobodys_report(job: Job, at: datetime) -> Report:
    home = job.origin.home
    return Report(id=new_job_id(at), job_id=job.id, home=home, reporter="", reported_at=at)
