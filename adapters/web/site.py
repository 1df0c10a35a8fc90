"""What every part of the page shares: who is there, how a page is made, and who answers errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
import structlog
from starlette.datastructures import URL, FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from adapters.web.access import Access
from adapters.web.forms import NUL, TooHeavyError, csrf_token, read_form
from adapters.web.looks import LOOKS
from adapters.web.messenger import WebMessenger
from adapters.web.pace import Kind, Pace
from adapters.web.seal import Seal
from adapters.web.sessions import Sessions
from adapters.web.visitors import (
    COOKIE,
    COOKIE_S,
    NOBODY,
    Visitor,
    cookie_of,
    locale_of,
    newcomer,
    read_cookie,
)
from bot.clip import Renderer
from bot.errors import (
    JobGoneError,
    LimitError,
    MachineError,
    NotAllowedError,
    PersonError,
    SketchlifeError,
    StoreError,
)
from bot.origin import Origin
from bot.ports import Clock
from bot.service import Service
from bot.texts import Texts

Endpoint = Callable[[Request], Awaitable[Response]]
Handler = Callable[[Request, Origin], Awaitable[Response]]
Poster = Callable[[Request, Origin, FormData], Awaitable[Response]]

log = structlog.get_logger(__name__)

MOST_PAGES = 1000
TEMPLATES = Path(__file__).parent / "templates"
STATUS = {
    TooHeavyError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotAllowedError: HTTPStatus.FORBIDDEN,
    JobGoneError: HTTPStatus.NOT_FOUND,
    LimitError: HTTPStatus.TOO_MANY_REQUESTS,
    PersonError: HTTPStatus.UNPROCESSABLE_ENTITY,
    MachineError: HTTPStatus.SERVICE_UNAVAILABLE,
}


class SignInError(NotAllowedError):
    """The page is not for everybody who can reach it."""

    default_key = "web-sign-in-first"


def _templates() -> jinja2.Environment:
    """Read once: an upgrade may put others there, which this process has no words for."""
    read = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html")}
    templates = jinja2.Environment(
        loader=jinja2.DictLoader(read),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals |= LOOKS
    return templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    service: Service
    messenger: WebMessenger
    access: Access
    seal: Seal
    clock: Clock
    pace: Pace
    sessions: Sessions
    templates: jinja2.Environment = field(default_factory=_templates)

    def public(self, handler: Handler, kind: Kind = Kind.LOOK) -> Endpoint:
        """For everybody who can reach the page."""

        async def answer(request: Request) -> Response:
            await self._enter(request, kind)
            return await handler(request, self.origin(request))

        return answer

    def private(self, handler: Handler, kind: Kind = Kind.LOOK) -> Endpoint:
        """For this machine alone, or for who signed in."""

        async def answer(request: Request) -> Response:
            self._require_known(await self._enter(request, kind))
            return await handler(request, self.origin(request))

        return answer

    def posted(
        self, handler: Poster, kind: Kind = Kind.ACT, *, for_everybody: bool = False
    ) -> Endpoint:
        """For forms that our own pages sent; as `private`, unless they are how one comes in."""

        async def answer(request: Request) -> Response:
            visitor = await self._enter(request, kind)
            if not for_everybody:
                self._require_known(visitor)
            try:
                form = await read_form(request, self.access, self.seal, visitor)
                return await handler(request, self.origin(request), form)
            finally:
                await request.close()  # and with it the files of the form

        return answer

    def operated(self, handler: Poster) -> Endpoint:
        """As `posted`, for whoever runs the bot alone, whatever else what it asks for allows."""

        async def answer(request: Request, person: Origin, form: FormData) -> Response:
            if not person.rights.operator:
                raise NotAllowedError("operator-only")
            return await handler(request, person, form)

        return self.posted(answer)

    def origin(self, request: Request) -> Origin:
        return visitor_of(request).origin(language_here(request))

    def page(
        self, request: Request, name: str, status: int = HTTPStatus.OK, **context: Any
    ) -> Response:
        texts, visitor = Texts(language_here(request)), visitor_of(request)
        html = self.templates.get_template(name).render(
            say=texts.say,
            language=texts.language,
            visitor=visitor,
            csrf=csrf_token(self.seal, visitor),
            path=request.url.path,
            back=self._back(request),
            access=self.access,
            preview_alone=self.service.renderer is Renderer.PREVIEW,
            **context,
        )
        response = Response(html, status, media_type="text/html")
        if visitor.fresh:
            self.set_cookie(response, visitor)
        return response

    def fragment(self, name: str, locale: str, **context: Any) -> str:
        """A part of a page, for who has the page already."""
        return self.templates.get_template(name).render(say=Texts(locale).say, csrf="", **context)

    def set_cookie(self, response: Response, visitor: Visitor) -> None:
        response.set_cookie(
            COOKIE,
            cookie_of(visitor, self.seal),
            max_age=COOKIE_S,
            httponly=True,
            samesite="lax",
            secure=self.access.secure,
        )

    async def answer_error(self, request: Request, error: Exception) -> Response:
        """The one place that tells a person what went wrong."""
        assert isinstance(error, SketchlifeError)
        if isinstance(error, MachineError):
            log.warning("web.failed", path=request.url.path, error=str(error))
        if isinstance(error, SignInError) and request.method == "GET":
            return RedirectResponse(
                f"/sign-in?next={quote(request.url.path)}", HTTPStatus.SEE_OTHER
            )
        status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
        said = Texts(language_here(request)).say(error.key, **error.args_of_text)
        return self._say(request, status, said, _headers_of(error))

    async def answer_http(self, request: Request, error: Exception) -> Response:
        """What the router and the parser of forms say themselves."""
        status = getattr(error, "status_code", HTTPStatus.BAD_REQUEST)
        texts = Texts(language_here(request))
        known = status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
        said = texts.say("web-not-found") if known else texts.say("web-not-understood")
        return self._say(request, status, said, getattr(error, "headers", None) or {})

    async def answer_bug(self, request: Request, error: Exception) -> Response:
        said = Texts(language_here(request)).say("error-machine")
        return self._say(request, HTTPStatus.INTERNAL_SERVER_ERROR, said, {})

    def _back(self, request: Request) -> str:
        """Where a form leads back to; from a page that was made by a form, to the one before it."""
        return _path_of(request.url) if request.method == "GET" else self._came_from(request) or "/"

    def _came_from(self, request: Request) -> str:
        """The page of ours that led here; empty where none did."""
        address = request.headers.get("referer", "")
        if not self.access.is_ours(address, request):
            return ""
        url = URL(address)
        return own_path(_path_of(url)) if url.path != request.url.path else ""

    def _say(
        self, request: Request, status: int, said: str, headers: Mapping[str, str]
    ) -> Response:
        response: Response
        if "application/json" in request.headers.get("accept", ""):
            response = JSONResponse({"error": said}, status)
        else:
            request.scope.setdefault("state", {}).setdefault("visitor", NOBODY)
            came_from = self._came_from(request)
            response = self.page(request, "error.html", status, said=said, came_from=came_from)
        response.headers.update(headers)
        return response

    async def _enter(self, request: Request, kind: Kind) -> Visitor:
        self.access.require_host(request)
        if NUL in request.scope["path"]:
            raise JobGoneError("web-not-found")
        self.pace.take(address_of(request), kind)
        visitor = read_cookie(request, self.seal, self.clock.now())
        if visitor is not None and self.sessions.is_over(visitor):
            visitor = None
        if visitor is None or (not visitor.signed_in and not self.access.open):
            visitor = newcomer() if self.access.open else NOBODY
        request.state.visitor = visitor
        request.state.chosen_language = await self._chosen_language(visitor)
        return visitor

    async def _chosen_language(self, visitor: Visitor) -> str:
        """Empty: the browser's. A newcomer can't have chosen yet."""
        if not visitor.id or visitor.fresh:
            return ""
        try:
            return (await self.service.community.person(visitor.origin(""))).language
        except StoreError:
            return ""

    def _require_known(self, visitor: Visitor) -> None:
        if not visitor.id:
            raise SignInError


def visitor_of(request: Request) -> Visitor:
    visitor: Visitor = request.state.visitor
    return visitor


def language_here(request: Request) -> str:
    """What the person chose, else what their browser asks for."""
    return getattr(request.state, "chosen_language", "") or locale_of(request)


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def page_number(request: Request) -> int:
    """From 0, of a list in pages."""
    typed = request.query_params.get("page", "0")
    known = typed.isascii() and typed.isdecimal() and len(typed) <= len(str(MOST_PAGES))
    return min(int(typed), MOST_PAGES) if known else 0


def redirect(path: str) -> Response:
    """After a form: what reloads then is a page, not the form."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def own_path(path: str) -> str:
    """Of this page and no other site's."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


def wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _path_of(url: URL) -> str:
    return f"{url.path}?{url.query}" if url.query else url.path


def _headers_of(error: SketchlifeError) -> dict[str, str]:
    if isinstance(error, TooHeavyError):
        return {"Connection": "close"}
    seconds = error.args_of_text.get("seconds")
    return {} if seconds is None else {"Retry-After": str(seconds)}
