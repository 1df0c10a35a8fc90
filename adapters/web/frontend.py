"""The page from its first request to the end: what `bot.app` starts."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from adapters.web.access import Access
from adapters.web.acts import Acts
from adapters.web.animate import Animate
from adapters.web.choosing import Choosing
from adapters.web.gallery import Gallery
from adapters.web.headers import StrictHeaders
from adapters.web.health import Health
from adapters.web.jobs import Jobs
from adapters.web.media import Media
from adapters.web.messenger import WebMessenger
from adapters.web.operate import Operate
from adapters.web.pace import Pace
from adapters.web.people import People
from adapters.web.seal import load_seal
from adapters.web.sessions import Sessions
from adapters.web.signing_in import SigningIn
from adapters.web.site import Site
from adapters.web.small import Small
from bot.errors import SettingsError, SketchlifeError
from bot.ports import Clock
from bot.service import Service

log = structlog.get_logger(__name__)

AT_ONCE = 1000  # connections; who comes after them is told to come again
GOODBYE_S = 3  # what is still being answered may take at the end
PARTS = (
    Animate,
    Choosing,
    Jobs,
    Acts,
    Gallery,
    Media,
    SigningIn,
    Operate,
    People,
    Health,
    Small,
)


class WebFrontend:
    """Its `messenger` is there at once, so that the house can be built around it. `tell` says
    where the page is, once it is there."""

    def __init__(
        self, access: Access, data_dir: Path, clock: Clock, tell: Callable[[str], object]
    ) -> None:
        self._access = access
        self._data_dir = data_dir
        self._clock = clock
        self._tell = tell
        self.messenger = WebMessenger()

    async def serve(self, service: Service) -> None:
        """Until cancelled. Raises `SettingsError` where it can't listen."""
        with _listening(self._access) as listener:
            access = replace(self._access, port=listener.getsockname()[1])  # 0 takes a free one
            site = Site(
                service=service,
                messenger=self.messenger,
                access=access,
                seal=load_seal(self._data_dir),
                clock=self._clock,
                pace=Pace(self._clock),
                sessions=Sessions(self._data_dir, self._clock),
            )
            server = _Server(_config(app_of(site)))
            serving = asyncio.create_task(server.serve([listener]), name="web server")
            log.info("web.ready", address=access.address)
            self._tell(access.address)
            try:
                await asyncio.shield(serving)
            finally:
                self.messenger.close()
                server.should_exit = True
                await serving


class _Server(uvicorn.Server):
    """Signals are the bot's to take."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def app_of(site: Site) -> Starlette:
    return Starlette(
        routes=[route for part in PARTS for route in part(site).routes()],
        middleware=[Middleware(StrictHeaders, secure=site.access.secure)],
        exception_handlers={
            SketchlifeError: site.answer_error,
            HTTPException: site.answer_http,
            Exception: site.answer_bug,
        },
    )


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        http="h11",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=GOODBYE_S,
        limit_concurrency=AT_ONCE,
    )


@contextmanager
def _listening(access: Access) -> Iterator[socket.socket]:
    """Raises `SettingsError`."""
    try:
        listener = socket.create_server((access.host, access.port))
    except OSError as error:
        key = "web-port-taken" if error.errno == errno.EADDRINUSE else "web-cannot-listen"
        where = f"{access.host}:{access.port}"
        raise SettingsError(key, where=where, reason=str(error)) from error
    with listener:
        yield listener
