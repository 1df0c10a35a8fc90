"""Usage records and the day's GPU seconds in memory, filled by a `FakeJobStore`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.clip import Renderer
from bot.door.limits import day_of
from bot.job import Job, JobStatus, UsageRecord
from bot.ports import LONG_AGO
from bot.watch.totals import Regular, Total, totals_of


class FakeUsageStore:
    def __init__(self) -> None:
        self.by_job: dict[str, UsageRecord] = {}

    async def records(
        self, since: datetime | None = None, *, owner: str | None = None, home: str | None = None
    ) -> list[UsageRecord]:
        found = (
            one
            for one in self.by_job.values()
            if (since is None or one.ended_at >= since)
            and owner in (None, _owner(one))
            and home in (None, f"{one.platform}:{one.community or one.place}")
        )
        return sorted(found, key=lambda one: (one.ended_at, one.job_id))

    async def forget(self, owner: str) -> None:
        others = [one for one in self.by_job.values() if _owner(one) != owner]
        shared = {(one.platform, one.place) for one in others}
        for job_id, one in self.by_job.items():
            if _owner(one) == owner:
                place = one.place if (one.platform, one.place) in shared else ""
                self.by_job[job_id] = replace(one, person="", place=place)

    async def of_job(self, job_id: str) -> UsageRecord | None:
        return self.by_job.get(job_id)

    async def recent(self, renderer: Renderer, limit: int = 50) -> list[UsageRecord]:
        found = (
            one
            for one in self.by_job.values()
            if one.renderer is renderer and one.outcome is JobStatus.DELIVERED
        )
        return sorted(found, key=lambda one: (one.ended_at, one.job_id), reverse=True)[:limit]

    async def totals(
        self, since: datetime = LONG_AGO, before: datetime | None = None
    ) -> list[Total]:
        return totals_of(
            one
            for one in self.by_job.values()
            if one.ended_at >= since and (before is None or one.ended_at < before)
        )

    async def regulars(self, since: datetime, limit: int = 1000) -> list[Regular]:
        by_who: dict[tuple[str, str, str], list[UsageRecord]] = {}
        for one in self.by_job.values():
            if one.ended_at >= since and one.person:
                by_who.setdefault((one.platform, one.community, one.person), []).append(one)
        found = [
            Regular(
                *who,
                len(theirs),
                sum(one.timings.rendered_s for one in theirs),
                max(one.ended_at for one in theirs),
            )
            for who, theirs in sorted(by_who.items())
        ]
        return sorted(found, key=lambda one: -one.jobs)[:limit]


@dataclass
class Charge:
    """What a job takes of whose day; `used_s` once that is known."""

    owner: str
    day: int
    set_aside_s: float
    used_s: float | None = None


class FakeQuotaStore:
    def __init__(self) -> None:
        self.by_job: dict[str, Charge] = {}

    async def spent_s(self, owner: str, now: datetime) -> float:
        return self.spent_on(owner, day_of(now))

    async def drop_before(self, moment: datetime) -> None:
        day = day_of(moment)
        kept = {
            job_id: one
            for job_id, one in self.by_job.items()
            if one.day >= day or one.used_s is None
        }
        self.by_job = kept

    def spent_on(self, owner: str, day: int) -> float:
        return sum(
            one.set_aside_s if one.used_s is None else one.used_s
            for one in self.by_job.values()
            if (one.owner, one.day) == (owner, day)
        )

    def set_aside(self, job: Job) -> None:
        day = day_of(job.queued_at or job.created_at)
        self.by_job[job.id] = Charge(job.origin.owner, day, job.cost_s)

    def settle(self, job_id: str, used_s: float) -> None:
        charge = self.by_job.get(job_id)
        if charge and charge.used_s is None:
            charge.used_s = used_s


def _owner(record: UsageRecord) -> str:
    return f"{record.platform}:{record.person}"
