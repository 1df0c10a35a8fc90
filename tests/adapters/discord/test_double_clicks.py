"""A finger that slips: what was asked for once is drawn once."""

from __future__ import annotations

import pytest

from tests.adapters.discord.wire import SKETCH, Wire
from tests.fakes.discord.payloads import snowflake
from tests.fakes.discord.rest import DEFERRED_UPDATE

SECONDS = 1000 << 22  # in ids


@pytest.mark.parametrize("label", ["Again", "Loop", "Gentler"])
async def test_a_double_click_draws_one_clip(wire: Wire, label: str) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    card = await wire.card()
    await wire.delivered()
    first, second = [await wire.ada.press(wire.studio, card, label) for _ in range(2)]
    await wire.told(first)
    await wire.server.until(lambda: second.responses)
    queue = await wire.ada.slash(wire.studio, "queue")
    await wire.told(queue)
    assert len(wire.house.jobs.rows) == 2
    assert second.responses == [{"type": DEFERRED_UPDATE}]


async def test_who_asks_again_later_gets_another(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    card = await wire.card()
    await wire.delivered()
    await wire.told(await wire.ada.press(wire.studio, card, "Again"))
    later = str(int(snowflake()) + 2 * SECONDS)
    monkeypatch.setattr("tests.fakes.discord.people.snowflake", lambda: later)
    await wire.told(await wire.ada.press(wire.studio, card, "Again"))
    assert len(wire.house.jobs.rows) == 3
