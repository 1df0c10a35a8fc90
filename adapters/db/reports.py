"""Reports of clips and what stays blocked, as `bot.ports.ReportStore`.

Reporters stand in the clear until they ask to be forgotten, the people who are blocked never do.
Who reports is NULL for the house and for whoever was forgotten: no two of these are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, insert, select, update

from adapters.db.database import Database, lock_others_out
from adapters.db.journal import Entry, Took
from adapters.db.tables import blocks, reports
from bot.errors import JobGoneError
from bot.reports import Block, Blocked, Decision, Posted, Report

IS_BLOCKED = select(blocks.c.value).where(
    blocks.c.kind == Blocked.PERSON, blocks.c.value == bindparam("person")
)
BLOCKS = select(blocks).order_by(blocks.c.at.desc(), blocks.c.value)
BLOCKS_OF_KIND = BLOCKS.where(blocks.c.kind == bindparam("kind"))


class SqlReportStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, report: Report) -> bool:
        same = select(reports.c.id).where(
            reports.c.job_id == report.job_id, reports.c.reporter == report.reporter
        )
        async with self._database.writing() as connection:
            await lock_others_out(connection)
            if (await connection.execute(same)).first():
                return False
            await self._database.journal.note(
                Entry(Took.REPORTED, report.job_id, report.reported_at)
            )
            columns = {field.name: getattr(report, field.name) for field in fields(report)}
            row = columns | {"reporter": report.reporter or None}
            await connection.execute(insert(reports), row)
        return True

    async def get(self, report_id: str) -> Report:
        found = await self._list(select(reports).where(reports.c.id == report_id))
        if not found:
            raise JobGoneError
        return found[0]

    async def undecided(self, home: str | None = None) -> list[Report]:
        waiting = select(reports).where(reports.c.decision.is_(None))
        return await self._list(waiting.where(reports.c.home == home) if home else waiting)

    async def of_job(self, job_id: str) -> list[Report]:
        return await self._list(select(reports).where(reports.c.job_id == job_id))

    async def post(self, report_id: str, cards: Sequence[Posted]) -> None:
        asking = update(reports).where(reports.c.id == report_id)
        async with self._database.changing() as connection:
            await connection.execute(asking.values(cards=tuple(cards)))

    async def decide(self, job_id: str, decision: Decision, by: str, at: datetime) -> bool:
        waiting = update(reports).where(reports.c.job_id == job_id, reports.c.decision.is_(None))
        decided = waiting.values(decision=decision, decided_by=by, decided_at=at)
        async with self._database.writing() as connection:
            if (await connection.execute(decided.returning(reports.c.id))).first() is None:
                return False
            await self._database.journal.note(Entry(Took.DECIDED, job_id, at, kind=decision))
        return True

    async def block_person(self, owner: str, by: str, at: datetime, reason: str = "") -> None:
        value = await self._database.pseudonym(owner)
        await self.block(Block(kind=Blocked.PERSON, value=value, by=by, at=at, reason=reason))

    async def block_picture(self, phash: str, by: str, at: datetime, reason: str = "") -> None:
        await self.block(Block(kind=Blocked.PICTURE, value=phash, by=by, at=at, reason=reason))

    async def unblock_person(self, owner: str) -> bool:
        return await self.unblock(Blocked.PERSON, await self._database.pseudonym(owner))

    async def unblock(self, kind: Blocked, value: str) -> bool:
        gone = delete(blocks).where(blocks.c.kind == kind, blocks.c.value == value)
        await self._database.journal.note(Entry(Took.UNBLOCKED, value, kind=kind))
        async with self._database.changing() as connection:
            return (await connection.execute(gone.returning(blocks.c.value))).first() is not None

    async def is_blocked(self, owner: str) -> bool:
        value = await self._database.pseudonym(owner)
        async with self._database.reading() as connection:
            return (await connection.execute(IS_BLOCKED, {"person": value})).first() is not None

    async def blocks(self, kind: Blocked | None = None) -> list[Block]:
        asked = BLOCKS_OF_KIND if kind else BLOCKS
        async with self._database.reading() as connection:
            rows = (await connection.execute(asked, {"kind": kind} if kind else None)).all()
        return [Block(**row._mapping) for row in rows]

    async def forget(self, person: str) -> None:
        forgotten = (
            update(reports).where(reports.c.reporter == person).values(reporter=None, reason=""),
            update(reports).where(reports.c.decided_by == person).values(decided_by=""),
            update(blocks).where(blocks.c.by == person).values(by=""),
        )
        async with self._database.writing() as connection:
            for statement in forgotten:
                await connection.execute(statement)

    async def block(self, block: Block) -> None:
        """In place of an older one."""
        same = delete(blocks).where(blocks.c.kind == block.kind, blocks.c.value == block.value)
        await self._database.journal.note(
            Entry(Took.BLOCKED, block.value, block.at, kind=block.kind)
        )
        async with self._database.writing() as connection:
            await lock_others_out(connection)
            await connection.execute(same)
            await connection.execute(insert(blocks), asdict(block))

    async def _list(self, found: Select[Any]) -> list[Report]:
        """Oldest first."""
        oldest_first = found.order_by(reports.c.reported_at, reports.c.id)
        async with self._database.reading() as connection:
            rows = (await connection.execute(oldest_first)).all()
        return [_report(row) for row in rows]


def _report(row: Row[Any]) -> Report:
    columns = dict(row._mapping)
    return Report(**columns | {"reporter": columns["reporter"] or ""})
