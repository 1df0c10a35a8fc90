"""Small things: what styles the page, who may index it, and what is kept of people."""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.web.media import file_response
from adapters.web.site import Site, redirect
from adapters.web.visitors import COOKIE
from bot.errors import JobGoneError
from bot.origin import Origin

STATIC = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# Who may not look can't see that it is not to be indexed (`adapters.web.headers`), nor what a link
# to a clip shows elsewhere.
ROBOTS = "User-agent: *\nAllow: /clips/\nAllow: /gallery\nAllow: /media/\nDisallow: /\n"


class Small:
    """The static files are read once: no request ever reaches for a file by its name."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._files = {path.name: path.read_bytes() for path in STATIC.iterdir()}

    def routes(self) -> list[Route]:
        site = self._site
        return [
            Route("/static/{name}", self.static),
            Route("/robots.txt", self.robots),
            Route("/privacy", site.public(self.privacy)),
            Route("/privacy/export", site.posted(self.export), methods=["POST"]),
            Route("/privacy/forget", site.posted(self.forget), methods=["POST"]),
        ]

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        content = self._files.get(name)
        if content is None:
            raise JobGoneError("web-not-found")
        headers = {"Cache-Control": "public, max-age=300"}
        return Response(content, media_type=TYPES[Path(name).suffix], headers=headers)

    async def robots(self, request: Request) -> Response:
        return PlainTextResponse(ROBOTS)

    async def privacy(self, request: Request, person: Origin) -> Response:
        lines = self._site.service.privacy.lines(person.locale)
        return self._site.page(request, "privacy.html", lines=lines)

    async def export(self, request: Request, person: Origin, form: FormData) -> Response:
        return await file_response(
            await self._site.service.personal.export(person), name="sketchlife.zip"
        )

    async def forget(self, request: Request, person: Origin, form: FormData) -> Response:
        """The cookie goes too: who comes back is somebody new."""
        await self._site.service.personal.forget([person.owner])
        response = redirect("/")
        response.delete_cookie(COOKIE)
        return response
