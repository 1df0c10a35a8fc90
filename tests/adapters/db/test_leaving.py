"""The contract of who is being forgotten: known until they are, and nothing longer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.db.leaving import SqlLeavingStore
from bot.people.leaving import Leaving
from bot.ports import LeavingStore
from tests.adapters.db.making import MINUTE, NOON
from tests.fakes.people import FakeLeavingStore

ADA = Leaving("fake:ada", NOON)
BEN = Leaving("fake:ben", NOON - MINUTE)


@pytest.fixture(params=["fake", "sqlite"])
def leaving(request: pytest.FixtureRequest) -> LeavingStore:
    if request.param == "fake":
        return FakeLeavingStore()
    return SqlLeavingStore(request.getfixturevalue("database"))


async def test_whoever_leaves_is_known_until_they_are_gone(leaving: LeavingStore) -> None:
    await leaving.put(ADA)
    await leaving.put(BEN)
    further = replace(ADA, choices_gone=True)
    await leaving.put(further)
    assert await leaving.all() == [BEN, further]
    for _ in range(2):
        assert await leaving.drop(ADA)
    assert await leaving.all() == [BEN]
