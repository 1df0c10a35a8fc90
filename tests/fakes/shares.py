"""Shared clips and their stars in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.ports import LONG_AGO
from bot.sharing import Share
from tests.fakes.stores import FakeJobStore


class FakeShareStore:
    """The shares themselves are the `FakeJobStore`'s, which asks who shares a job's files."""

    def __init__(self, jobs: FakeJobStore) -> None:
        self._jobs = jobs
        self.stars: dict[tuple[str, str], datetime] = {}

    @property
    def rows(self) -> dict[str, Share]:
        return self._jobs.shared

    async def put(self, share: Share) -> None:
        self.rows[share.job_id] = replace(share, stars=0)

    async def get(self, job_id: str) -> Share | None:
        return self._counted(self.rows[job_id]) if job_id in self.rows else None

    async def drop(self, job_id: str) -> None:
        self.rows.pop(job_id, None)
        self.stars = {star: at for star, at in self.stars.items() if star[0] != job_id}

    async def star(self, job_id: str, person: str, at: datetime) -> bool:
        if job_id not in self.rows or self.stars.pop((job_id, person), None):
            return False
        self.stars[job_id, person] = at
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
        found = (
            self._counted(share, since or LONG_AGO)
            for share in self._shown(web=web, restricted=restricted)
            if home in (None, share.home) and share.shared_at >= (since or LONG_AGO)
        )
        return sorted(_newest_first(found), key=lambda share: -share.stars)[:limit]

    async def newest(self, *, web: bool = False, limit: int = 10, offset: int = 0) -> list[Share]:
        found = map(self._counted, self._shown(web=web, restricted=False))
        return _newest_first(found)[offset : offset + limit]

    async def of_person(self, owner: str) -> list[Share]:
        own = (share for share in self.rows.values() if share.owner == owner)
        return _newest_first(map(self._counted, own))

    async def stars_of(self, person: str) -> list[str]:
        return sorted(job_id for job_id, by in self.stars if by == person)

    async def forget(self, person: str) -> None:
        self.stars = {star: at for star, at in self.stars.items() if star[1] != person}

    def _counted(self, share: Share, since: datetime = LONG_AGO) -> Share:
        given = ((job_id, at) for (job_id, _), at in self.stars.items())
        return replace(
            share, stars=sum(job_id == share.job_id and at >= since for job_id, at in given)
        )

    def _shown(self, *, web: bool, restricted: bool) -> Iterable[Share]:
        for share in self.rows.values():
            job = self._jobs.rows.get(share.job_id)
            there = job and not (job.hidden or job.deleted_at or job.files_gone_at)
            if there and (share.web or not web) and (restricted or not share.restricted):
                yield share


def _newest_first(shares: Iterable[Share]) -> list[Share]:
    return sorted(shares, key=lambda share: (share.shared_at, share.job_id), reverse=True)
