"""What goes wrong between the login and the first event, and keeps nobody from working."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.discord.frontend import WAITS_S
from bot.errors import SettingsError
from tests.adapters.discord.wire import frontend, house_of
from tests.fakes.clock import FakeClock
from tests.fakes.discord.rest import RefusedError
from tests.fakes.discord.server import FakeDiscord, called_instead_of_discord, rate_limited

CONTENT = 1 << 15  # the intent


@asynccontextmanager
async def serving(folder: Path, server: FakeDiscord) -> AsyncIterator[asyncio.Task[None]]:
    """Whose clock goes on by itself."""
    clock = FakeClock()
    async with server:
        with called_instead_of_discord(server.url):
            front = frontend(clock=clock)
            task = asyncio.create_task(front.serve(house_of(folder, front).service))
            ticking = asyncio.create_task(_tick(clock))
            yield task
            for each in (task, ticking):
                each.cancel()
            await asyncio.gather(task, ticking, return_exceptions=True)


async def _tick(clock: FakeClock) -> None:
    while True:
        await clock.advance(1)
        await asyncio.sleep(0.005)


async def test_a_gateway_that_is_away_at_first_is_tried_again(tmp_path: Path) -> None:
    server = FakeDiscord()
    server.gateway.away = 2
    with capture_logs() as logs:
        async with serving(tmp_path, server) as task:
            await server.until(lambda: server.gateway.identified or task.done())
            assert not task.done()
    tried = [each for each in logs if each["event"] == "discord.not_logged_in"]
    assert [each["error"].split(":")[0] for each in tried] == ["GatewayNotFound"] * 2


async def test_an_intent_that_is_refused_though_its_switch_is_on_is_done_without(
    tmp_path: Path,
) -> None:
    server = FakeDiscord()
    server.gateway.flags = 0  # the application says otherwise
    async with serving(tmp_path, server):
        await server.until(lambda: server.gateway.sessions)
        asked, without = [each["intents"] & CONTENT for each in server.gateway.identified]
        assert asked and not without


async def test_commands_that_cannot_be_told_today_keep_nobody_from_using_the_old_ones(
    tmp_path: Path,
) -> None:
    """Discord takes only so many new ones a day, and then asks for hours."""
    server = FakeDiscord()
    server.refuse("PUT", "/commands", rate_limited(40_000.5))
    async with serving(tmp_path, server):
        await server.until(lambda: server.gateway.sessions)
        assert len(server.sent("PUT", "/commands")) == 1


async def test_a_token_that_is_taken_back_while_the_bot_runs_is_a_sentence_for_the_operator(
    tmp_path: Path,
) -> None:
    server = FakeDiscord()
    async with serving(tmp_path, server) as task:
        await server.until(lambda: server.gateway.sessions)
        server.refuse("GET", "/users/@me", RefusedError(401, 0, "401: Unauthorized"))
        await server.gateway.session.close(4004)
        with pytest.raises(SettingsError, match="discord-token-wrong"):
            await task


@pytest.mark.parametrize("code", [4000, 4007, 4008, 4009])
async def test_a_connection_that_discord_closes_is_made_anew(tmp_path: Path, code: int) -> None:
    server = FakeDiscord()
    async with serving(tmp_path, server):
        await server.until(lambda: server.gateway.sessions)
        await server.gateway.session.close(code)
        await server.until(lambda: server.gateway.resumed or len(server.gateway.sessions) == 2)


async def test_a_close_that_lasts_costs_no_token(tmp_path: Path) -> None:
    """Such as for a bot in more guilds than one connection may have."""
    server = FakeDiscord()
    async with serving(tmp_path, server) as task:
        for tries in range(1, 4):
            await server.until(lambda: len(server.gateway.sessions) == tries)  # noqa: B023
            await server.gateway.session.close(4011)
        await server.until(lambda: len(server.gateway.sessions) == 4)
        assert not task.done()
    day_s = 86_400
    assert day_s / WAITS_S[-1] < 1000


async def test_a_discord_that_nobody_reaches_is_tried_again(tmp_path: Path) -> None:
    clock = FakeClock()
    front = frontend(clock=clock)
    with called_instead_of_discord("http://127.0.0.1:1"), capture_logs() as logs:
        task = asyncio.create_task(front.serve(house_of(tmp_path, front).service))
        async with asyncio.timeout(30):
            while len(logs) < 3 and not task.done():
                await clock.advance(1)
                await asyncio.sleep(0.005)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert {each["event"] for each in logs} == {"discord.not_logged_in"}
