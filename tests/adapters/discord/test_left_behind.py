"""A card whose clip had to go elsewhere."""

from __future__ import annotations

import pytest

from tests.adapters.discord.wire import EDITS, SKETCH, Wire
from tests.fakes.discord.payloads import DM
from tests.fakes.discord.rest import RefusedError

NO_FILES = RefusedError(403, 50013, "Missing Permissions")


async def test_a_place_where_nothing_can_be_attached_any_more_keeps_the_words(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    here = await wire.card()
    wire.server.refuse("PATCH", EDITS, *[NO_FILES] * 50, with_files=True)
    await wire.delivered()
    assert str(here["content"]).startswith("**Your sketch is alive**\nIt could not be posted here")
    assert here["attachments"] == []
    (clip,) = [each for each in wire.cards if each["id"] != here["id"]]
    assert wire.server.rest.channels[str(clip["channel_id"])]["type"] == DM
    assert len(clip["attachments"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("label", ["Again", "Delete"])
async def test_its_buttons_work_all_the_same(wire: Wire, label: str) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    here = await wire.card()
    wire.server.refuse("PATCH", EDITS, *[NO_FILES] * 50, with_files=True)
    await wire.delivered()
    (clip,) = [each for each in wire.cards if each["id"] != here["id"]]
    pressed = await wire.ada.press(wire.studio, here, label)
    if label == "Again":
        await wire.told(pressed)
        assert len(wire.house.jobs.rows) == 2
    else:
        await wire.server.until(lambda: clip["id"] not in wire.server.rest.messages)
        await wire.server.until(lambda: str(here["content"]).startswith("**Deleted**"))
