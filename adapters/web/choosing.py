"""What people choose for more than one clip: their language, and settings by a name."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.web.fields import filled_in, options_in
from adapters.web.forms import text_of
from adapters.web.site import Site, own_path, redirect, wants_json
from bot.asking.presets import PRESET
from bot.origin import Origin


class Choosing:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        site = self._site
        return [
            Route("/language", site.posted(self.language), methods=["POST"]),
            Route("/presets/{name}", site.private(self.preset)),
            Route("/presets", site.posted(self.keep), methods=["POST"]),
            Route("/presets/drop", site.posted(self.drop), methods=["POST"]),
        ]

    async def language(self, request: Request, person: Origin, form: FormData) -> Response:
        """The same one that a chat asks for, and as lasting."""
        chosen = {"language": text_of(form, "language")}
        await self._site.service.community.change_person(person, chosen)
        return redirect(own_path(text_of(form, "next")))

    async def preset(self, request: Request, person: Origin) -> Response:
        """What the fields of the form show under it."""
        options = await self._site.service.presets.get(person, request.path_params["name"])
        return JSONResponse(filled_in(options))

    async def keep(self, request: Request, person: Origin, form: FormData) -> Response:
        options = options_in(form)
        options.pop(PRESET, None)
        kept = await self._site.service.presets.save(person, text_of(form, "keep"), options)
        return await self._as_they_are(request, person, kept)

    async def drop(self, request: Request, person: Origin, form: FormData) -> Response:
        await self._site.service.presets.drop(person, text_of(form, "drop"))
        return await self._as_they_are(request, person)

    async def _as_they_are(self, request: Request, person: Origin, chosen: str = "") -> Response:
        """A picture that was chosen already stays so: a script puts this into the page that it
        is on."""
        if not wants_json(request):
            return redirect("/")
        names = await self._site.service.presets.names(person)
        html = self._site.fragment("presets.html", person.locale, presets=names, preset=chosen)
        return JSONResponse({"html": html})
