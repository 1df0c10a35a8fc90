"""Jobs in memory: what the contract tests hold beside the real ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.clip import Renderer
from bot.door.limits import QueueLimits, Taken, day_of, refuse_beyond
from bot.errors import JobGoneError, StaleJobError, StoreError
from bot.job import Job, JobStatus, UsageRecord
from bot.origin import Rights
from bot.ports import LONG_AGO
from bot.queue.fairness import next_to_claim, place_in_queue, turn_of
from bot.queue.moves import checked, fields_of_move
from bot.sharing import Share
from bot.watch.totals import UnderWay
from tests.fakes.usage import FakeQuotaStore, FakeUsageStore


class FakeJobStore:
    """`broken` makes every call fail as a database does that is locked, full or away."""

    def __init__(
        self, usage: FakeUsageStore | None = None, quota: FakeQuotaStore | None = None
    ) -> None:
        self.rows: dict[str, Job] = {}
        self.shared: dict[str, Share] = {}  # filled by a FakeShareStore
        self.usage = usage or FakeUsageStore()
        self.quota = quota or FakeQuotaStore()
        self.broken: StoreError | None = None

    async def add(self, job: Job, limits: QueueLimits) -> Job:
        self._work()
        if job.status is not JobStatus.QUEUED:
            raise ValueError(f"{job.id}: added as {job.status}")
        refuse_beyond(limits, self._taken(job), job.cost_s)
        if job.id in self.rows:
            raise StaleJobError
        self.rows[job.id] = replace(
            job,
            origin=replace(job.origin, rights=Rights()),
            turn=self._next_turn(job),
            queued_at=job.queued_at or job.created_at,
        )
        if job.cost_s:
            self.quota.set_aside(self.rows[job.id])
        return self.rows[job.id]

    def _taken(self, job: Job) -> Taken:
        waiting = self._with(JobStatus.QUEUED)
        owner, day = job.origin.owner, day_of(job.queued_at or job.created_at)
        of_person = sum(one.origin.owner == owner for one in waiting)
        return Taken(of_person, len(waiting), self.quota.spent_on(owner, day) if job.cost_s else 0)

    def _next_turn(self, job: Job) -> int:
        queue = [one for one in self.rows.values() if one.renderer is job.renderer]
        current = _largest(one for one in queue if one.claimed_at)
        last = _largest(
            one
            for one in queue
            if one.origin.owner == job.origin.owner
            and (one.claimed_at or one.status is JobStatus.QUEUED)
        )
        return turn_of(current, last)

    async def get(self, job_id: str) -> Job:
        self._work()
        if job_id not in self.rows:
            raise JobGoneError
        return self.rows[job_id]

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
        self._work()
        running = Counter(one.origin.owner for one in self._with(JobStatus.RUNNING))
        waiting = (
            one
            for one in self._with(JobStatus.QUEUED)
            if one.renderer is renderer
            and one.origin.platform in platforms
            and one.created_at >= oldest
        )
        job = next_to_claim(waiting, running, running_per_person)
        if job is None:
            return None
        waited = (now - (job.queued_at or job.created_at)).total_seconds()
        return self._write(
            job.id,
            status=JobStatus.RUNNING,
            instance=instance,
            lease_until=now + lease,
            claimed_at=now,
            attempts=job.attempts + 1,
            timings=job.timings.plus(queued_s=waited),
        )

    async def renew(self, instance: str, until: datetime) -> None:
        self._work()
        for job in self._with(JobStatus.RUNNING, JobStatus.RENDERED):
            if job.instance == instance:
                self._write(job.id, lease_until=until)

    async def take_over(
        self, instance: str, platforms: Sequence[str], now: datetime, lease: timedelta
    ) -> list[Job]:
        self._work()
        mine = [
            job
            for job in self._with(JobStatus.RUNNING, JobStatus.RENDERED)
            if job.origin.platform in platforms
            and (job.instance == instance or job.lease_until is None or job.lease_until <= now)
        ]
        for job in mine:
            if job.status is JobStatus.RUNNING:
                self._write(job.id, **fields_of_move(job, JobStatus.QUEUED, now, {}))
        return [
            self._write(job.id, instance=instance, lease_until=now + lease)
            for job in sorted(mine, key=lambda job: job.id)
            if job.status is JobStatus.RENDERED
        ]

    async def move(
        self,
        job: Job,
        status: JobStatus,
        now: datetime,
        usage: UsageRecord | None = None,
        **changes: Any,
    ) -> Job:
        self._work()
        fields = fields_of_move(job, status, now, changes)
        if usage and not status.ended:
            raise ValueError(f"{job.id}: usage of a job that is {status}")
        stored = self.rows.get(job.id)
        if stored is None or (stored.status, stored.instance) != (job.status, job.instance):
            raise StaleJobError
        if usage:
            self.usage.by_job.setdefault(usage.job_id, usage)
            self.quota.settle(usage.job_id, usage.charged_s)
        return self._write(job.id, **fields)

    async def save(self, job_id: str, **changes: Any) -> Job:
        checked(changes)
        await self.get(job_id)
        return self._write(job_id, **changes)

    async def hand_over(self, job: Job, renderer: Renderer) -> Job:
        self._work()
        stored = self.rows.get(job.id)
        if stored is None or stored.status is not JobStatus.QUEUED:
            raise StaleJobError
        del self.rows[job.id]
        moved = replace(stored, renderer=renderer, cost_s=0.0)
        self.rows[job.id] = replace(moved, turn=self._next_turn(moved))
        self.quota.settle(job.id, 0.0)
        return self.rows[job.id]

    async def waiting(
        self, renderer: Renderer | None = None, limit: int | None = None
    ) -> list[Job]:
        self._work()
        found = (job for job in self._with(JobStatus.QUEUED) if renderer in (None, job.renderer))
        return sorted(found, key=place_in_queue)[:limit]

    async def ahead(self, job: Job) -> int:
        before = await self.waiting(job.renderer)
        return sum(place_in_queue(one) < place_in_queue(job) for one in before)

    async def running(self) -> list[Job]:
        self._work()
        return sorted(self._with(JobStatus.RUNNING), key=lambda job: job.id)

    async def under_way(self) -> list[UnderWay]:
        self._work()
        kinds: dict[tuple[Renderer, JobStatus], list[Job]] = {}
        for job in self.rows.values():
            if not job.status.ended:
                kinds.setdefault((job.renderer, job.status), []).append(job)
        return [
            UnderWay(*kind, len(kinds[kind]), min(job.created_at for job in kinds[kind]))
            for kind in sorted(kinds)
        ]

    async def untold(self, platforms: Sequence[str]) -> list[Job]:
        self._work()
        found = (
            job
            for job in self.rows.values()
            if not job.told and job.status.ended and job.origin.platform in platforms
        )
        return sorted(found, key=lambda job: job.id)

    async def of_person(self, owner: str, limit: int = 20, offset: int = 0) -> list[Job]:
        own = self._newest_first(lambda job: job.origin.owner == owner)
        return own[offset : offset + limit]

    async def of_author(self, author: str) -> list[Job]:
        return self._newest_first(
            lambda job: job.origin.drawn_by == author and job.origin.owner != author
        )

    async def overdue(
        self, platforms: Sequence[str], before: datetime, limit: int = 100
    ) -> list[Job]:
        return self._oldest_first(
            lambda job: job.status is JobStatus.QUEUED and job.origin.platform in platforms,
            lambda job: job.created_at,
            before,
        )[:limit]

    async def with_files(self, before: datetime, limit: int = 100) -> list[Job]:
        return self._oldest_first(
            lambda job: job.files_gone_at is None and job.id not in self.shared,
            lambda job: job.ended_at,
            before,
        )[:limit]

    async def deleted(self, before: datetime, limit: int = 100) -> list[Job]:
        return self._oldest_first(
            lambda job: job.files_gone_at is None, lambda job: job.deleted_at, before
        )[:limit]

    async def known(self, job_ids: Sequence[str]) -> set[str]:
        self._work()
        return set(job_ids) & set(self.rows)

    async def forget(self, person: str) -> None:
        self._work()
        for job in [one for one in self.rows.values() if one.deleted_by == person]:
            self._write(job.id, deleted_by="")

    async def drop(self, job_id: str) -> None:
        self._work()
        if job_id in self.rows and not self.rows[job_id].status.ended:
            raise StaleJobError
        self.rows.pop(job_id, None)

    def _newest_first(self, wanted: Callable[[Job], bool]) -> list[Job]:
        self._work()
        found = filter(wanted, self.rows.values())
        return sorted(found, key=lambda job: (job.created_at, job.id), reverse=True)

    def _oldest_first(
        self,
        wanted: Callable[[Job], bool],
        moment: Callable[[Job], datetime | None],
        before: datetime,
    ) -> list[Job]:
        """Those whose moment has come, and had come before then."""
        self._work()
        found = ((moment(job), job.id, job) for job in self.rows.values() if wanted(job))
        come = sorted((at, job_id, job) for at, job_id, job in found if at and at < before)
        return [job for _, _, job in come]

    def _with(self, *statuses: JobStatus) -> list[Job]:
        return [job for job in self.rows.values() if job.status in statuses]

    def _write(self, job_id: str, **fields: Any) -> Job:
        self.rows[job_id] = replace(self.rows[job_id], **fields)
        return self.rows[job_id]

    def _work(self) -> None:
        if self.broken:
            raise self.broken


def _largest(jobs: Iterable[Job]) -> int | None:
    return max((job.turn for job in jobs), default=None)
