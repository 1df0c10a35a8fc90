"""A small web server that Telegram calls, for who has a public address."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web

log = structlog.get_logger(__name__)

SECRET = "X-Telegram-Bot-Api-Secret-Token"
LARGEST_BYTES = 4 * 2**20
ANSWER_S = 30.0  # then Telegram sends it once more

Put = Callable[[Sequence[dict[str, Any]]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Hook:
    """`url` is what Telegram calls; `host` and `port` where that arrives on this machine, behind
    whatever speaks TLS there."""

    url: str
    host: str
    port: int
    secret: str = field(repr=False)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path or "/"


def secret_of(token: str) -> str:
    """Who knows it knows the token: nothing more has to be set up or kept."""
    return hmac.new(token.encode(), b"webhook", "sha256").hexdigest()


@asynccontextmanager
async def listening(hook: Hook, put: Put) -> AsyncIterator[int]:
    """Yields the port. An update is answered once it is written down: until then Telegram keeps
    it, and calls again."""

    async def receive(request: web.Request) -> web.Response:
        said = request.headers.get(SECRET, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(said, hook.secret.encode()):
            return web.Response(status=403)
        try:
            update = json.loads(await request.read())
            known = isinstance(update["update_id"], int)
        except (ValueError, TypeError, KeyError):
            known = False
        if not known:
            log.warning("telegram.strange_call")
            return web.Response(status=400)
        try:
            async with asyncio.timeout(ANSWER_S):
                await put([update])
        except TimeoutError:
            return web.Response(status=503)
        return web.Response()

    app = web.Application(client_max_size=LARGEST_BYTES)
    app.router.add_post(hook.path, receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, hook.host, hook.port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
