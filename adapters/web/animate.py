"""The front page: drop a sketch, choose a little or nothing, and off it goes."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from adapters.web.fields import FIELDS, options_in
from adapters.web.forms import file_in
from adapters.web.media import SKETCH, clip_view, url_of
from adapters.web.pace import Kind
from adapters.web.site import Site, page_number, redirect, wants_json
from bot.door.pricing import say_quote
from bot.errors import PersonError, StoreError
from bot.inspection import LARGEST_MB
from bot.job import Job
from bot.origin import Origin
from bot.texts import Texts


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A clip of one's own in a row of them; `state` as the history says it."""

    job_id: str
    picture: str
    state: str


class Animate:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        return [
            Route("/", self._site.private(self.front)),
            Route("/quote", self._site.private(self.quote)),
            Route("/animate", self._site.posted(self.animate, Kind.UPLOAD), methods=["POST"]),
        ]

    async def front(self, request: Request, person: Origin) -> Response:
        number = page_number(request)
        history = await self._site.service.personal.history([person.owner], number)
        return self._site.page(
            request,
            "animate.html",
            fields=FIELDS,
            chosen={},
            presets=await self._site.service.presets.names(person),
            quote=await self._quote(person, {}),
            limit_mb=LARGEST_MB,
            thumbnails=[self._thumbnail(job) for job in history.jobs],
            number=number,
            more=history.more,
        )

    async def quote(self, request: Request, person: Origin) -> Response:
        """What the settings so far would cost, as a sentence; settings that make no request are
        told of when they are sent."""
        given = FormData(dict(request.query_params))
        return PlainTextResponse(await self._quote(person, options_in(given)))

    async def animate(self, request: Request, person: Origin, form: FormData) -> Response:
        async with file_in(form, "sketch") as upload:
            card = await self._site.service.submit(upload, person, options_in(form))
        path = f"/jobs/{card.job_id}"
        return JSONResponse({"location": path}) if wants_json(request) else redirect(path)

    async def _quote(self, person: Origin, options: dict[str, str]) -> str:
        try:
            quote = await self._site.service.quote(person, options)
        except (PersonError, StoreError):
            return ""
        return say_quote(Texts(person.locale), quote)

    def _thumbnail(self, job: Job) -> Thumbnail:
        clip = clip_view(job, self._site.seal)
        gone = job.files_gone_at is not None or job.deleted_at is not None or job.hidden
        picture = clip.poster if clip else url_of(job, SKETCH, self._site.seal)
        if job.deleted_at is not None:
            state = "deleted"
        else:
            state = "gone" if job.files_gone_at is not None else job.status.value
        return Thumbnail(job.id, "" if gone else picture, state)
