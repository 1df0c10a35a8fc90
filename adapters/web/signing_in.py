"""Signing in with the operator's token or an invitation, and out again."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.web.forms import text_of
from adapters.web.pace import Kind
from adapters.web.site import Endpoint, Site, own_path, redirect, visitor_of
from adapters.web.visitors import COOKIE, Visitor, read_invitation, signed_in
from bot.origin import Origin

OPERATOR = "operator"  # the name of who has the token


class SigningIn:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        site = self._site
        return [
            Route("/sign-in", site.public(self.page)),
            Route("/sign-in", self._posted(), methods=["POST"]),
            Route("/sign-out", site.posted(self.sign_out), methods=["POST"]),
        ]

    async def page(self, request: Request, person: Origin) -> Response:
        """A link is not enough, as programs follow links too: whoever was invited says yes."""
        query = request.query_params
        return self._form(request, query.get("next", ""), invitation=query.get("invitation", ""))

    async def sign_in(self, request: Request, person: Origin, form: FormData) -> Response:
        visitor = self._visitor(form)
        if visitor is None:
            wrong, status = "web-sign-in-wrong", HTTPStatus.FORBIDDEN
            return self._form(request, text_of(form, "next"), status, wrong=wrong)
        response = redirect(own_path(text_of(form, "next")))
        self._site.set_cookie(response, visitor)
        return response

    async def sign_out(self, request: Request, person: Origin, form: FormData) -> Response:
        """Of this device alone, and for good: the cookie opens nothing any more."""
        await self._site.sessions.end(visitor_of(request))
        response = redirect("/gallery")
        response.delete_cookie(COOKIE)
        return response

    def _form(
        self,
        request: Request,
        next: str,
        status: HTTPStatus = HTTPStatus.OK,
        *,
        invitation: str = "",
        wrong: str = "",
    ) -> Response:
        """`wrong` is what is said of the last try."""
        return self._site.page(
            request,
            "sign_in.html",
            status,
            invitation=invitation,
            next=own_path(next),
            wrong=wrong,
        )

    def _posted(self) -> Endpoint:
        return self._site.posted(self.sign_in, Kind.SIGN_IN, for_everybody=True)

    def _visitor(self, form: FormData) -> Visitor | None:
        now = self._site.clock.now()
        if sealed := text_of(form, "invitation"):
            return read_invitation(self._site.seal, sealed, now)
        if self._site.access.is_admin_token(text_of(form, "token")):
            return signed_in(OPERATOR, True, now)
        return None
