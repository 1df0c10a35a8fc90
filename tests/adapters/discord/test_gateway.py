"""Logged in, cut off, begun anew, with the switches as they are and tokens in no log."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.discord.client import SketchClient
from adapters.discord.line import Line
from bot.errors import SettingsError
from tests.adapters.discord.wire import SKETCH, Wire, connected, frontend, house_of
from tests.fakes.clock import FakeClock
from tests.fakes.discord.rest import RefusedError
from tests.fakes.discord.server import TOKEN, FakeDiscord, called_instead_of_discord, rate_limited

CONTENT = 1 << 15  # the intent


async def test_a_cut_cable_is_mended_and_what_was_missed_is_heard(wire: Wire) -> None:
    wire.server.gateway.drop()
    asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.server.until(lambda: wire.server.gateway.resumed)
    assert (await wire.told(asked)).startswith("Here it is:")
    assert len(wire.server.gateway.identified) == 1
    assert len(wire.house.jobs.rows) == 1


async def test_whether_it_is_connected_is_known_to_who_watches_over_it(wire: Wire) -> None:
    watching = wire.house.service.operating.watching
    asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.told(asked)
    assert (await watching.readiness()).platforms == {"discord": True}
    wire.serving.cancel()
    await asyncio.gather(wire.serving, return_exceptions=True)
    assert (await watching.readiness()).platforms == {"discord": False}


@pytest.mark.slow
async def test_a_session_that_discord_forgot_is_begun_anew(wire: Wire) -> None:
    gateway = wire.server.gateway
    session = gateway.session
    gateway.sessions.clear()
    await session.close(4009)
    await wire.server.until(lambda: len(gateway.identified) == 2 and gateway.sessions)
    asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
    assert (await wire.told(asked)).startswith("Here it is:")


async def test_a_client_that_has_ended_says_nothing_more(wire: Wire) -> None:
    """Within two seconds of its login the library still means to say that it is ready."""
    client = SketchClient(wire.house.service, sees_all=True, clock=FakeClock())
    async with client:
        pass
    client.dispatch("ready")


async def test_the_intent_is_asked_for_where_its_switch_is_on(wire: Wire) -> None:
    (said,) = wire.server.gateway.identified
    assert said["intents"] & CONTENT


async def test_without_its_switch_the_bot_starts_and_says_which_one_to_flip(
    tmp_path: Path,
) -> None:
    with capture_logs() as logs:
        async with connected(tmp_path, FakeDiscord(reads_messages=False)) as wire:
            (said,) = wire.server.gateway.identified
            assert not said["intents"] & CONTENT
            text = f"<@{wire.server.bot['id']}>"
            await wire.ada.say(wire.studio, text, SKETCH)
            await wire.card()
    unseen = [each for each in logs if each["event"] == "discord.messages_unseen"]
    assert [each["switch"] for each in unseen] == ["Message Content Intent"]


async def test_what_is_under_way_when_the_bot_stops_is_no_alarm(tmp_path: Path) -> None:
    with capture_logs() as logs:
        async with connected(tmp_path, FakeDiscord()) as wire:
            wire.server.hold("POST", r"/channels/\d+/messages")
            await wire.ada.slash(wire.studio, "animate", SKETCH)
            await wire.server.until(lambda: wire.server.held)
        await wire.server.until(lambda: "discord.over" in [each["event"] for each in logs])
    assert [each for each in logs if each["log_level"] == "error"] == []


async def test_a_wrong_token_is_a_sentence_for_the_operator(tmp_path: Path) -> None:
    async with FakeDiscord() as server:
        with called_instead_of_discord(server.url):
            front = frontend("another-token")
            with pytest.raises(SettingsError, match="discord-token-wrong"):
                await front.serve(house_of(tmp_path, front).service)


async def test_an_outage_at_the_start_is_waited_out(tmp_path: Path) -> None:
    async with FakeDiscord() as server:
        outage = RefusedError(503, 0, "Service Unavailable")
        server.refuse("GET", "/users/@me", outage, outage)
        clock = FakeClock()
        with called_instead_of_discord(server.url):
            front = frontend(clock=clock)
            serving = asyncio.create_task(front.serve(house_of(tmp_path, front).service))
            for _ in range(2):
                await server.until(lambda: clock.sleepers)
                await clock.advance(60)
            await server.until(lambda: server.gateway.identified)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def test_a_switch_that_is_flipped_off_in_that_moment_is_read_again(tmp_path: Path) -> None:
    async with FakeDiscord() as server:
        server.gateway.flags = 0  # the application still says that it is on
        clock = FakeClock()
        with called_instead_of_discord(server.url):
            front = frontend(clock=clock)
            serving = asyncio.create_task(front.serve(house_of(tmp_path, front).service))
            await server.until(lambda: clock.sleepers)
            server.rest.application["flags"] = 0
            await clock.advance(60)
            await server.until(lambda: server.gateway.sessions)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def test_no_token_is_in_a_log_however_much_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with connected(tmp_path, FakeDiscord()) as wire:
        wire.server.refuse("PATCH", "/webhooks/", rate_limited(0.01))
        asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
        await wire.told(asked)
    assert "logging in" in caplog.text
    assert TOKEN not in caplog.text
    assert asked.token not in caplog.text
    assert TOKEN not in repr(Line(TOKEN, f"http://{TOKEN}@proxy"))
