"""Kinds of places that people speak in."""

from __future__ import annotations

import pytest

from tests.adapters.discord.wire import SKETCH, Wire
from tests.fakes.discord.payloads import Payload, channel
from tests.fakes.discord.people import Place

VOICE, NEWS, THREAD, STAGE = 2, 5, 11, 13


def thread_of(wire: Wire) -> Payload:
    """One that slept when the bot came, so that nobody told it of it."""
    assert wire.studio.guild is not None
    more = {
        "guild_id": wire.studio.guild["id"],
        "parent_id": wire.studio.channel["id"],
        "owner_id": wire.ada.id,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 60,
            "archive_timestamp": "2030-01-01T00:00:00+00:00",
            "locked": False,
        },
        "member_count": 1,
        "message_count": 1,
    }
    return channel("a thread", THREAD, **more)


async def test_a_mention_wakes_a_thread_and_is_answered_there(wire: Wire) -> None:
    thread = thread_of(wire)
    wire.server.rest.channels[thread["id"]] = thread
    place = Place(thread, wire.studio.guild)
    await wire.ada.say(place, f"<@{wire.server.bot['id']}>", SKETCH)
    card = await wire.card()
    assert card["channel_id"] == thread["id"]


async def test_a_thread_that_cannot_be_seen_is_left_alone(wire: Wire) -> None:
    place = Place(thread_of(wire), wire.studio.guild)
    await wire.ada.say(place, f"<@{wire.server.bot['id']}>", SKETCH)
    await wire.server.until(lambda: wire.server.sent("GET", f"/channels/{place.channel['id']}"))
    told = await wire.ada.slash(wire.studio, "queue")
    assert await wire.told(told) == "Nothing of yours is waiting."
    assert wire.house.jobs.rows == {}


@pytest.mark.parametrize("kind", [VOICE, STAGE, NEWS])
async def test_the_text_of_a_voice_channel_is_a_place_as_others(wire: Wire, kind: int) -> None:
    assert wire.studio.guild is not None
    made = channel(
        "x", kind, guild_id=wire.studio.guild["id"], bitrate=64_000, user_limit=0, rtc_region=None
    )
    wire.server.rest.channels[made["id"]] = made
    await wire.server.gateway.dispatch("CHANNEL_CREATE", made)
    place = Place(made, wire.studio.guild)
    await wire.ada.say(place, f"<@{wire.server.bot['id']}>", SKETCH)
    assert (await wire.card())["channel_id"] == made["id"]
    await wire.delivered()
    asked = await wire.ada.slash(place, "animate", SKETCH)
    assert f"/{made['id']}/" in await wire.told(asked)
