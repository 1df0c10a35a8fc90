"""Where jobs, open questions and what they cost are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from bot.clip import Renderer
from bot.door.limits import QueueLimits
from bot.job import Job, JobStatus, UsageRecord
from bot.question import Question
from bot.watch.totals import Regular, Total, UnderWay

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class JobStore(Protocol):
    """The job table. Every method is one transaction; all raise `StoreError` when the database
    can't be used, and those that move a job `StaleJobError` when it is not where it was."""

    async def add(self, job: Job, limits: QueueLimits) -> Job:
        """Store a QUEUED job, give it its turn and set its GPU seconds aside; raises `LimitError`
        beyond the limits and `StaleJobError` where its id is taken."""

    async def get(self, job_id: str) -> Job:
        """Raises `JobGoneError` for an unknown id."""

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
        """Take the next waiting job in the order of `bot.queue.fairness`, of those that were asked
        for at `oldest` or later: it is RUNNING, carries the instance and a lease, and counts one
        attempt more."""

    async def renew(self, instance: str, until: datetime) -> None:
        """Prolong the leases of everything that this instance holds."""

    async def take_over(
        self, instance: str, platforms: Sequence[str], now: datetime, lease: timedelta
    ) -> list[Job]:
        """At a start: RUNNING rows of this instance, or with a lease that ran out, go back to
        QUEUED with their turn kept; RENDERED ones become this instance's, with a fresh lease,
        and are returned, the oldest first."""

    async def move(
        self,
        job: Job,
        status: JobStatus,
        now: datetime,
        usage: UsageRecord | None = None,
        **changes: Any,
    ) -> Job:
        """Move a job on if it is still as given (`id`, `status`, `instance`), with fields of
        `Job` changed; `usage` is written in the same transaction, once a job, and what it charges
        takes the place of what was set aside. A move that there is not, and usage of a job that
        has not ended, are a `ValueError` (see `bot.queue.moves`)."""

    async def save(self, job_id: str, **changes: Any) -> Job:
        """Change fields that are no move: its card, its timings."""

    async def hand_over(self, job: Job, renderer: Renderer) -> Job:
        """Put a QUEUED job into another renderer's queue, where it takes its turn anew and costs
        nothing. Raises `StaleJobError` where it does not wait any more."""

    async def waiting(
        self, renderer: Renderer | None = None, limit: int | None = None
    ) -> list[Job]:
        """The QUEUED jobs in the order in which they will be claimed, the first `limit`."""

    async def ahead(self, job: Job) -> int:
        """How many QUEUED jobs of its renderer come before this one; reads no rows."""

    async def running(self) -> list[Job]: ...

    async def under_way(self) -> list[UnderWay]:
        """How many jobs stand in each state that is no end; reads no jobs."""

    async def untold(self, platforms: Sequence[str]) -> list[Job]:
        """Jobs that ended while their cards may still say otherwise (`Job.told` is False)."""

    async def of_person(self, owner: str, limit: int = 20, offset: int = 0) -> list[Job]:
        """A person's jobs, newest first."""

    async def of_author(self, author: str) -> list[Job]:
        """Jobs that others made of a person's pictures (`Origin.drawn_by`), newest first."""

    async def overdue(
        self, platforms: Sequence[str], before: datetime, limit: int = 100
    ) -> list[Job]:
        """QUEUED jobs that were asked for before then, the oldest first."""

    async def with_files(self, before: datetime, limit: int = 100) -> list[Job]:
        """Ended jobs whose files are still there though they ended before then, and which nobody
        shares; the oldest first."""

    async def deleted(self, before: datetime, limit: int = 100) -> list[Job]:
        """Jobs that were deleted before then and whose files are still there."""

    async def known(self, job_ids: Sequence[str]) -> set[str]:
        """Those of the ids that have a row."""

    async def forget(self, person: str) -> None:
        """What a person took away of others' was taken away by nobody."""

    async def drop(self, job_id: str) -> None:
        """The row of a job that has ended; its usage record stays. Gone already is as good."""


class QuestionStore(Protocol):
    """Submissions that wait for a person's answer ("I can't find the eyes, go on anyway?")."""

    async def put(self, question: Question) -> None:
        """Store it in place of what has the same id."""

    async def drop(self, question_id: str) -> None:
        """Gone already is as good."""

    async def get(self, question_id: str) -> Question:
        """Raises `JobGoneError`."""

    async def of_person(self, owner: str) -> list[Question]:
        """Those that a person sent or is asked."""

    async def older(self, before: datetime, limit: int = 100) -> list[Question]:
        """Those that nobody answered, the oldest first."""

    async def known(self, question_ids: Sequence[str]) -> set[str]:
        """Those of the ids that have a row."""


class UsageStore(Protocol):
    async def records(
        self, since: datetime | None = None, *, owner: str | None = None, home: str | None = None
    ) -> list[UsageRecord]:
        """Oldest first; of one person, or of one community, where it is given."""

    async def forget(self, owner: str) -> None:
        """Leave the records, and nobody's; without a place in which nobody else was, since that
        would tell whose they were."""

    async def of_job(self, job_id: str) -> UsageRecord | None:
        """None: the job has not ended."""

    async def recent(self, renderer: Renderer, limit: int = 50) -> list[UsageRecord]:
        """The newest DELIVERED ones, which `bot.queue.estimate` learns from."""

    async def totals(
        self, since: datetime = LONG_AGO, before: datetime | None = None
    ) -> list[Total]:
        """Of what ended since then and before then, one of each kind; reads no records."""

    async def regulars(self, since: datetime, limit: int = 1000) -> list[Regular]:
        """Who had something made since then, by person and community, the busiest first; without
        those who are forgotten. Reads no records."""


class QuotaStore(Protocol):
    """What is left of a day, filled by the `JobStore`."""

    async def spent_s(self, owner: str, now: datetime) -> float:
        """GPU seconds of the person's day: used, or set aside for jobs that have not ended."""

    async def drop_before(self, moment: datetime) -> None:
        """Of days that were over by then, what is settled."""
