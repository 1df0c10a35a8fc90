"""The GPU at rest: by the operator's word or by the hour, with everybody told until when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from bot.card import Action, Card
from bot.clip import Renderer
from bot.door.rules import HouseRules
from bot.errors import NotAllowedError, PersonError, StoreError
from bot.job import JobStatus
from bot.queue.hours import Hours
from bot.queue.pause import Pause
from bot.queue.pausing import Pausing
from bot.queue.resting import LOOK_S
from tests.bot.making import OPERATOR
from tests.fakes.clock import START
from tests.fakes.house import ADA, FakeHouse, build

WITH_MODEL = HouseRules(renderer=Renderer.MODEL)
HOUR = timedelta(hours=1)
MODEL = Renderer.MODEL


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    return build(tmp_path, WITH_MODEL)


def pausing(house: FakeHouse) -> Pausing:
    return house.service.operating.pausing


@asynccontextmanager
async def beside(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def at_work(house: FakeHouse) -> AsyncIterator[None]:
    """With who looks after the GPU and the cards of those who wait."""
    async with (
        house.at_work(),
        beside(house.core.resting.keep()),
        beside(house.waiting.stay_true()),
    ):
        yield


def last(house: FakeHouse, card: Card) -> Card:
    return house.messenger.of_job(card.job_id)[-1]


async def test_a_pause_frees_the_gpu_and_those_who_wait_see_until_when(house: FakeHouse) -> None:
    async with at_work(house):
        await pausing(house).pause(OPERATOR, START + HOUR)
        card = await house.submit()
        assert any("2030-01-01 13:00 UTC" in line for line in card.lines)
        assert Action.PREVIEW in [button.action for button in card.buttons]
        await house.clock.advance(3 * LOOK_S)
        assert house.engine.freed == {MODEL}
        assert (await house.job(card)).status is JobStatus.QUEUED
        await house.clock.advance(3600)
        assert house.engine.freed == set()
        await house.until_status(card.job_id, JobStatus.DELIVERED)


async def test_who_waits_already_learns_of_it_and_of_its_end(house: FakeHouse) -> None:
    house.engine.gate.clear()
    async with at_work(house):
        await house.submit()
        waiting = await house.submit()
        await pausing(house).pause(OPERATOR)
        await house.clock.advance(30)
        assert any("something else" in line for line in last(house, waiting).lines)
        house.engine.gate.set()
        await pausing(house).resume(OPERATOR)
        await house.until_status(waiting.job_id, JobStatus.DELIVERED)


async def test_what_is_being_drawn_is_finished_first(house: FakeHouse) -> None:
    house.engine.gate.clear()
    async with at_work(house):
        card = await house.submit()
        await house.until_status(card.job_id, JobStatus.RUNNING)
        await pausing(house).pause(OPERATOR)
        await house.clock.advance(10 * LOOK_S)
        assert house.engine.freed == set()
        house.engine.gate.set()
        await house.until_status(card.job_id, JobStatus.DELIVERED)
        await house.clock.advance(2 * LOOK_S)
        assert house.engine.freed == {MODEL}


async def test_at_once_it_waits_again_and_its_attempt_is_given_back(house: FakeHouse) -> None:
    house.engine.gate.clear()
    async with at_work(house):
        card = await house.submit()
        await house.until_status(card.job_id, JobStatus.RUNNING)
        await pausing(house).pause(OPERATOR, at_once=True)
        await house.clock.advance(3 * LOOK_S)
        assert house.engine.cancelled == [card.job_id]
        assert house.engine.freed == {MODEL}
        waiting = await house.job(card)
        assert (waiting.status, waiting.attempts) == (JobStatus.QUEUED, 0)
        house.engine.gate.set()
        await pausing(house).resume(OPERATOR)
        await house.clock.advance(3 * LOOK_S)
        await house.until_status(card.job_id, JobStatus.DELIVERED)


async def test_previews_go_on(house: FakeHouse) -> None:
    async with at_work(house):
        await pausing(house).pause(OPERATOR)
        card = await house.submit()
        await house.service.preview_instead(card.job_id, ADA)
        await house.until_status(card.job_id, JobStatus.DELIVERED)


async def test_a_pause_outlives_a_restart(house: FakeHouse) -> None:
    await pausing(house).pause(OPERATOR)
    again = house.restarted()
    async with at_work(again):
        card = await again.submit()
        await again.clock.advance(60)
        assert again.engine.freed == {MODEL}
        assert (await again.job(card)).status is JobStatus.QUEUED


async def test_out_of_its_hours_the_gpu_rests(house: FakeHouse) -> None:
    night = Hours.parse("22-07")
    outside = Pausing(
        Hours(night.ranges, UTC),
        pauses=house.people.pauses,
        engine=house.engine,
        door=house.core.door,
        clock=house.clock,
    )
    rest = await outside.rest()
    assert rest is not None
    assert rest.until == START + 10 * HOUR
    assert (await outside.trouble(MODEL)) == rest.trouble
    assert await outside.trouble(Renderer.PREVIEW) is None
    # a pause that ends before the hours begin lasts until they do
    paused = await outside.pause(OPERATOR, START + HOUR)
    assert paused.until == START + 10 * HOUR
    await house.clock.advance(11 * 3600)
    assert await outside.rest() is None


async def test_an_older_pause_is_replaced_and_may_be_taken_back(house: FakeHouse) -> None:
    await pausing(house).pause(OPERATOR)
    await pausing(house).pause(OPERATOR, START + HOUR)
    assert house.people.pauses.pause == Pause(since=START, until=START + HOUR)
    assert await pausing(house).resume(OPERATOR) is None
    assert (await house.service.operating.overview(OPERATOR)).rest is None


async def test_only_an_operator_pauses_and_not_into_the_past(house: FakeHouse) -> None:
    with pytest.raises(NotAllowedError):
        await pausing(house).pause(ADA)
    with pytest.raises(NotAllowedError):
        await pausing(house).resume(ADA)
    with pytest.raises(PersonError, match="pause-over"):
        await pausing(house).pause(OPERATOR, START)


async def test_a_database_that_is_away_changes_nothing(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away() -> None:
        raise StoreError

    async with at_work(house):
        await house.clock.advance(LOOK_S)
        monkeypatch.setattr(house.people.pauses, "get", away)
        await house.clock.advance(10 * LOOK_S)
        assert house.engine.freed == set()
        monkeypatch.undo()
        await pausing(house).pause(OPERATOR)
        await house.clock.advance(3 * LOOK_S)
        assert house.engine.freed == {MODEL}
