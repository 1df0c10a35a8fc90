"""A forwarding HTTP proxy on loopback, which asks for a name and a password."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, encode_basic_auth, web

NAME, PASSWORD = "me", "hunter2"
AUTH = encode_basic_auth(NAME, PASSWORD)  # as it goes over the wire
ELSEWHERE = "http://telegram.invalid"  # a host that only the proxy finds
HOP_BY_HOP = {"connection", "proxy-authorization", "transfer-encoding", "content-length", "host"}


@dataclass
class FakeProxy:
    """`through` are the last parts of the paths that were asked for, such as "getMe"."""

    port: int = 0
    through: list[str] = field(default_factory=list)

    def url(self, password: str = PASSWORD) -> str:
        return f"http://{NAME}:{password}@127.0.0.1:{self.port}"


@asynccontextmanager
async def forwarding(to: str) -> AsyncIterator[FakeProxy]:
    """Whatever is asked of `ELSEWHERE` is asked of `to`, and nothing else is."""
    proxy = FakeProxy()

    async def forward(request: web.BaseRequest) -> web.StreamResponse:
        if request.headers.get("Proxy-Authorization") != AUTH:
            return web.Response(status=407)
        asked = urlsplit(request.raw_path)
        if f"{asked.scheme}://{asked.netloc}" != ELSEWHERE:
            return web.Response(status=502)
        proxy.through.append(asked.path.rpartition("/")[2])
        headers = {k: v for k, v in request.headers.items() if k.lower() not in HOP_BY_HOP}
        body = await request.read()
        try:
            async with client.request(
                request.method, f"{to}{asked.path}", headers=headers, data=body
            ) as answer:
                content = await answer.read()
        except ClientError:
            return web.Response(status=502)
        return web.Response(status=answer.status, body=content, content_type=answer.content_type)

    async with ClientSession(timeout=ClientTimeout(total=None)) as client:
        runner = web.ServerRunner(web.Server(forward, access_log=None), shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        proxy.port = runner.addresses[0][1]
        try:
            yield proxy
        finally:
            await runner.cleanup()
