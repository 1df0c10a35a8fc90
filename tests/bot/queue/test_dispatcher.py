"""Jobs through the engine: order, lanes, the free repeat."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from bot.card import CardState
from bot.clip import Renderer, Trouble
from bot.errors import MachineError
from bot.job import Job, JobStatus
from bot.measurement import Verdict
from tests.fakes.engine import FROZEN
from tests.fakes.house import ADA, BEN, FakeHouse

QUEUED, RUNNING, DELIVERED = JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.DELIVERED


async def test_a_sketch_becomes_a_delivered_clip_on_one_card(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit()
        job = await house.until_status(card.job_id, DELIVERED)
    assert house.messenger.states(job.id) == [CardState.DONE]
    record = house.jobs.usage.by_job[job.id]
    assert (record.outcome, record.attempts, record.size_bytes) == (DELIVERED, 1, 1000)


async def test_a_new_job_wakes_the_lane_that_it_is_for_and_no_other(house: FakeHouse) -> None:
    with patch.object(house.jobs, "claim", wraps=house.jobs.claim) as claim:
        async with house.at_work():
            await house.until(lambda: claim.call_count == len(Renderer))
            house.engine.gate.clear()
            card = await house.submit()
            await house.until_status(card.job_id, RUNNING)
            assert [one.args[1] for one in claim.call_args_list[2:]] == [Renderer.PREVIEW]
            house.engine.gate.set()


async def test_where_there_is_no_model_no_pause_is_looked_up(house: FakeHouse) -> None:
    house.engine.troubles[Renderer.MODEL] = Trouble("model-none", lasting=True)
    pauses = house.people.pauses
    with patch.object(pauses, "get", wraps=pauses.get) as get:
        async with house.at_work():
            card = await house.submit()
            await house.until_status(card.job_id, DELIVERED)
    assert get.call_count == 0


async def test_people_take_turns(house: FakeHouse) -> None:
    cards = [await house.submit(person) for person in (ADA, ADA, ADA, BEN, BEN)]
    async with house.at_work():
        for card in cards:
            await house.until_status(card.job_id, DELIVERED)
    owners = [(await house.jobs.get(order.job_id)).origin.person for order in house.engine.rendered]
    assert owners == ["ada", "ben", "ada", "ben", "ada"]


async def test_a_job_announced_while_a_lane_looks_is_not_overlooked(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, cards = house.jobs.claim, []

    async def late(*args: Any, **options: Any) -> Job | None:
        found = await claim(*args, **options)
        if not cards:
            cards.append(await house.submit())
        return found

    monkeypatch.setattr(house.jobs, "claim", late)
    async with house.at_work():
        await house.until(lambda: bool(cards))
        await house.until_status(cards[0].job_id, DELIVERED)


async def test_what_has_waited_for_a_day_is_not_begun_any_more(house: FakeHouse) -> None:
    stale = await house.submit()
    await house.clock.advance(24 * 3600)
    fresh = await house.submit()
    async with house.at_work():
        await house.until_status(fresh.job_id, DELIVERED)
        await house.clock.advance(60)
    assert (await house.job(stale)).status is QUEUED


async def test_a_frozen_clip_is_rendered_once_more_before_anyone_sees_it(house: FakeHouse) -> None:
    house.engine.verdicts.append(FROZEN)
    async with house.at_work():
        card = await house.submit()
        await house.until_status(card.job_id, DELIVERED)
    first, second = house.engine.rendered
    assert first.request.seed != second.request.seed
    done = [one for one in house.messenger.history[f"{card.job_id}/1"] if one.clip]
    assert len(done) == 1


async def test_a_clip_that_stays_frozen_is_delivered_with_a_word_about_it(house: FakeHouse) -> None:
    house.engine.verdicts.extend([FROZEN, FROZEN])
    async with house.at_work():
        card = await house.submit()
        await house.until_status(card.job_id, DELIVERED)
    assert len(house.engine.rendered) == 2
    assert any(
        "Hardly anything moves" in line for line in house.messenger.of_job(card.job_id)[0].lines
    )


async def test_a_typed_seed_is_never_replaced(house: FakeHouse) -> None:
    house.engine.verdicts.append(FROZEN)
    async with house.at_work():
        card = await house.submit(seed="7")
        await house.until_status(card.job_id, DELIVERED)
    assert [order.request.seed for order in house.engine.rendered] == [7]


async def test_a_clip_that_cannot_be_judged_is_delivered(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def measure(_: Any) -> Any:
        raise MachineError

    monkeypatch.setattr(house.engine, "measure", measure)
    async with house.at_work():
        card = await house.submit()
        job = await house.until_status(card.job_id, DELIVERED)
    assert job.clip is not None and job.clip.measurement is not None
    assert job.clip.measurement.verdict is Verdict.UNMEASURED


async def test_a_clip_too_large_for_the_place_is_made_smaller(house: FakeHouse) -> None:
    house.messenger.size_limit = lambda origin: None  # type: ignore[method-assign]
    house.messenger.limit_bytes = 400
    async with house.at_work():
        card = await house.submit()
        await house.until_status(card.job_id, DELIVERED)
    assert [order.limit_bytes for order in house.engine.encoded] == [None, 400]
    assert house.jobs.usage.by_job[card.job_id].size_bytes == 400
