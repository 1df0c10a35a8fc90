"""The contract of the operator's pause."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.db.pause import SqlPauseStore
from bot.ports import PauseStore
from bot.queue.pause import Pause
from tests.adapters.db.conftest import real
from tests.adapters.db.making import NOON
from tests.fakes.pause import FakePauseStore


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def pauses(request: pytest.FixtureRequest) -> PauseStore:
    return FakePauseStore() if request.param == "fake" else SqlPauseStore(real(request))


async def test_the_last_pause_takes_the_place_of_the_one_before(pauses: PauseStore) -> None:
    assert await pauses.get() is None
    await pauses.put(Pause(since=NOON))
    later = Pause(since=NOON, until=NOON + timedelta(hours=1), at_once=True)
    await pauses.put(later)
    assert await pauses.get() == later


async def test_a_pause_is_dropped_and_dropped_again(pauses: PauseStore) -> None:
    await pauses.put(Pause(since=NOON))
    await pauses.drop()
    await pauses.drop()
    assert await pauses.get() is None


async def test_of_many_pauses_at_once_one_is_left(pauses: PauseStore) -> None:
    """As when two operators pause from two bots on one database."""
    many = [Pause(since=NOON, until=NOON + timedelta(hours=hours)) for hours in range(1, 9)]
    await asyncio.gather(*map(pauses.put, many))
    assert await pauses.get() in many
