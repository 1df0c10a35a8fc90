"""Reports of clips, the decisions about them, and who and what stays out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog

from bot.card import Action
from bot.cards.showing import Showing
from bot.clips.acting import Acting, Allowed
from bot.clips.clips import take_away
from bot.door.door import Door
from bot.errors import JobGoneError, PersonError
from bot.job import Job, new_job_id
from bot.names import checked_owner
from bot.origin import Origin
from bot.ports import LONG_AGO, Clock, JobStore, ReportStore, SettingsStore, ShareStore
from bot.reports import Block, Blocked, Decision, Report

log = structlog.get_logger(__name__)

REASON_LIMIT = 300  # characters: enough to say what is wrong


@dataclass(frozen=True, slots=True)
class Case:
    """A clip that waits for a decision, and what is said against it."""

    job: Job
    reports: tuple[Report, ...]


class Moderation:
    """`cancel_all` takes back what a person who is blocked has waiting."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        shares: ShareStore,
        reports: ReportStore,
        settings: SettingsStore,
        door: Door,
        acting: Acting,
        showing: Showing,
        clock: Clock,
        cancel_all: Callable[[str], Awaitable[None]],
    ) -> None:
        self._jobs = jobs
        self._shares = shares
        self._reports = reports
        self._settings = settings
        self._door = door
        self._acting = acting
        self._showing = showing
        self._clock = clock
        self._cancel_all = cancel_all

    async def report(self, job_id: str, person: Origin, reason: str = "") -> Job:
        """The clip is hidden at once, and those who decide are asked. Raises `PersonError` for
        who has reported it before."""
        async with self._acting.on(Action.REPORT, job_id, person) as held:
            if not await self._is_new(held, reason.strip()[:REASON_LIMIT]):
                raise PersonError("report-already")
            job = await self._jobs.save(job_id, hidden=True, told=False)
            log.error("clip.reported", home=job.origin.home)
        await self._showing.tell(job_id)
        return job

    async def decide(self, job_id: str, person: Origin, decision: Decision) -> Job:
        """For every report of the clip at once; whoever comes second is told that it is decided."""
        person = await self._as_moderator(await self._jobs.get(job_id), person)
        action = Action(decision.value)
        async with self._acting.on(action, job_id, person) as held:
            job = await self._apply(held, decision)
            log.info("report.decided", decision=decision.value)
        if decision is Decision.BLOCK:
            await self._cancel_all(job.origin.owner)
        await self._showing.tell(job_id)
        return job

    async def cases(self, home: str | None = None) -> list[Case]:
        """What waits for a decision, the oldest first."""
        by_job: dict[str, list[Report]] = {}
        for report in await self._reports.undecided(home):
            by_job.setdefault(report.job_id, []).append(report)
        return [
            Case(job, tuple(reports))
            for job_id, reports in by_job.items()
            if await self._jobs.known([job_id])
            and (job := await self._jobs.get(job_id)).files_gone_at is None
        ]

    async def reported(self, number: str) -> str:
        """The id of the job that a report, or the job's own id, speaks of. Raises
        `JobGoneError`."""
        if await self._jobs.known([number]):
            return number
        return (await self._reports.get(number)).job_id

    async def blocks(self, person: Origin) -> list[Block]:
        """The newest first. Raises `NotAllowedError`."""
        await self._door.require_operator(person)
        return await self._reports.blocks()

    async def block_person(self, person: Origin, owner: str) -> None:
        """By their name (`Origin.owner`), without a report; what they have waiting is taken
        back. Raises `NotAllowedError`, `RequestError`."""
        await self._door.require_operator(person)
        await self._reports.block_person(checked_owner(owner), person.owner, self._clock.now())
        await self._cancel_all(owner)
        log.info("person.blocked")

    async def unblock(self, person: Origin, kind: Blocked, value: str) -> bool:
        """`value` as the list of blocks shows it. Whether there was one."""
        await self._door.require_operator(person)
        return await self._reports.unblock(kind, value)

    async def unblock_person(self, person: Origin, owner: str) -> bool:
        """By their name (`Origin.owner`), which the list of blocks does not hold."""
        await self._door.require_operator(person)
        return await self._reports.unblock_person(owner)

    async def _is_new(self, held: Allowed, reason: str) -> bool:
        """True too where a crash came between a report and its clip's being hidden."""
        now, job = self._clock.now(), held.job
        report = Report(
            id=new_job_id(now),
            job_id=job.id,
            home=job.origin.home,
            reporter=held.person.owner,
            reported_at=now,
            reason=reason,
        )
        if await self._reports.add(report):
            return True
        reports = await self._reports.of_job(job.id)
        return not job.hidden and any(one.decision is None for one in reports)

    async def _apply(self, held: Allowed, decision: Decision) -> Job:
        now, job_id = self._clock.now(), held.job.id
        if not await self._reports.decide(job_id, decision, held.person.owner, now):
            decision = await self._half_way(held.job)
        if decision is Decision.BLOCK:
            await self._block(held)
        if decision is Decision.KEEP:
            return await self._jobs.save(job_id, hidden=False, told=False)
        return await take_away(held, now, jobs=self._jobs, shares=self._shares, hidden=False)

    async def _half_way(self, job: Job) -> Decision:
        """A clip that is still hidden without an open report was decided by a process that died,
        or has not come to it yet: then its decision holds, whoever sees it through."""
        reports = await self._reports.of_job(job.id)
        decided = [(one.decided_at, one.decision) for one in reports if one.decided_at]
        last = max(decided, key=lambda one: one[0] or LONG_AGO, default=None)
        if not job.hidden or last is None or last[1] is None:
            raise JobGoneError("report-decided")
        return last[1]

    async def _block(self, held: Allowed) -> None:
        now, by, job = self._clock.now(), held.person.owner, held.job
        await self._reports.block_person(job.origin.owner, by, now, reason=job.id)
        if job.phash:
            await self._reports.block_picture(job.phash, by, now, reason=job.id)

    async def _as_moderator(self, job: Job, person: Origin) -> Origin:
        """Where a community's reports go sit those who look after it, although the platform may
        take that place for another community."""
        chosen = (await self._settings.place(job.origin.home)).moderators
        if person.platform == job.origin.platform and person.place == chosen:
            return replace(person, place=job.origin.place, community=job.origin.community)
        return person
