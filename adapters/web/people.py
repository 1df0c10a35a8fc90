"""Who uses the bot, and where: their limits, and who stays out; for whoever runs it."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.web.forms import text_of
from adapters.web.site import Site, redirect
from bot.asking.choices import DEFAULT
from bot.errors import JobGoneError
from bot.origin import Origin
from bot.preferences import PersonSettings
from bot.reports import Blocked

HERE = "/operate/people"


class People:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        site = self._site
        return [
            Route(HERE, site.private(self.page)),
            Route(f"{HERE}/person", site.operated(self.person), methods=["POST"]),
            Route(f"{HERE}/place", site.operated(self.place), methods=["POST"]),
            Route(f"{HERE}/block", site.operated(self.block), methods=["POST"]),
            Route(f"{HERE}/unblock", site.operated(self.unblock), methods=["POST"]),
        ]

    async def page(self, request: Request, person: Origin) -> Response:
        service = self._site.service
        everybody = await service.operating.census.everybody(person)
        return self._site.page(
            request,
            "people.html",
            people=everybody.people,
            places=everybody.places,
            ceilings=everybody.ceilings,
            nobody=PersonSettings(),
            blocks=await service.moderation.blocks(person),
        )

    async def person(self, request: Request, person: Origin, form: FormData) -> Response:
        await self._site.service.operating.census.limit_person(
            person, text_of(form, "who"), _limits_in(form)
        )
        return redirect(HERE)

    async def place(self, request: Request, person: Origin, form: FormData) -> Response:
        typed = _limits_in(form) | {"pause": text_of(form, "pause") or "off"}
        await self._site.service.operating.census.limit_place(person, text_of(form, "who"), typed)
        return redirect(HERE)

    async def block(self, request: Request, person: Origin, form: FormData) -> Response:
        await self._site.service.moderation.block_person(person, text_of(form, "who"))
        return redirect(HERE)

    async def unblock(self, request: Request, person: Origin, form: FormData) -> Response:
        """`kind` and `value` as the list of blocks has them; or `who`, whom it does not name."""
        moderation, kind = self._site.service.moderation, text_of(form, "kind")
        if who := text_of(form, "who"):
            await moderation.unblock_person(person, who)
        elif kind in list(Blocked):
            await moderation.unblock(person, Blocked(kind), text_of(form, "value"))
        else:
            raise JobGoneError("answer-gone")
        return redirect(HERE)


def _limits_in(form: FormData) -> dict[str, str]:
    """An empty field is the limit of everybody."""
    return {name: text_of(form, name) or DEFAULT for name in ("waiting", "gpu_seconds")}
