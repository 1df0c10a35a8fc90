"""A picture's author is asked by one process, answers another, and any of them may be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from adapters.db.database import Database
from adapters.db.questions import SqlQuestionStore
from adapters.db.settings import SqlSettingsStore
from bot.app.house import furnish
from bot.card import CardState
from bot.job import JobStatus
from tests.fakes.engine import FakeEngine
from tests.journeys.author_process import ASKING, CLEO
from tests.journeys.world import GUARD_S, World

ALL_OF_THEM = 1000  # writes: more than any answer takes


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.sketch()
    return world


def act(world: World, question_id: str, action: str, writes: int = ALL_OF_THEM) -> int:
    """In a process of its own; its exit code."""
    command = [sys.executable, "-m", "tests.journeys.author_process", str(world.chat.root)]
    asked = [*command, str(writes), question_id, action]
    return subprocess.run(asked, env=os.environ | world.variables, timeout=GUARD_S).returncode


def asked(world: World) -> str:
    assert act(world, "new", "") == 0
    ((question_id, state),) = world.chat.states().items()
    assert state == CardState.ASKING
    return question_id


def answered(world: World, question_id: str, action: str) -> int:
    """Each attempt gets a write further than the one before; how many were killed."""
    kills = 0
    while (code := act(world, question_id, action, writes=kills)) == -signal.SIGKILL:
        kills += 1
        assert kills < 10
    assert code == 0
    return kills


async def open_questions(world: World) -> int:
    async with Database(world.settings.database) as database:
        return len(await SqlQuestionStore(database).of_person(CLEO.owner))


async def test_a_yes_that_is_killed_again_and_again_makes_one_clip(world: World) -> None:
    question_id = asked(world)
    assert answered(world, question_id, "allow") >= 1
    with patch.dict(os.environ, world.variables):
        opening = furnish(world.settings, [world.chat], FakeEngine(), "bot-0")
        async with opening as house, house.at_work():
            await world.until_statuses(JobStatus.DELIVERED)
    (job,) = (await world.jobs()).values()
    assert (job.id, job.origin.owner, job.request.seed) == (question_id, ASKING.owner, 7)
    assert world.chat.states() == {question_id: CardState.DONE}
    assert [event["event"] for event in world.chat.events()].count("post") == 1
    assert await open_questions(world) == 0
    assert len(await world.usage()) == 1


@pytest.mark.slow
async def test_a_no_for_good_that_is_killed_again_and_again_holds(world: World) -> None:
    question_id = asked(world)
    assert answered(world, question_id, "never") >= 2
    assert world.chat.states() == {question_id: CardState.REFUSED}
    assert await open_questions(world) == 0
    assert list((world.data_dir / "jobs").iterdir()) == []
    async with Database(world.settings.database) as database:
        assert (await SqlSettingsStore(database).person(CLEO.owner)).opted_out
