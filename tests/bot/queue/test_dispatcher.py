"""Jobs through the engine: order, retries, the free repeat, restarts and shutdowns."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from bot.card import CardState
from bot.clip import Renderer, Trouble
from bot.errors import (
    CardGoneError,
    EncodeError,
    MessengerError,
    PlaceGoneError,
    RenderError,
    StoreError,
    WorkerError,
)
from bot.job import Job, JobStatus
from tests.fakes.engine import FROZEN
from tests.fakes.house import ADA, BEN, FakeHouse, build, furnish

QUEUED, RUNNING = JobStatus.QUEUED, JobStatus.RUNNING
DELIVERED, FAILED, CANCELLED = JobStatus.DELIVERED, JobStatus.FAILED, JobStatus.CANCELLED


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    return build(tmp_path)


def restarted(house: FakeHouse, tmp_path: Path, instance: str = "one") -> FakeHouse:
    return furnish(
        tmp_path,
        house.clock,
        house.engine,
        house.jobs,
        house.messenger,
        house.media,
        instance=instance,
    )


def shown(house: FakeHouse, job_id: str) -> list[CardState]:
    return [card.state for card in house.messenger.of_job(job_id)]


async def test_a_sketch_becomes_a_delivered_clip_on_one_card(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit()
        job = await house.until_status(card.job_id, DELIVERED)
    assert shown(house, job.id) == [CardState.DONE]
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


async def test_a_worker_that_dies_costs_an_attempt_and_nothing_else(house: FakeHouse) -> None:
    house.engine.failures.append(WorkerError())
    async with house.at_work():
        card = await house.submit()
        await house.until_status(card.job_id, DELIVERED)
    assert house.jobs.usage.by_job[card.job_id].attempts == 2
    assert shown(house, card.job_id) == [CardState.DONE]


async def test_after_three_attempts_a_job_fails_with_a_sentence_and_the_next_goes_on(
    house: FakeHouse,
) -> None:
    house.engine.failures.extend([WorkerError(), WorkerError(), RenderError()])
    async with house.at_work():
        first, second = await house.submit(), await house.submit(BEN)
        job = await house.until_status(first.job_id, FAILED)
        await house.until_status(second.job_id, DELIVERED)
    assert job.failure == ("error-render", {})
    assert shown(house, job.id) == [CardState.FAILED]
    assert house.jobs.usage.by_job[job.id].failure_key == "error-render"


async def test_a_bug_ends_its_own_job_only(house: FakeHouse) -> None:
    house.engine.failures.extend([ZeroDivisionError()] * 3)
    async with house.at_work():
        first, second = await house.submit(), await house.submit(BEN)
        await house.until_status(first.job_id, FAILED)
        await house.until_status(second.job_id, DELIVERED)


async def test_a_frozen_clip_is_rendered_once_more_before_anyone_sees_it(house: FakeHouse) -> None:
    house.engine.verdicts.append(FROZEN)
    async with house.at_work():
        card = await house.submit()
        await house.until_status(card.job_id, DELIVERED)
    first, second = house.engine.rendered
    assert first.request.seed != second.request.seed
    done = [one for one in house.messenger.history[f"{card.job_id}/1"] if one.clip]
    assert len(done) == 1


async def test_a_clip_that_stays_frozen_is_delivered_with_a_word_about_it(
    house: FakeHouse,
) -> None:
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


async def test_cancel_reaches_a_running_render(house: FakeHouse) -> None:
    house.engine.gate.clear()
    async with house.at_work():
        card = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        await house.service.cancel(card.job_id, ADA)
        await house.until(lambda: house.engine.cancelled == [card.job_id])
        house.engine.gate.set()
        other = await house.submit()
        await house.until_status(other.job_id, DELIVERED)
    assert (await house.job(card)).status is CANCELLED
    assert shown(house, card.job_id) == [CardState.CANCELLED]


async def test_a_render_that_completes_against_a_cancel_stays_cancelled(house: FakeHouse) -> None:
    house.engine.gate.clear()
    async with house.at_work():
        card = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        job = await house.job(card)
        await house.delivery.end(job, CANCELLED)
        house.engine.gate.set()
        other = await house.submit(BEN)
        await house.until_status(other.job_id, DELIVERED)
    assert (await house.job(card)).status is CANCELLED
    assert house.jobs.usage.by_job[card.job_id].outcome is CANCELLED


async def test_a_stop_gives_a_render_its_grace_time(house: FakeHouse) -> None:
    house.engine.gate.clear()
    running = asyncio.create_task(house.dispatcher.run())
    card = await house.submit()
    await house.until(lambda: bool(house.engine.rendered))
    house.dispatcher.stop()
    house.engine.gate.set()
    await house.until(running.done)
    assert (await house.job(card)).status is DELIVERED


async def test_a_stop_puts_a_long_render_back_and_it_costs_no_attempt(
    house: FakeHouse, tmp_path: Path
) -> None:
    object.__setattr__(house.dispatcher._shift, "grace_s", 0.0)
    house.engine.gate.clear()
    running = asyncio.create_task(house.dispatcher.run())
    card = await house.submit()
    await house.until(lambda: bool(house.engine.rendered))
    house.dispatcher.stop()
    await house.until(running.done)
    job = await house.job(card)
    assert (job.status, job.attempts) == (QUEUED, 0)
    house.engine.gate.set()
    after = restarted(house, tmp_path)
    async with after.at_work():
        await after.until_status(job.id, DELIVERED)


async def test_a_restart_takes_up_what_a_crash_left_running(
    house: FakeHouse, tmp_path: Path
) -> None:
    house.engine.gate.clear()
    crashed = asyncio.create_task(house.dispatcher.run())
    card = await house.submit()
    await house.until(lambda: bool(house.engine.rendered))
    crashed.cancel()
    await asyncio.gather(crashed, return_exceptions=True)
    house.jobs.rows[card.job_id] = await _as_running(house, card.job_id)
    house.engine.gate.set()
    after = restarted(house, tmp_path)
    async with after.at_work():
        await after.until_status(card.job_id, DELIVERED)
    assert shown(after, card.job_id) == [CardState.DONE]


async def _as_running(house: FakeHouse, job_id: str) -> Job:
    """As kill -9 leaves it: an orderly cancellation would have put it back."""
    job = await house.jobs.get(job_id)
    return replace(job, status=RUNNING, instance="one", attempts=1)


async def test_a_living_neighbours_job_is_left_alone(house: FakeHouse, tmp_path: Path) -> None:
    house.engine.gate.clear()
    async with house.at_work():
        card = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        neighbour = restarted(house, tmp_path, instance="two")
        async with neighbour.at_work():
            await asyncio.sleep(0)
        assert (await house.job(card)).instance == "one"
        house.engine.gate.set()
        await house.until_status(card.job_id, DELIVERED)


async def test_a_clip_too_large_for_the_place_is_made_smaller(house: FakeHouse) -> None:
    house.messenger.size_limit = lambda origin: None  # type: ignore[method-assign]
    house.messenger.limit_bytes = 400
    async with house.at_work():
        card = await house.submit()
        await house.until_status(card.job_id, DELIVERED)
    assert [order.limit_bytes for order in house.engine.encoded] == [None, 400]
    assert house.jobs.usage.by_job[card.job_id].size_bytes == 400


async def test_an_outage_of_the_chat_delays_the_clip_and_loses_nothing(house: FakeHouse) -> None:
    house.engine.gate.clear()
    async with house.at_work():
        card = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        await house.clock.advance(1)
        house.messenger.failures.extend([MessengerError() for _ in range(8)])
        house.engine.gate.set()
        while (await house.job(card)).status is not DELIVERED:
            await house.clock.advance(30)
    assert shown(house, card.job_id) == [CardState.DONE]


async def test_a_deleted_card_is_posted_afresh_with_the_clip(house: FakeHouse) -> None:
    house.engine.gate.clear()
    async with house.at_work():
        card = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        house.messenger.gone.add(f"{card.job_id}/1")
        house.engine.gate.set()
        await house.until_status(card.job_id, DELIVERED)
    assert shown(house, card.job_id) == [CardState.DONE]
    assert (await house.job(card)).card == f"{card.job_id}-c/1"  # its nonce is its own


async def test_where_the_place_is_gone_the_clip_comes_in_private(house: FakeHouse) -> None:
    house.engine.gate.clear()
    async with house.at_work():
        card = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        await house.clock.advance(1)
        house.messenger.failures.append(PlaceGoneError())
        house.engine.gate.set()
        await house.until_status(card.job_id, DELIVERED)
    assert [one.state for one in house.messenger.direct] == [CardState.DONE]


async def test_a_master_that_is_gone_fails_its_job_clearly(house: FakeHouse) -> None:
    house.engine.encode_failures.append(EncodeError())
    async with house.at_work():
        first, second = await house.submit(), await house.submit(BEN)
        job = await house.until_status(first.job_id, FAILED)
        await house.until_status(second.job_id, DELIVERED)
    assert job.failure == ("error-encode", {})


async def test_a_locked_database_delays_what_happened_and_loses_nothing(house: FakeHouse) -> None:
    house.engine.gate.clear()
    async with house.at_work():
        card = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        house.jobs.broken = StoreError()
        house.engine.gate.set()
        await house.clock.advance(3)
        house.jobs.broken = None
        while (await house.job(card)).status is not DELIVERED:
            await house.clock.advance(5)
    assert len(house.engine.rendered) == 1


async def test_who_waited_long_is_told_once_and_who_did_not_is_not(house: FakeHouse) -> None:
    house.engine.gate.clear()
    async with house.at_work():
        slow = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        await house.clock.advance(120)
        quick = await house.submit(BEN)
        house.engine.gate.set()
        await house.until_status(quick.job_id, DELIVERED)
        await house.until_status(slow.job_id, DELIVERED)
        await house.until(lambda: len(house.messenger.mentions) == 1)
    assert house.messenger.mentions[0][0] == f"{slow.job_id}/1"


async def test_an_end_that_could_not_be_shown_is_shown_at_the_next_start(
    house: FakeHouse, tmp_path: Path
) -> None:
    card = await house.submit()
    house.messenger.failures.append(MessengerError())
    await house.service.cancel(card.job_id, ADA)
    assert shown(house, card.job_id) == [CardState.QUEUED]
    after = restarted(house, tmp_path)
    async with after.at_work():
        await after.until(lambda: after.jobs.rows[card.job_id].told)
    assert shown(after, card.job_id) == [CardState.CANCELLED]


async def test_a_card_gone_is_no_reason_to_fail_a_cancel(house: FakeHouse) -> None:
    card = await house.submit()
    house.messenger.failures.append(CardGoneError())
    await house.service.cancel(card.job_id, ADA)
    assert (await house.job(card)).status is CANCELLED


async def test_what_has_waited_for_a_day_is_not_begun_any_more(house: FakeHouse) -> None:
    stale = await house.submit()
    await house.clock.advance(24 * 3600)
    fresh = await house.submit()
    async with house.at_work():
        await house.until_status(fresh.job_id, JobStatus.DELIVERED)
        await house.clock.advance(60)
    assert (await house.job(stale)).status is JobStatus.QUEUED
