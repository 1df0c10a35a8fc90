"""Who may do something with somebody else's clip: whoever looks after the place in this moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.job import JobStatus
from tests.adapters.discord.wire import SKETCH, Wire
from tests.fakes.discord.people import brought_along, joined

MANAGE_GUILD, MANAGE_MESSAGES, ADD_REACTIONS = 1 << 5, 1 << 13, 1 << 6


@pytest.mark.parametrize("granted", [MANAGE_GUILD, MANAGE_MESSAGES])
async def test_who_looks_after_the_place_cancels_for_others(wire: Wire, granted: int) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    moderator = replace(joined(wire.server, wire.studio, "mo"), permissions=granted)
    await moderator.press(wire.studio, await wire.card(), "Cancel")
    (job_id,) = wire.house.jobs.rows
    await wire.server.until(lambda: wire.house.jobs.rows[job_id].status is JobStatus.CANCELLED)


@pytest.mark.parametrize("granted", [0, ADD_REACTIONS])
async def test_who_does_not_any_more_is_told_so(wire: Wire, granted: int) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    card = await wire.card()
    moderator = replace(joined(wire.server, wire.studio, "mo"), permissions=MANAGE_GUILD)
    once = replace(moderator, permissions=granted)
    pressed = await once.press(wire.studio, card, "Cancel")
    await wire.server.until(lambda: pressed.followups)
    assert pressed.followups[0]["content"].startswith("Only the person who asked")
    (job,) = wire.house.jobs.rows.values()
    assert job.status is JobStatus.QUEUED


async def test_who_looks_after_another_place_does_not_look_after_this_one(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    card = await wire.card()
    stranger = replace(joined(wire.server, wire.studio, "eve"), permissions=MANAGE_GUILD)
    pressed = await stranger.press(brought_along("elsewhere"), card, "Cancel")
    await wire.server.until(lambda: pressed.followups)
    assert pressed.followups[0]["content"].startswith("Only the person who asked")
