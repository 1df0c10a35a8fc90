"""Where Discord is blocked, names are looked up on the far side: the near side lies about them."""

from __future__ import annotations

import asyncio

import pytest

from adapters.discord.health import look
from adapters.discord.line import Line
from bot.errors import MessengerError
from tests.fakes.discord.server import TOKEN, called_instead_of_discord

NO_AUTH = b"\x05\x00"
BY_NAME = 3


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
async def test_a_socks_proxy_is_told_names_and_may_hang_up(scheme: str) -> None:
    asked: list[tuple[int, bytes]] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(NO_AUTH)
        _, _, _, kind = await reader.readexactly(4)
        length = (await reader.readexactly(1))[0]
        asked.append((kind, await reader.readexactly(length)))
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with called_instead_of_discord("http://localhost:9"), pytest.raises(MessengerError):
            await look(Line(TOKEN, f"{scheme}://127.0.0.1:{port}"))
    assert set(asked) == {(BY_NAME, b"localhost")}
