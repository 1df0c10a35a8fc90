"""What Discord and those on the way to it refuse: for good, for a while, or for this message."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.discord.messenger import DiscordMessenger
from bot.card import Card
from bot.errors import CardGoneError, MessengerError, PlaceGoneError
from tests.adapters.discord.harness import OnDiscord
from tests.adapters.discord.wire import EDITS, SKETCH, Wire, connected
from tests.fakes.discord.payloads import DM
from tests.fakes.discord.people import direct, joined
from tests.fakes.discord.rest import RefusedError
from tests.fakes.discord.server import FakeDiscord, rate_limited

FRESH = r"/channels/\d+/messages$"
TOO_LONG_S = 4000.5  # for the library to wait
HOUR_MS = 3_600_000 << 22  # in ids


async def test_an_answer_that_would_have_to_wait_too_long_is_left_unsaid_and_no_alarm(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    wire.server.refuse("POST", FRESH, rate_limited(TOO_LONG_S))
    with capture_logs() as logs:
        await wire.ada.say(wire.studio, f"<@{wire.server.bot['id']}>")
        await wire.server.until(lambda: "discord.not_answered" in [one["event"] for one in logs])
    assert [one.name for one in caplog.records if one.levelname == "ERROR"] == []


async def test_an_author_who_cannot_be_looked_up_in_time_is_somebody(wire: Wire) -> None:
    ben = joined(wire.server, wire.studio, "ben")
    forwarded = await wire.ada.forward(wire.studio, await ben.say(wire.studio, "mine", SKETCH))
    wire.server.refuse("GET", EDITS, rate_limited(TOO_LONG_S))
    asked = await wire.ada.menu(wire.studio, "Animate", forwarded)
    assert (await wire.told(asked)).startswith("I can't see whose picture this is")


async def test_a_member_who_cannot_be_looked_up_in_time_is_asked_to_come_from_the_guild(
    tmp_path: Path,
) -> None:
    async with connected(tmp_path, FakeDiscord(), members_only=True) as wire:
        wire.server.refuse("GET", "/members/", rate_limited(TOO_LONG_S))
        asked = await wire.ada.slash(direct(wire.server, wire.ada), "animate", SKETCH)
        assert (await wire.told(asked)).startswith("In private I only work for members")


@pytest.mark.parametrize("code", [50083, 160005])
async def test_a_thread_that_was_locked_meanwhile_sends_the_clip_in_private(
    wire: Wire, code: int
) -> None:
    """It takes neither edits nor fresh messages."""
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    first = await wire.card()
    locked = RefusedError(400, code, "Thread is archived")
    here = f"/channels/{wire.studio.channel['id']}/messages"
    wire.server.refuse("PATCH", here, *[locked] * 50)
    wire.server.refuse("POST", here, *[locked] * 50)
    await wire.delivered()
    (clip,) = [each for each in wire.cards if each["id"] != first["id"]]
    assert wire.server.rest.channels[str(clip["channel_id"])]["type"] == DM
    assert len(clip["attachments"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_page_of_whoever_stands_before_discord_is_waited_out(
    wire: Wire, status: int
) -> None:
    """Nor does a token that is being changed lose anything."""
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.card()
    wire.server.refuse("PATCH", EDITS, RefusedError(status, 0, "blocked"), with_files=True)
    delivering = asyncio.create_task(wire.delivered())
    while not delivering.done():
        await wire.house.clock.advance(1)
        await asyncio.sleep(0.01)
    assert len((await wire.card())["attachments"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "code"), [(400, 50024), (400, 20009), (403, 50013), (404, 10003)]
)
async def test_what_discord_itself_refuses_is_not_asked_for_again(
    chat: OnDiscord, queued: Card, status: int, code: int
) -> None:
    chat.server.refuse("POST", FRESH, RefusedError(status, code, "no"))
    with pytest.raises(PlaceGoneError):
        await chat.messenger.post(chat.origin, queued, nonce="a")


@pytest.mark.parametrize(("hours", "raised"), [(2, CardGoneError), (0, MessengerError)])
async def test_a_long_wait_for_an_old_card_is_no_reason_to_wait(
    chat: OnDiscord, queued: Card, hours: int, raised: type[MessengerError]
) -> None:
    """Of messages older than an hour Discord says so with a 429, and the library with no code."""
    ref = await chat.messenger.post(chat.origin, queued, nonce="a")
    place, id = ref.split("/")
    chat.server.refuse("PATCH", EDITS, rate_limited(TOO_LONG_S))
    client = chat.messenger._ready
    messenger = DiscordMessenger()
    client.http.max_ratelimit_timeout = 30.0
    messenger.use(client)
    with pytest.raises(MessengerError) as refused:
        await messenger.edit(chat.origin, f"{place}/{int(id) - hours * HOUR_MS}", queued)
    assert type(refused.value) is raised
