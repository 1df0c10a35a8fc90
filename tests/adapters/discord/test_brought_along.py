"""Where the bot is no member: what whoever brings it along gets there, and what in private."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from discord.utils import utcnow

from tests.adapters.discord.wire import SKETCH, Wire, connected
from tests.fakes.discord import rest
from tests.fakes.discord.payloads import MIB, user
from tests.fakes.discord.people import Person, brought_along, thread_of
from tests.fakes.discord.rest import EPHEMERAL, RefusedError
from tests.fakes.discord.server import FakeDiscord


async def test_where_the_bot_is_no_member_its_card_comes_by_leave_of_who_asked(wire: Wire) -> None:
    elsewhere = brought_along("elsewhere")
    asked = await wire.ada.slash(elsewhere, "animate", SKETCH)
    assert (await wire.told(asked)).startswith("I am not a member here.")
    await wire.server.until(lambda: asked.followups)
    await wire.delivered()
    (card,) = asked.followups
    assert not card["flags"] & EPHEMERAL
    assert card["content"].startswith("**Your sketch is alive**")
    assert len(card["attachments"]) == 1
    assert wire.cards == []


async def test_only_members_of_an_allowed_guild_bring_the_bot_along(tmp_path: Path) -> None:
    async with connected(tmp_path, FakeDiscord(), members_only=True) as wire:
        elsewhere, eve = brought_along("elsewhere"), Person(wire.server, user("eve"))
        asked = await eve.slash(elsewhere, "animate", SKETCH)
        await wire.server.until(lambda: asked.followups)
        assert asked.followups[0]["flags"] & EPHEMERAL
        assert wire.house.jobs.rows == {}
        await wire.ada.slash(elsewhere, "animate", SKETCH)
        await wire.server.until(lambda: wire.house.jobs.rows)


async def test_buttons_give_such_a_card_another_quarter_of_an_hour(wire: Wire) -> None:
    elsewhere = brought_along("elsewhere")
    asked = await wire.ada.slash(elsewhere, "animate", SKETCH)
    await wire.server.until(lambda: asked.followups)
    await wire.delivered()
    (card,) = asked.followups
    asked.over = True
    await wire.ada.press(elsewhere, card, "Delete")
    await wire.server.until(lambda: not card["attachments"])
    await wire.ada.press(elsewhere, card, "Undo")
    await wire.server.until(lambda: card["attachments"])
    again = await wire.ada.press(elsewhere, card, "Again")
    assert (await wire.told(again)).startswith("I am not a member here.")
    await wire.server.until(lambda: again.followups)


async def test_a_clip_may_be_as_large_there_as_discord_says(wire: Wire) -> None:
    boosted = replace(brought_along("elsewhere"), limit=50 * MIB)
    asked = await wire.ada.slash(boosted, "animate", SKETCH)
    await wire.server.until(lambda: asked.followups)
    await wire.delivered()
    (order,) = wire.house.engine.encoded
    assert order.limit_bytes == 50 * MIB


async def test_once_that_leave_is_over_the_clip_comes_in_private(wire: Wire) -> None:
    asked = await wire.ada.slash(brought_along("elsewhere"), "animate", SKETCH)
    await wire.server.until(lambda: asked.followups)
    asked.over = True
    await wire.delivered()
    card = await wire.card()
    assert [each["filename"][-4:] for each in card["attachments"]] == [".mp4"]
    conversation = wire.server.rest.channels[card["channel_id"]]
    assert [each["id"] for each in conversation["recipients"]] == [wire.ada.id]


async def test_where_no_more_may_be_written_the_clip_comes_in_private_too(wire: Wire) -> None:
    too_many = RefusedError(403, 40094, "Maximum number of follow-up messages reached")
    wire.server.refuse("POST", r"/webhooks/", *[too_many] * 9)
    asked = await wire.ada.slash(brought_along("elsewhere"), "animate", SKETCH)
    assert (await wire.told(asked)).startswith("I am not a member here.")
    await wire.server.until(lambda: wire.house.jobs.rows)
    await wire.delivered()
    assert len((await wire.card())["attachments"]) == 1


async def test_of_more_pictures_than_may_be_answered_there_the_rest_comes_in_private(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "FOLLOW_UPS", 2)
    elsewhere = brought_along("elsewhere")
    shown = await wire.ada.say(elsewhere, "mine", *[SKETCH] * 3)
    asked = await wire.ada.menu(elsewhere, "Animate", shown)
    await wire.server.until(lambda: len(wire.house.jobs.rows) == 3)
    await wire.delivered()
    assert [len(each["attachments"]) for each in asked.followups] == [1, 1]
    (in_private,) = [each for each in wire.cards if each["id"] != shown["id"]]
    assert len(in_private["attachments"]) == 1  # type: ignore[arg-type]


async def test_who_cannot_be_written_to_in_private_either_finds_it_in_the_history(
    wire: Wire,
) -> None:
    asked = await wire.ada.slash(brought_along("elsewhere"), "animate", SKETCH)
    assert "/history" in await wire.told(asked)
    await wire.server.until(lambda: asked.followups)
    asked.over = True
    closed = RefusedError(403, 50007, "Cannot send messages to this user")
    wire.server.refuse("POST", r"/channels/\d+/messages", closed)
    await wire.delivered()
    assert wire.cards == []
    history = await wire.ada.slash(wire.studio, "history")
    assert "delivered" in await wire.told(history)


async def test_a_question_answered_after_that_leave_brings_a_new_one(wire: Wire) -> None:
    wire.house.engine.faces = ()
    elsewhere = brought_along("elsewhere")
    asked = await wire.ada.slash(elsewhere, "animate", SKETCH)
    await wire.server.until(lambda: asked.followups)
    asked.over = True
    pressed = await wire.ada.press(elsewhere, asked.followups[0], "Go on")
    await wire.server.until(lambda: pressed.followups)
    await wire.delivered()
    assert [len(each["attachments"]) for each in pressed.followups] == [1]
    assert wire.cards == []


async def test_a_thread_whose_channel_nobody_can_see_may_be_one_for_adults(wire: Wire) -> None:
    await wire.ada.slash(thread_of(brought_along("elsewhere")), "animate", SKETCH)
    await wire.server.until(lambda: wire.house.jobs.rows)
    (job,) = wire.house.jobs.rows.values()
    assert job.origin.restricted


async def test_what_is_over_by_the_clock_is_not_even_tried(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refusals are counted, and who has too many is shut out."""
    asked = await wire.ada.slash(brought_along("elsewhere"), "animate", SKETCH)
    await wire.server.until(lambda: asked.followups)
    later = utcnow() + timedelta(minutes=16)
    monkeypatch.setattr("adapters.discord.leaves.utcnow", lambda: later)
    so_far = len(wire.server.sent("PATCH", "/webhooks/"))
    await wire.delivered()
    assert len((await wire.card())["attachments"]) == 1  # type: ignore[arg-type]
    assert len(wire.server.sent("PATCH", "/webhooks/")) == so_far
