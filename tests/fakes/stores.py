"""The stores in memory: what the contract tests hold beside the real ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.clip import Renderer
from bot.errors import JobGoneError, StaleJobError, StoreError
from bot.fairness import next_to_claim, place_in_queue, turn_of
from bot.job import Job, JobStatus, UsageRecord
from bot.limits import QueueLimits, refuse_beyond
from bot.moves import checked, fields_of_move
from bot.question import Question


class FakeUsageStore:
    """Filled by a `FakeJobStore` that is given it."""

    def __init__(self) -> None:
        self.by_job: dict[str, UsageRecord] = {}

    async def records(self, since: datetime | None = None) -> list[UsageRecord]:
        found = (one for one in self.by_job.values() if since is None or one.ended_at >= since)
        return sorted(found, key=lambda one: (one.ended_at, one.job_id))

    async def of_job(self, job_id: str) -> UsageRecord | None:
        return self.by_job.get(job_id)

    async def recent(self, renderer: Renderer, limit: int = 50) -> list[UsageRecord]:
        found = (
            one
            for one in self.by_job.values()
            if one.renderer is renderer and one.outcome is JobStatus.DELIVERED
        )
        return sorted(found, key=lambda one: (one.ended_at, one.job_id), reverse=True)[:limit]


class FakeJobStore:
    """`broken` makes every call fail as a database does that is locked, full or away."""

    def __init__(self, usage: FakeUsageStore | None = None) -> None:
        self.rows: dict[str, Job] = {}
        self.usage = usage or FakeUsageStore()
        self.broken: StoreError | None = None

    async def add(self, job: Job, limits: QueueLimits) -> Job:
        self._work()
        if job.status is not JobStatus.QUEUED:
            raise ValueError(f"{job.id}: added as {job.status}")
        if job.id in self.rows:
            raise StaleJobError
        waiting = self._with(JobStatus.QUEUED)
        of_person = sum(one.origin.owner == job.origin.owner for one in waiting)
        refuse_beyond(limits, of_person, len(waiting))
        queued_at = job.queued_at or job.created_at
        self.rows[job.id] = replace(job, turn=self._next_turn(job), queued_at=queued_at)
        return self.rows[job.id]

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
    ) -> Job | None:
        self._work()
        running = Counter(one.origin.owner for one in self._with(JobStatus.RUNNING))
        waiting = (
            one
            for one in self._with(JobStatus.QUEUED)
            if one.renderer is renderer and one.origin.platform in platforms
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
        moved = replace(stored, renderer=renderer)
        self.rows[job.id] = replace(moved, turn=self._next_turn(moved))
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

    async def untold(self, platforms: Sequence[str]) -> list[Job]:
        self._work()
        found = (
            job
            for job in self.rows.values()
            if not job.told and job.status.ended and job.origin.platform in platforms
        )
        return sorted(found, key=lambda job: job.id)

    async def of_person(self, owner: str, limit: int = 20) -> list[Job]:
        self._work()
        found = (job for job in self.rows.values() if job.origin.owner == owner)
        return sorted(found, key=lambda job: (job.created_at, job.id), reverse=True)[:limit]

    def _with(self, *statuses: JobStatus) -> list[Job]:
        return [job for job in self.rows.values() if job.status in statuses]

    def _write(self, job_id: str, **fields: Any) -> Job:
        self.rows[job_id] = replace(self.rows[job_id], **fields)
        return self.rows[job_id]

    def _work(self) -> None:
        if self.broken:
            raise self.broken


class FakeQuestionStore:
    def __init__(self) -> None:
        self.rows: dict[str, Question] = {}

    async def put(self, question: Question) -> None:
        self.rows[question.id] = question

    async def drop(self, question_id: str) -> None:
        self.rows.pop(question_id, None)

    async def get(self, question_id: str) -> Question:
        if question_id not in self.rows:
            raise JobGoneError
        return self.rows[question_id]


def _largest(jobs: Iterable[Job]) -> int | None:
    return max((job.turn for job in jobs), default=None)
