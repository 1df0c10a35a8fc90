"""The house's own look at pictures and clips (`SAFETY_MODEL`), where the operator wants one.

What it finds goes the ways that people's eyes go: an upload is refused, a clip is hidden and
reported, and somebody decides about it.
"""

from __future__ import annotations

from pathlib import Path

import structlog

from bot.cards.encoding import TRIES
from bot.clip import Clip
from bot.errors import MachineError, PictureError
from bot.insist import insist
from bot.inspection import Suspicion
from bot.job import Job, new_job_id
from bot.ports import Clock, Engine, JobStore, ReportStore
from bot.reports import Report

log = structlog.get_logger(__name__)

HOUSE = ""  # as a reporter: nobody


class Safety:
    def __init__(
        self, *, engine: Engine, jobs: JobStore, reports: ReportStore, clock: Clock
    ) -> None:
        self._engine = engine
        self._jobs = jobs
        self._reports = reports
        self._clock = clock

    async def require_fit(self, picture: Path) -> None:
        """Raises `PictureError`; and `WorkerError` where nothing can be said, as then nothing
        may pass."""
        if suspicion := await self._engine.judge(picture):
            log.warning("picture.suspected", label=suspicion.label, score=suspicion.score)
            raise PictureError("picture-unfit")

    async def look_at(self, job: Job) -> Job:
        """A rendered job, hidden and reported where its clip is not fit to be seen. After a
        crash it is looked at again, and reported once all the same."""
        if job.clip is None or job.hidden:
            return job
        suspicion = await self._judge(job.clip)
        if suspicion is None:
            return job
        log.error("clip.reported", home=job.origin.home, label=suspicion.label)
        await insist(lambda: self._report(job, suspicion), self._clock)
        return await insist(lambda: self._jobs.save(job.id, hidden=True), self._clock)

    async def _judge(self, clip: Clip) -> Suspicion | None:
        """Its picture was looked at before, so that a clip which can't be is not lost for it."""
        for attempt in range(1, TRIES + 1):
            try:
                return await self._engine.judge_clip(clip)
            except MachineError as error:
                log.warning("clip.not_judged", attempt=attempt, error=str(error))
        return None

    async def _report(self, job: Job, suspicion: Suspicion) -> None:
        if await self._reports.of_job(job.id):
            return
        now = self._clock.now()
        await self._reports.add(
            Report(
                id=new_job_id(now),
                job_id=job.id,
                home=job.origin.home,
                reporter=HOUSE,
                reported_at=now,
                reason=f"{suspicion.label} {suspicion.score:.0%}",
            )
        )
