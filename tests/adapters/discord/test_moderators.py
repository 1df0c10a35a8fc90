"""Who may do something with somebody else's clip: whoever looks after the place in this moment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.job import JobStatus
from tests.adapters.discord.wire import SKETCH, Wire, connected
from tests.fakes.discord.payloads import user
from tests.fakes.discord.people import Person, brought_along, joined
from tests.fakes.discord.server import FakeDiscord

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


@pytest.mark.parametrize("in_team", [False, True])
async def test_who_made_the_application_runs_the_machine(tmp_path: Path, in_team: bool) -> None:
    server = FakeDiscord()
    mo = user("mo")
    if in_team:
        one = {"user": mo, "membership_state": 2, "team_id": "1", "permissions": [], "role": ""}
        team = {"id": "1", "name": "us", "icon": None, "owner_user_id": "2", "members": [one]}
        server.rest.application["team"] = team
    else:
        server.rest.application["owner"] = mo
    async with connected(tmp_path, server) as wire:
        await wire.ada.slash(wire.studio, "animate", SKETCH)
        await Person(server, mo).press(wire.studio, await wire.card(), "Cancel")
        (job_id,) = wire.house.jobs.rows
        await wire.server.until(lambda: wire.house.jobs.rows[job_id].status is JobStatus.CANCELLED)
