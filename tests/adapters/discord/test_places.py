"""Kinds of places that people speak in."""

from __future__ import annotations

import pytest

from tests.adapters.discord.wire import SKETCH, Wire
from tests.fakes.discord.payloads import channel
from tests.fakes.discord.people import Place, thread_of

VOICE, NEWS, STAGE = 2, 5, 13


async def test_a_mention_wakes_a_thread_and_is_answered_there(wire: Wire) -> None:
    place = thread_of(wire.studio)
    wire.server.rest.channels[place.channel["id"]] = place.channel
    await wire.ada.say(place, f"<@{wire.server.bot['id']}>", SKETCH)
    card = await wire.card()
    assert card["channel_id"] == place.channel["id"]


async def test_a_thread_that_cannot_be_seen_is_left_alone(wire: Wire) -> None:
    place = thread_of(wire.studio)
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
