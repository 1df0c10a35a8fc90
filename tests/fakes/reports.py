"""Reports and blocks in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.errors import JobGoneError
from bot.reports import Block, Blocked, Decision, Posted, Report


class FakeReportStore:
    def __init__(self) -> None:
        self.rows: dict[str, Report] = {}
        self.blocked: dict[tuple[Blocked, str], Block] = {}

    async def add(self, report: Report) -> bool:
        known = {(one.job_id, one.reporter) for one in self.rows.values() if one.reporter}
        if (report.job_id, report.reporter) in known:
            return False
        self.rows[report.id] = report
        return True

    async def get(self, report_id: str) -> Report:
        if report_id not in self.rows:
            raise JobGoneError
        return self.rows[report_id]

    async def undecided(self, home: str | None = None) -> list[Report]:
        waiting = (one for one in self.rows.values() if one.decision is None)
        return _oldest_first(one for one in waiting if home in (None, one.home))

    async def of_job(self, job_id: str) -> list[Report]:
        return _oldest_first(one for one in self.rows.values() if one.job_id == job_id)

    async def post(self, report_id: str, cards: Sequence[Posted]) -> None:
        if report_id in self.rows:
            self.rows[report_id] = replace(self.rows[report_id], cards=tuple(cards))

    async def decide(self, job_id: str, decision: Decision, by: str, at: datetime) -> bool:
        waiting = [one for one in await self.undecided() if one.job_id == job_id]
        for one in waiting:
            decided = replace(one, decision=decision, decided_by=by, decided_at=at)
            self.rows[one.id] = decided
        return bool(waiting)

    async def block_person(self, owner: str, by: str, at: datetime, reason: str = "") -> None:
        self._block(Block(kind=Blocked.PERSON, value=pseudonym(owner), by=by, at=at, reason=reason))

    async def block_picture(self, phash: str, by: str, at: datetime, reason: str = "") -> None:
        self._block(Block(kind=Blocked.PICTURE, value=phash, by=by, at=at, reason=reason))

    async def unblock_person(self, owner: str) -> bool:
        return await self.unblock(Blocked.PERSON, pseudonym(owner))

    async def unblock(self, kind: Blocked, value: str) -> bool:
        return self.blocked.pop((kind, value), None) is not None

    async def is_blocked(self, owner: str) -> bool:
        return (Blocked.PERSON, pseudonym(owner)) in self.blocked

    async def blocks(self, kind: Blocked | None = None) -> list[Block]:
        found = sorted(self.blocked.values(), key=lambda block: block.value)
        newest_first = sorted(found, key=lambda block: block.at, reverse=True)
        return [block for block in newest_first if kind in (None, block.kind)]

    async def forget(self, person: str) -> None:
        for one in self.rows.values():
            if one.reporter == person:
                one = replace(one, reporter="", reason="")
            decided_by = "" if one.decided_by == person else one.decided_by
            self.rows[one.id] = replace(one, decided_by=decided_by)
        for key, block in self.blocked.items():
            self.blocked[key] = replace(block, by="" if block.by == person else block.by)

    def _block(self, block: Block) -> None:
        self.blocked[block.kind, block.value] = block


def pseudonym(person: str) -> str:
    return hashlib.sha256(person.encode()).hexdigest()


def _oldest_first(reports: Iterable[Report]) -> list[Report]:
    return sorted(reports, key=lambda one: (one.reported_at, one.id))
