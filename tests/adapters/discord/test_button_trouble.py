"""Buttons of lists and the like, where the database or Discord is in trouble."""

from __future__ import annotations

import pytest

from bot.errors import StoreError
from bot.texts import Texts
from tests.adapters.discord.wire import Wire
from tests.fakes.discord.rest import RefusedError


async def test_a_language_that_cannot_be_had_is_that_of_ones_discord(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreError

    monkeypatch.setattr(wire.house.service.community, "person", away)
    asked = await wire.ada.slash(wire.studio, "me forget")
    assert (await wire.told(asked)).startswith("Everything")
    monkeypatch.setattr(wire.house.service.personal, "forget", away)
    pressed = await wire.ada.press(wire.studio, asked.original or {}, "")
    assert (await wire.told(pressed)).startswith(Texts("en").say("error-store")[:20])


async def test_a_button_that_was_heard_too_late_is_no_alarm(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    asked = await wire.ada.slash(wire.studio, "me forget")
    await wire.told(asked)
    expired = RefusedError(404, 10062, "Unknown interaction")
    wire.server.refuse("POST", "/callback", expired, expired)
    await wire.ada.press(wire.studio, asked.original or {}, "")
    await wire.server.until(lambda: len(wire.server.sent("POST", "/callback")) == 3)
    queue = await wire.ada.slash(wire.studio, "queue")
    await wire.told(queue)
    assert [one.name for one in caplog.records if one.levelname == "ERROR"] == []
