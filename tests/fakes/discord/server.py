"""One Discord on loopback: REST, gateway and CDN on one port, and what goes wrong with them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self
from unittest.mock import patch

import discord
import yarl
from aiohttp import web

from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.payloads import MIB, Payload, snowflake, user
from tests.fakes.discord.recorded import Recorded, record
from tests.fakes.discord.rest import RefusedError, Rest
from tests.fakes.discord.schema import SPEC, faults_of

GUARD_S = 30.0  # against hanging, nothing else
CONTENT_INTENT = 1 << 19  # the application's flag: its switch is on, and it is in few guilds
TOKEN = "bot-token-that-nobody-may-see"


@dataclass
class Accident:
    """What befalls the next request of this kind. `held` answers only once it is let go, after
    it has done what was asked; otherwise it is refused, and nothing is done."""

    method: str
    path: re.Pattern[str]
    refusal: RefusedError | None
    with_files: bool = False
    let_go: asyncio.Event | None = None

    def befalls(self, request: Recorded) -> bool:
        return (
            self.method == request.method
            and self.path.search(request.path) is not None
            and (bool(request.files) or not self.with_files)
        )


class FakeDiscord:
    """An async context manager. Every request is kept in `requests`; on leaving, each is held to
    the platform's schema where that is at hand. `cdn_failures` are the statuses that the next
    downloads are answered with, `cdn_detour` an address that they are sent to instead, and while
    `cdn_drips` their bytes take for ever."""

    def __init__(self, *, reads_messages: bool = True) -> None:
        flags = CONTENT_INTENT if reads_messages else 0
        self.bot = user("sketchlife", bot=True)
        self.rest = Rest(self.bot, flags, self._store)
        self.gateway = Gateway(TOKEN, self.bot, flags)
        self.requests: list[Recorded] = []
        self.held: list[Recorded] = []
        self.cdn_failures: list[int] = []
        self.cdn_detour = ""
        self.cdn_drips = False
        self._accidents: list[Accident] = []
        self._blobs: dict[str, bytes] = {}
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=200 * MIB)
        app.router.add_get("/gateway", self.gateway.connected)
        app.router.add_get("/cdn/{key:.*}", self._download)
        app.router.add_route("*", "/api/v10/{path:.*}", self._called)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()
        if exc[0] is None and SPEC is not None:
            faults = [fault for each in self.requests for fault in faults_of(each)]
            assert not faults, "\n".join(faults)

    async def stop(self) -> None:
        """From now on nobody answers. Twice is as good."""
        assert self._runner is not None
        for accident in self._accidents:
            if accident.let_go is not None:
                accident.let_go.set()
        await self.gateway.leave()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add_guild(self, guild: Payload) -> None:
        """With all its channels, before the bot is there."""
        self.gateway.guilds.append(guild)
        self.rest.guilds[guild["id"]] = guild
        self.rest.channels |= {each["id"]: each for each in guild["channels"]}

    def download(self, url: str) -> bytes:
        """The bytes behind an attachment's address."""
        return self._blobs[url.removeprefix(f"{self.url}/cdn/")]

    def refuse(
        self, method: str, path: str, *refusals: RefusedError, with_files: bool = False
    ) -> None:
        """The next requests of this kind are refused, one each."""
        pattern = re.compile(path)
        self._accidents += [Accident(method, pattern, each, with_files) for each in refusals]

    def hold(self, method: str, path: str, *, with_files: bool = False) -> asyncio.Event:
        """The next request of this kind is done but answered only once the event is set."""
        let_go = asyncio.Event()
        self._accidents.append(Accident(method, re.compile(path), None, with_files, let_go))
        return let_go

    def sent(self, method: str, path: str) -> list[Recorded]:
        """The requests of this kind, oldest first."""
        pattern = re.compile(path)
        return [
            each for each in self.requests if each.method == method and pattern.search(each.path)
        ]

    def forget(self) -> None:
        """What was said so far, which nobody asks for any more."""
        self.requests.clear()
        self.rest.interactions.clear()
        for session in self.gateway.sessions.values():
            session.events = [{} for _ in session.events]  # their numbers go on

    async def until(self, true: Callable[[], Any]) -> None:
        async with asyncio.timeout(GUARD_S):
            while not true():
                await asyncio.sleep(0.005)

    def _store(self, name: str, content: bytes) -> str:
        key = f"{snowflake()}/{name}"
        self._blobs[key] = content
        return f"{self.url}/cdn/{key}"

    async def _download(self, request: web.Request) -> web.StreamResponse:
        if self.cdn_failures:
            return web.Response(status=self.cdn_failures.pop(0))
        if self.cdn_detour:
            raise web.HTTPFound(self.cdn_detour)
        content = self._blobs.get(request.match_info["key"])
        if content is None:
            return web.Response(status=404)
        return await self._drip(request) if self.cdn_drips else web.Response(body=content)

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"x")
        await asyncio.Event().wait()
        return response

    async def _called(self, request: web.Request) -> web.Response:
        called = await record(request, "/" + request.match_info["path"])
        self.requests.append(called)
        accident = next((each for each in self._accidents if each.befalls(called)), None)
        try:
            if accident is not None:
                self._accidents.remove(accident)
                if accident.refusal is not None:
                    raise accident.refusal
            if called.token and called.token != TOKEN:
                raise RefusedError(401, 0, "401: Unauthorized")
            answer = self.rest.answer(called)
        except RefusedError as refusal:
            return _json(refusal.body, refusal.status, refusal.headers)
        if accident is not None and accident.let_go is not None:
            self.held.append(called)
            await accident.let_go.wait()
        return web.Response(status=204) if answer is None else _json(answer)


def rate_limited(retry_after_s: float) -> RefusedError:
    more = {"retry_after": retry_after_s, "global": False}
    return RefusedError(429, 0, "You are being rate limited.", **more)


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """The library takes any other content type, with a charset even, for text."""
    said = {"Content-Type": "application/json"} | (headers or {})
    return web.Response(body=json.dumps(body).encode(), status=status, headers=said)


@contextmanager
def called_instead_of_discord(url: str) -> Iterator[None]:
    """The library, unmodified, talks to the server there."""
    gateway = yarl.URL(url.replace("http", "ws", 1) + "/gateway")
    with (
        patch.object(discord.http.Route, "BASE", f"{url}/api/v10"),
        patch.object(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway),
    ):
        yield
