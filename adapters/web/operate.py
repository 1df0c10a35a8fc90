"""The page of whoever runs the bot: what waits, who works, what failed, what was reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.web.forms import text_of
from adapters.web.media import ClipView, clip_view
from adapters.web.site import Endpoint, Poster, Site, redirect
from bot.clips.moderation import Case
from bot.errors import JobGoneError, NotAllowedError
from bot.job import Job
from bot.origin import Origin
from bot.reports import Blocked, Decision

PAUSES = {"1": 1, "3": 3, "8": 8, "": None}  # hours by what the form calls them; at last: for good


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
        return [
            Route("/operate", self._site.private(self.page)),
            Route("/operate/decide", self._posted(self.decide), methods=["POST"]),
            Route("/operate/pause", self._posted(self.pause), methods=["POST"]),
            Route("/operate/resume", self._posted(self.resume), methods=["POST"]),
            Route("/operate/drop", self._posted(self.drop), methods=["POST"]),
            Route("/operate/block", self._posted(self.block), methods=["POST"]),
            Route("/operate/unblock", self._posted(self.unblock), methods=["POST"]),
        ]

    async def page(self, request: Request, person: Origin) -> Response:
        service = self._site.service
        overview = await service.operating.overview(person)
        return self._site.page(
            request,
            "operate.html",
            overview=overview,
            cases=[self._view(case) for case in await service.moderation.cases()],
            blocks=await service.moderation.blocks(person),
            decisions=list(Decision),
            pauses=PAUSES,
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

    async def block(self, request: Request, person: Origin, form: FormData) -> Response:
        await self._site.service.moderation.block_person(person, text_of(form, "person"))
        return redirect("/operate")

    async def unblock(self, request: Request, person: Origin, form: FormData) -> Response:
        kind = text_of(form, "kind")
        if kind not in list(Blocked):
            raise JobGoneError("answer-gone")
        await self._site.service.moderation.unblock(person, Blocked(kind), text_of(form, "value"))
        return redirect("/operate")

    def _posted(self, handler: Poster) -> Endpoint:
        """For nobody else, whatever the job in question would allow."""

        async def answer(request: Request, person: Origin, form: FormData) -> Response:
            if not person.rights.operator:
                raise NotAllowedError("operator-only")
            return await handler(request, person, form)

        return self._site.posted(answer)

    def _view(self, case: Case) -> CaseView:
        reasons = tuple(report.reason for report in case.reports if report.reason)
        clip = clip_view(case.job, self._site.seal)
        return CaseView(case.job, reasons, len(case.reports), clip)
