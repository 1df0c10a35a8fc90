"""The page of one clip, from its place in the queue to its buttons, and of the question before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from adapters.web.events import UNDER_WAY, Events
from adapters.web.fields import FIELDS
from adapters.web.looks import is_away
from adapters.web.media import SKETCH, clip_view, file_response, url_of
from adapters.web.site import Site, address_of
from bot.card import Action
from bot.cards.looking import Sight
from bot.errors import JobGoneError
from bot.origin import Origin
from bot.request import ClipFormat

DRAWN = (Action.CURVE, Action.KEY_FRAMES)
# What has a form of its own on the page.
NOT_PLAIN = frozenset({Action.TWEAK, Action.FORMATS, *DRAWN})


class Jobs:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._events = Events(site)

    def routes(self) -> list[Route]:
        return [
            Route("/jobs/{job_id}", self._site.private(self.page)),
            Route("/jobs/{job_id}/events", self._site.private(self.events)),
            Route("/jobs/{job_id}/preview/{step}", self._site.private(self.preview)),
        ]

    async def page(self, request: Request, person: Origin) -> Response:
        sight = self._with_newest(await self._look(request, person))
        card, job = sight.card, sight.job
        actions = {button.action for button in card.buttons}
        seen = job is not None and not is_away(card)
        return self._site.page(
            request,
            "job.html",
            card=card,
            live=card.state in UNDER_WAY,
            sketch=url_of(job, SKETCH, self._site.seal) if job and seen else "",
            clip=clip_view(job, self._site.seal) if job and card.clip and seen else None,
            plain=[one for one in card.buttons if one.action not in NOT_PLAIN],
            formats=list(ClipFormat) if Action.FORMATS in actions else [],
            drawings=[one for one in card.buttons if one.action in DRAWN],
            tweak=Action.TWEAK in actions,
            presets=await self._site.service.presets.names(person),
            fields=FIELDS,
            chosen=job.options if job else {},
            asked_of=sight.question.inspection if sight.question else None,
        )

    async def events(self, request: Request, person: Origin) -> Response:
        """The live part of the page at each change, until it ends."""
        address = address_of(request)
        self._site.pace.require_stream(address)
        sight = self._with_newest(await self._look(request, person))

        async def stream() -> AsyncIterator[str]:
            with self._site.pace.stream(address):
                async for event in self._events.of(sight.card, person):
                    yield event

        headers = {"X-Accel-Buffering": "no"}  # a proxy in front must not collect them
        return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)

    async def preview(self, request: Request, person: Origin) -> Response:
        """The newest picture of a clip that is being drawn, or a draft of it; else the sketch, as
        the drawing may have ended by the time that its last picture is asked for."""
        sight = self._with_newest(await self._look(request, person))
        if sight.question is not None:
            return await file_response(sight.question.inspection.picture)
        if sight.job is None or is_away(sight.card):
            raise JobGoneError
        return await file_response(sight.card.picture or sight.job.picture)

    async def _look(self, request: Request, person: Origin) -> Sight:
        return await self._site.service.looking.look(request.path_params["job_id"], person)

    def _with_newest(self, sight: Sight) -> Sight:
        """What was told last knows how far the drawing is."""
        newest = self._site.messenger.newest(sight.card.job_id)
        if newest is None or newest.state is not sight.card.state or newest.state not in UNDER_WAY:
            return sight
        return replace(sight, card=newest)
