"""The contract of open questions."""

from __future__ import annotations

import pytest

from bot.errors import JobGoneError
from tests.adapters.db.making import Stores, a_question


async def test_a_question_comes_back_whole(stores: Stores) -> None:
    await stores.questions.put(a_question())
    assert await stores.questions.get("q1") == a_question()


async def test_a_dropped_question_is_gone_and_can_be_dropped_again(stores: Stores) -> None:
    await stores.questions.put(a_question())
    await stores.questions.put(a_question("q2"))
    await stores.questions.drop("q1")
    await stores.questions.drop("q1")
    with pytest.raises(JobGoneError):
        await stores.questions.get("q1")
    assert await stores.questions.get("q2") == a_question("q2")


async def test_putting_a_question_again_replaces_it_alone(stores: Stores) -> None:
    changed = a_question(options={"steps": "60"})
    await stores.questions.put(a_question())
    await stores.questions.put(a_question("q2"))
    await stores.questions.put(changed)
    assert await stores.questions.get("q1") == changed
    assert await stores.questions.get("q2") == a_question("q2")
