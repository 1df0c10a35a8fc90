"""What people agreed to show on the web: a wall of clips, and a page for each."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.web.forms import text_of
from adapters.web.media import ClipView, clip_view
from adapters.web.site import Site, page_number, redirect
from bot.cards.wording import credit_lines
from bot.clips.gallery import Exhibit
from bot.origin import Origin
from bot.texts import Texts

ON_A_PAGE = 24
BY_STARS = "starred"


@dataclass(frozen=True, slots=True)
class Picture:
    """A clip on the wall: `credit` is whom it is owed to."""

    job_id: str
    clip: ClipView
    credit: tuple[str, ...]
    stars: int


class Gallery:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        site = self._site
        return [
            Route("/gallery", site.public(self.wall)),
            Route("/clips/{job_id}", site.public(self.clip)),
            Route("/clips/{job_id}/star", site.posted(self.star), methods=["POST"]),
            Route("/clips/{job_id}/report", site.posted(self.report), methods=["POST"]),
        ]

    async def wall(self, request: Request, person: Origin) -> Response:
        """One more than fits is asked for, to know of another page."""
        gallery, number = self._site.service.gallery, page_number(request)
        by_stars = request.query_params.get("sort") == BY_STARS
        if by_stars:
            exhibits, more = await gallery.top_on_web(ON_A_PAGE), False
        else:
            found = await gallery.web(ON_A_PAGE + 1, offset=number * ON_A_PAGE)
            exhibits, more = found[:ON_A_PAGE], len(found) > ON_A_PAGE
        return self._site.page(
            request,
            "gallery.html",
            pictures=self._pictures(exhibits, person),
            by_stars=by_stars,
            number=number,
            more=more,
            reported="reported" in request.query_params,
        )

    async def clip(self, request: Request, person: Origin) -> Response:
        exhibit = await self._site.service.gallery.on_web(request.path_params["job_id"])
        pictures = self._pictures([exhibit], person)
        if not pictures:
            return redirect("/gallery")
        return self._site.page(
            request,
            "clip.html",
            picture=pictures[0],
            here=self._site.access.address,
            own=exhibit.share.owner == person.owner,
        )

    async def star(self, request: Request, person: Origin, form: FormData) -> Response:
        job_id = request.path_params["job_id"]
        await self._site.service.gallery.on_web(job_id)
        await self._site.service.gallery.star(job_id, person)
        return redirect(f"/clips/{job_id}")

    async def report(self, request: Request, person: Origin, form: FormData) -> Response:
        job_id = request.path_params["job_id"]
        await self._site.service.gallery.on_web(job_id)
        await self._site.service.moderation.report(job_id, person, text_of(form, "reason"))
        return redirect("/gallery?reported")

    def _pictures(self, exhibits: list[Exhibit], person: Origin) -> list[Picture]:
        texts, seal = Texts(person.locale), self._site.seal
        return [
            Picture(one.job.id, clip, _credit(texts, one), one.share.stars)
            for one in exhibits
            if (clip := clip_view(one.job, seal)) is not None
        ]


def _credit(texts: Texts, exhibit: Exhibit) -> tuple[str, ...]:
    name = exhibit.job.origin.person_name
    by = [texts.say("shared-by", person=name)] if name else []
    return (*by, *credit_lines(texts, exhibit.job))
