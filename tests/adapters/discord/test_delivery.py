"""How a clip gets onto its card over real sockets: refused, held up, deleted, and never twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.adapters.discord.wire import EDITS, SKETCH, Wire, connected
from tests.fakes.discord.payloads import DM, MIB, channel
from tests.fakes.discord.people import Place, buttons, joined
from tests.fakes.discord.rest import RefusedError
from tests.fakes.discord.server import FakeDiscord, rate_limited


async def test_a_clip_is_uploaded_onto_the_card(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.card()
    await wire.delivered()
    card = await wire.card()
    (file,) = card["attachments"]
    assert wire.server.download(file["url"]) == b"x" * 1000


async def test_a_clip_that_is_refused_for_its_size_comes_smaller(wire: Wire) -> None:
    wire.server.rest.size_limit = 700
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.card()
    await wire.delivered()
    limits = [order.limit_bytes for order in wire.house.engine.encoded]
    assert limits == [10 * MIB, 750, 562]
    (file,) = (await wire.card())["attachments"]
    assert file["size"] <= 700


async def test_another_format_that_is_refused_for_its_size_is_made_smaller_from_the_master(
    wire: Wire,
) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    card = await wire.card()
    await wire.delivered()
    wire.server.rest.size_limit = 700
    offered = await wire.ada.press(wire.studio, card, "Formats")
    await wire.told(offered)
    assert offered.original is not None
    wire.house.engine.encoded.clear()
    asked = await wire.ada.press(wire.studio, offered.original, "gif")
    await wire.server.until(lambda: asked.original and asked.original["attachments"])
    assert [order.limit_bytes for order in wire.house.engine.encoded] == [10 * MIB, 750, 562]
    assert asked.original is not None
    (file,) = asked.original["attachments"]
    assert (file["filename"], file["size"]) == ("sketchlife.gif", 562)


async def test_what_gets_no_smaller_is_a_sentence_in_the_end(wire: Wire) -> None:
    wire.server.rest.size_limit = 1
    asked = await wire.ada.slash(wire.studio, "me data")
    assert (await wire.told(asked)).startswith("This place takes files up to")


async def test_a_delivery_waits_out_what_passes_and_shows_one_clip(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.card()
    wire.server.refuse("PATCH", EDITS, rate_limited(0.01), with_files=True)
    await wire.delivered()
    assert len((await wire.card())["attachments"]) == 1


async def test_a_card_that_is_too_old_to_be_edited_is_posted_afresh(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    first = await wire.card()
    refusal = RefusedError(400, 30046, "Maximum number of edits to messages older than 1 hour")
    wire.server.refuse("PATCH", EDITS, *[refusal] * 5)
    await wire.server.until(lambda: wire.house.jobs.rows)
    await wire.delivered()
    fresh = await wire.card()
    assert fresh["id"] != first["id"], "which is taken away, as it still said that the job waits"
    assert len(fresh["attachments"]) == 1
    (job,) = wire.house.jobs.rows.values()
    assert job.card == f"{fresh['channel_id']}/{fresh['id']}"


async def test_an_archived_thread_gets_a_fresh_card_though_the_first_is_minutes_old(
    wire: Wire,
) -> None:
    """Discord answers a nonce of the last minutes with the message that it was given to."""
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    first = await wire.card()
    wire.server.refuse("PATCH", EDITS, *[RefusedError(400, 50083, "Thread is archived")] * 5)
    await wire.delivered()
    fresh = await wire.card()
    assert fresh["id"] != first["id"]
    assert len(fresh["attachments"]) == 1


@pytest.mark.parametrize("closed", [False, True])
async def test_a_card_that_was_deleted_is_not_posted_again_but_sent_in_private(
    wire: Wire, closed: bool
) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.card()
    wire.server.rest.messages.clear()
    if closed:
        refusal = RefusedError(403, 50007, "Cannot send messages to this user")
        wire.server.refuse("POST", r"/channels/\d+/messages", refusal)
    await wire.delivered()
    assert len(wire.cards) == (not closed)
    for card in wire.cards:
        assert wire.server.rest.channels[str(card["channel_id"])]["type"] == DM
        assert len(card["attachments"]) == 1  # type: ignore[arg-type]
    history = await wire.ada.slash(wire.studio, "history")
    assert "delivered" in await wire.told(history)


@pytest.mark.parametrize(("tier", "megabytes"), [(1, 10), (2, 50), (3, 100)])
async def test_a_clip_may_be_as_large_as_the_guilds_boosts_allow(
    tmp_path: Path, tier: int, megabytes: int
) -> None:
    async with connected(tmp_path, FakeDiscord(), tier=tier) as wire:
        await wire.ada.slash(wire.studio, "animate", SKETCH)
        await wire.card()
        await wire.delivered()
        (order,) = wire.house.engine.encoded
        assert order.limit_bytes == megabytes * MIB


async def test_who_cancels_while_the_clip_is_on_its_way_gets_the_clip(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    queued = dict(await wire.card())
    let_go = wire.server.hold("PATCH", EDITS, with_files=True)
    delivering = asyncio.create_task(wire.delivered())
    await wire.server.until(lambda: wire.server.held)
    pressed = await wire.ada.press(wire.studio, queued, "Cancel")
    await wire.server.until(lambda: pressed.followups)
    assert pressed.followups[0]["content"].startswith("This one is over already")
    let_go.set()
    await delivering
    assert len((await wire.card())["attachments"]) == 1


async def test_a_gallery_that_was_opened_to_everybody_gets_nothing_from_a_channel_for_adults(
    wire: Wire,
) -> None:
    guild = wire.studio.guild
    assert guild is not None
    adults, gallery = [channel(name, guild_id=guild["id"], nsfw=True) for name in ("x", "shown")]
    for each in (adults, gallery):
        wire.server.rest.channels[each["id"]] = each
        await wire.server.gateway.dispatch("CHANNEL_CREATE", each)
    home, now = f"discord:{guild['id']}", wire.house.clock.now()
    await wire.house.settings.change_place(
        home, "discord:mo", now, gallery=gallery["id"], gallery_restricted=True
    )
    gallery["nsfw"] = False
    await wire.server.gateway.dispatch("CHANNEL_UPDATE", gallery)
    place = Place(adults, guild)
    await wire.ada.slash(place, "animate", SKETCH)
    await wire.delivered()
    card = await wire.card()
    await wire.ada.press(place, card, "Share")
    (job_id,) = wire.house.jobs.rows
    await wire.server.until(
        lambda: "Stop sharing" in buttons(card) and wire.house.jobs.rows[job_id].told
    )
    assert {each["channel_id"] for each in wire.cards} == {adults["id"]}


@pytest.mark.parametrize(("written", "calls"), [(7, 0), (8, 1)])
async def test_a_card_that_has_scrolled_away_is_followed_by_one_mention(
    wire: Wire, written: int, calls: int
) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.card()
    ben = joined(wire.server, wire.studio, "ben")
    for _ in range(written):
        await ben.say(wire.studio, "look at that")
    told = await wire.ada.slash(wire.studio, "queue")  # by then the others were heard
    await wire.told(told)
    await wire.delivered()
    await wire.server.until(lambda: len(wire.bells) >= calls)
    assert len(wire.bells) == calls


async def test_a_guild_that_is_away_for_a_while_keeps_its_cards(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.card()
    assert wire.studio.guild is not None
    away = {"id": wire.studio.guild["id"], "unavailable": True}
    await wire.server.gateway.dispatch("GUILD_DELETE", away)
    outage = RefusedError(503, 0, "Service Unavailable")
    wire.server.refuse("PATCH", EDITS, outage, with_files=True)
    delivering = asyncio.create_task(wire.delivered())
    while not delivering.done():  # others sleep, too: it is never said when this one does
        await wire.house.clock.advance(1)
        await asyncio.sleep(0.01)
    assert len((await wire.card())["attachments"]) == 1
