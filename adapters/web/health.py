"""For who watches over the machine: whether it lives, whether it is ready, and its figures."""

from __future__ import annotations

from http import HTTPStatus

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from adapters.web.metrics import in_text
from adapters.web.pace import Kind
from adapters.web.site import Site
from bot.errors import NotAllowedError
from bot.origin import Origin

BEARER = "Bearer "


class Health:
    """The first two tell nothing of anybody and are open; the figures are the operator's."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Route("/metrics", self._site.public(self.metrics, Kind.LOOK)),
        ]

    async def alive(self, request: Request) -> Response:
        """The process answers."""
        return PlainTextResponse("ok\n")

    async def ready(self, request: Request) -> Response:
        """And so do the database, the workers and the platforms."""
        readiness = await self._site.service.operating.watching.readiness()
        status = HTTPStatus.OK if readiness.ready else HTTPStatus.SERVICE_UNAVAILABLE
        told = {
            "database": readiness.database,
            "workers": dict(readiness.workers),
            "platforms": dict(readiness.platforms),
        }
        return JSONResponse(told, status)

    async def metrics(self, request: Request, person: Origin) -> Response:
        self._require_operator(request, person)
        vitals = await self._site.service.operating.watching.vitals()
        return Response(in_text(vitals), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    def _require_operator(self, request: Request, person: Origin) -> None:
        """Signed in, or with the token; where only this machine can ask, whoever asks. Raises
        `NotAllowedError`."""
        access, said = self._site.access, request.headers.get("authorization", "")
        token = said.removeprefix(BEARER) if said.startswith(BEARER) else ""
        if not (access.open or person.rights.operator or access.is_admin_token(token)):
            raise NotAllowedError("operator-only")
