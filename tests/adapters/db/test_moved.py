"""The contract of what is known of places that moved."""

from __future__ import annotations

import pytest

from adapters.db.moved import SqlMovedStore
from bot.ports import MovedStore
from tests.adapters.db.conftest import real
from tests.fakes.inbox import FakeMovedStore


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def moved(request: pytest.FixtureRequest) -> MovedStore:
    return FakeMovedStore() if request.param == "fake" else SqlMovedStore(real(request))


async def test_a_place_that_moved_is_known_by_the_name_that_it_has_now(moved: MovedStore) -> None:
    await moved.put("telegram:-1001", "telegram:-1")
    await moved.put("telegram:-1002", "telegram:-3")
    await moved.put("telegram:-1002", "telegram:-2")
    assert await moved.all() == {"telegram:-1001": "telegram:-1", "telegram:-1002": "telegram:-2"}
