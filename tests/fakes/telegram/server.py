"""A Bot API server on loopback: chats that remember, updates that wait, and every accident."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.fakes.telegram import schema
from tests.fakes.telegram.chats import Chats, Refusal

TOKEN = "4242:" + "A" * 35
BOT = {"id": 4242, "is_bot": True, "first_name": "Sketchlife", "username": "sketchlife_bot"}
TEXTS = ("text", "caption", "url", "secret_token", "callback_query_id", "file_id")
JSON_START = "{[tf-0123456789"


@dataclass(frozen=True)
class Call:
    method: str
    params: dict[str, Any]
    files: dict[str, bytes]


@dataclass(frozen=True)
class Accident:
    """What happens to a request in place of its answer; `done_first`: it takes effect all the
    same, and only the answer is lost. `status` 0 cuts the connection."""

    status: int = 0
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    done_first: bool = False


def flood(seconds: int) -> Accident:
    text = f"Too Many Requests: retry after {seconds}"
    return Accident(429, text, {"retry_after": seconds})


@dataclass
class FakeTelegram:
    """`accidents` befall the next calls of a method, one each; `hold` keeps answers to a method
    back until its event is set; `disk` is where a server of one's own lays files down, in place of
    handing them over. `calls` is everything that was asked, `faults` what the schema
    has against it."""

    chats: Chats = field(default_factory=Chats)
    accidents: dict[str, deque[Accident]] = field(default_factory=lambda: defaultdict(deque))
    hold: dict[str, asyncio.Event] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    uploads: dict[str, bytes] = field(default_factory=dict)  # file id: content
    waiting: list[dict[str, Any]] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)  # numbers of all updates
    presses: list[str] = field(default_factory=list)  # ids of what has to be answered
    largest_bytes: int = 50 * 2**20
    disk: Path | None = None
    webhook: dict[str, Any] = field(default_factory=dict)
    port: int = 0
    fetched: int = 0  # files that were handed over
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _update_id: int = 700_000
    _polls: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    async def send_update(self, **update: Any) -> int:
        """What happened in a chat, for the bot to fetch; its number."""
        self._update_id += 1
        self.sent.append(self._update_id)
        async with self._news:
            self.waiting.append({"update_id": self._update_id, **update})
            self._news.notify_all()
        return self._update_id

    def keep(self, content: bytes) -> str:
        """A file that a message may speak of."""
        file_id = f"file-{len(self.uploads)}"
        self.uploads[file_id] = content
        return file_id

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return _failure(401, "Unauthorized")
        call = await _read(request)
        self.calls.append(call)
        self.faults += schema.faults(call.method, call.params, call.files)
        accidents = self.accidents[call.method]
        accident = accidents.popleft() if accidents else None
        if accident is None or accident.done_first:
            response = await self._respond(call)
        if call.method in self.hold:
            await self.hold[call.method].wait()
        if accident is None:
            return response
        if accident.status == 0:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return _failure(accident.status, accident.description, accident.parameters)

    async def download(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return _failure(401, "Unauthorized")
        self.fetched += 1
        return web.Response(body=self.uploads[request.match_info["file_id"]])

    async def _respond(self, call: Call) -> web.StreamResponse:
        if call.method == "getUpdates":
            return await self._updates(call.params)
        if sum(map(len, call.files.values())) > self.largest_bytes:
            return _failure(413, "Request Entity Too Large")
        try:
            return _success(self._result(call))
        except Refusal as refusal:
            return _failure(refusal.status, refusal.description, refusal.parameters)

    def _result(self, call: Call) -> Any:
        match call.method:
            case "getMe":
                return BOT | {"can_join_groups": True, "can_read_all_group_messages": False}
            case "getFile":
                file_id = call.params["file_id"]
                if self.disk is not None:
                    path = self.disk / file_id
                    path.write_bytes(self.uploads[file_id])
                    return {"file_id": file_id, "file_unique_id": file_id, "file_path": str(path)}
                size_bytes = len(self.uploads[file_id])
                if size_bytes > 20 * 2**20:
                    raise Refusal(400, "Bad Request: file is too big")
                file = {"file_id": file_id, "file_unique_id": file_id, "file_path": file_id}
                return file | {"file_size": size_bytes}
            case "setWebhook" | "deleteWebhook":
                self.webhook = dict(call.params)
                return True
            case _:
                return self.chats.apply(call.method, call.params, call.files, self.keep)

    async def _updates(self, params: Mapping[str, Any]) -> web.StreamResponse:
        """As the real one: an offset confirms what is before it, a second poll ends the first
        with a conflict, and who has itself called may not ask."""
        if self.webhook.get("url"):
            return _failure(409, "Conflict: can't use getUpdates method while webhook is active")
        self._polls += 1
        mine = self._polls
        async with self._news:
            self._news.notify_all()
            offset = params.get("offset")
            if offset is not None:
                self.waiting = [one for one in self.waiting if one["update_id"] >= offset]
            try:
                async with asyncio.timeout(params.get("timeout", 0)):
                    await self._news.wait_for(lambda: self.waiting or self._polls != mine)
            except TimeoutError:
                return _success([])
            if self._polls != mine:
                return _failure(409, "Conflict: terminated by other getUpdates request")
            return _success(self.waiting[: params.get("limit", 100)])


@asynccontextmanager
async def serving(fake: FakeTelegram) -> AsyncIterator[FakeTelegram]:
    app = web.Application(client_max_size=2**30)
    app.router.add_route("*", "/bot{token}/{method}", fake.answer)
    app.router.add_get("/file/bot{token}/{file_id}", fake.download)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.port = runner.addresses[0][1]
    try:
        yield fake
    finally:
        await runner.cleanup()


async def _read(request: web.Request) -> Call:
    """Parameters come as a form: numbers and objects as JSON, texts as they are."""
    params: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            with value.file as file:
                files[name] = file.read()
        else:
            params[name] = _read_value(name, str(value))
    return Call(request.match_info["method"], params, files)


def _read_value(name: str, text: str) -> Any:
    if name in TEXTS or text[:1] not in JSON_START:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _success(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _failure(
    status: int, description: str, parameters: Mapping[str, Any] | None = None
) -> web.Response:
    body = {"ok": False, "error_code": status, "description": description}
    more = {"parameters": dict(parameters)} if parameters else {}
    return web.json_response(body | more, status=status)
