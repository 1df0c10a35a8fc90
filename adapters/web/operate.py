"""The page of whoever runs the bot: what waits, who works, what failed, what was reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.web.bars import bars_view
from adapters.web.forms import text_of
from adapters.web.media import ClipView, clip_view
from adapters.web.site import Site, redirect
from bot.clips.moderation import Case
from bot.errors import JobGoneError
from bot.job import Job, JobStatus
from bot.origin import Origin
from bot.reports import Decision
from bot.watch.retrying import may_retry
from bot.watch.trends import Period

PAUSES = {"1": 1, "3": 3, "8": 8, "": None}  # hours by what the form calls them; at last: for good


def has_clip(job: Job) -> bool:
    """Which can be seen."""
    gone = job.deleted_at or job.files_gone_at
    return job.status is JobStatus.DELIVERED and gone is None


@dataclass(frozen=True, slots=True)
class CaseView:
    job: Job
    reasons: tuple[str, ...]
    reports: int
    clip: ClipView | None


class Operate:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        site = self._site
        return [
            Route("/operate", site.private(self.page)),
            Route("/operate/usage", site.private(self.usage)),
            Route("/operate/decide", site.operated(self.decide), methods=["POST"]),
            Route("/operate/pause", site.operated(self.pause), methods=["POST"]),
            Route("/operate/resume", site.operated(self.resume), methods=["POST"]),
            Route("/operate/drop", site.operated(self.drop), methods=["POST"]),
            Route("/operate/retry", site.operated(self.retry), methods=["POST"]),
        ]

    async def page(self, request: Request, person: Origin) -> Response:
        service = self._site.service
        overview = await service.operating.overview(person)
        return self._site.page(
            request,
            "operate.html",
            overview=overview,
            cases=[self._view(case) for case in await service.moderation.cases()],
            decisions=list(Decision),
            pauses=PAUSES,
            may_retry=may_retry,
            may_drop=has_clip,
            name_of=service.operating.census.name_of,
        )

    async def usage(self, request: Request, person: Origin) -> Response:
        typed = request.query_params.get("period", "")
        period = Period(typed) if typed in list(Period) else Period.MONTH
        charts = await self._site.service.operating.trends(person, period)
        return self._site.page(
            request,
            "usage.html",
            charts=[bars_view(chart) for chart in charts],
            periods=list(Period),
            period=period,
        )

    async def decide(self, request: Request, person: Origin, form: FormData) -> Response:
        typed = text_of(form, "decision")
        if typed not in list(Decision):
            raise JobGoneError("answer-gone")
        job_id = text_of(form, "job")
        await self._site.service.moderation.decide(job_id, person, Decision(typed))
        return redirect("/operate")

    async def pause(self, request: Request, person: Origin, form: FormData) -> Response:
        """Of the GPU, for so many hours, or until somebody resumes."""
        hours = PAUSES.get(text_of(form, "hours"))
        until = None if hours is None else self._site.clock.now() + timedelta(hours=hours)
        at_once = bool(text_of(form, "at_once"))
        await self._site.service.operating.pausing.pause(person, until, at_once=at_once)
        return redirect("/operate")

    async def resume(self, request: Request, person: Origin, form: FormData) -> Response:
        await self._site.service.operating.pausing.resume(person)
        return redirect("/operate")

    async def drop(self, request: Request, person: Origin, form: FormData) -> Response:
        """What waits or is drawn is taken back, a clip taken away."""
        service, job_id = self._site.service, text_of(form, "job")
        job, _ = await service.status(job_id)
        await (service.clips.delete if job.status.ended else service.cancel)(job_id, person)
        return redirect("/operate")

    async def retry(self, request: Request, person: Origin, form: FormData) -> Response:
        await self._site.service.operating.retrying.retry(text_of(form, "job"), person)
        return redirect("/operate")

    def _view(self, case: Case) -> CaseView:
        reasons = tuple(report.reason for report in case.reports if report.reason)
        clip = clip_view(case.job, self._site.seal)
        return CaseView(case.job, reasons, len(case.reports), clip)
