"""The gateway's half: hello, identify or resume, events in order, and the ways it breaks off."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from tests.fakes.discord.payloads import Payload, snowflake

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, INVALID, HELLO, ACK = 0, 1, 2, 6, 9, 10, 11
HEARTBEAT_MS = 41_250
AUTHENTICATION_FAILED, DISALLOWED_INTENTS = 4004, 4014
MESSAGE_CONTENT = 1 << 15


@dataclass
class Session:
    """Every event that it had, by its sequence number, so that a resume has the rest."""

    id: str = field(default_factory=snowflake)
    events: list[Payload] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None
    transport: asyncio.Transport | None = None

    def record(self, name: str, data: Any) -> Payload:
        event = {"op": DISPATCH, "s": len(self.events) + 1, "t": name, "d": data}
        self.events.append(event)
        return event

    async def close(self, code: int) -> None:
        """Goodbye, with the reason as a code."""
        if self.socket is not None:
            await self.socket.close(code=code)

    async def send(self, name: str, data: Any) -> None:
        """Recorded while there is no socket, for whoever resumes."""
        event = self.record(name, data)
        if self.socket is not None and not self.socket.closed:
            await self.socket.send_json(event)


class Gateway:
    """`identified` and `resumed` are what the bot said at each; the next connections are refused,
    as many as it is `away` for."""

    def __init__(self, token: str, bot: Payload, flags: int) -> None:
        self.sessions: dict[str, Session] = {}
        self.identified: list[Payload] = []
        self.resumed: list[Payload] = []
        self.guilds: list[Payload] = []
        self.flags = flags
        self.away = 0
        self._token = token
        self._bot = bot

    @property
    def session(self) -> Session:
        return list(self.sessions.values())[-1]

    async def dispatch(self, name: str, data: Any) -> None:
        await self.session.send(name, data)

    def drop(self) -> None:
        """The cable is pulled: no goodbye."""
        assert self.session.transport is not None, "nobody is connected"
        self.session.transport.abort()
        self.session.socket = None

    async def connected(self, request: web.Request) -> web.StreamResponse:
        if self.away:
            self.away -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": HEARTBEAT_MS}})
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._hear(socket, message.json(), request)
        except ConnectionResetError:  # it was dropped while an answer was on its way
            pass
        return socket

    async def _hear(
        self, socket: web.WebSocketResponse, said: Payload, request: web.Request
    ) -> None:
        if said["op"] == HEARTBEAT:
            await socket.send_json({"op": ACK})
        elif said["op"] == IDENTIFY:
            await self._identify(socket, said["d"], request)
        elif said["op"] == RESUME:
            await self._resume(socket, said["d"], request)

    async def _identify(
        self, socket: web.WebSocketResponse, said: Payload, request: web.Request
    ) -> None:
        self.identified.append(said)
        if said["token"] != self._token:
            await socket.close(code=AUTHENTICATION_FAILED)
            return
        if said["intents"] & MESSAGE_CONTENT and not self.flags:
            await socket.close(code=DISALLOWED_INTENTS)
            return
        session = Session(socket=socket, transport=request.transport)
        self.sessions[session.id] = session
        waiting = [{"id": guild["id"], "unavailable": True} for guild in self.guilds]
        ready = {
            "v": 10,
            "user": self._bot,
            "guilds": waiting,
            "session_id": session.id,
            "resume_gateway_url": str(request.url.origin()).replace("http", "ws", 1) + "/gateway",
            "application": {"id": self._bot["id"], "flags": self.flags},
        }
        await session.send("READY", ready)
        for guild in self.guilds:
            await session.send("GUILD_CREATE", guild)

    async def _resume(
        self, socket: web.WebSocketResponse, said: Payload, request: web.Request
    ) -> None:
        self.resumed.append(said)
        session = self.sessions.get(said["session_id"])
        if session is None:
            await socket.send_json({"op": INVALID, "d": False})
            return
        for event in session.events[said["seq"] :]:
            await socket.send_json(event)
        session.socket, session.transport = socket, request.transport
        await session.send("RESUMED", {"_trace": []})

    async def leave(self) -> None:
        """The end of the test."""
        for session in self.sessions.values():
            if session.socket is not None:
                await session.socket.close(code=WSCloseCode.GOING_AWAY)
