"""A cancel counts in every moment: before a claim, right after it, in the render, at its end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.card import CardState
from bot.errors import CardGoneError, StaleJobError
from bot.job import Job, JobStatus
from tests.fakes.house import ADA, BEN, FakeHouse

DELIVERED, CANCELLED = JobStatus.DELIVERED, JobStatus.CANCELLED


async def test_cancel_reaches_a_running_render(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit_and_hold()
        await house.service.cancel(card.job_id, ADA)
        await house.until(lambda: house.engine.cancelled == [card.job_id])
        house.engine.gate.set()
        other = await house.submit()
        await house.until_status(other.job_id, DELIVERED)
    assert (await house.job(card)).status is CANCELLED
    assert house.messenger.states(card.job_id) == [CardState.CANCELLED]


async def test_a_cancel_right_after_the_claim_stops_the_render(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow_estimate(_: Any) -> None:
        asked.set()
        await answer.wait()

    card = await house.submit()
    monkeypatch.setattr(house.waiting, "run_of", slow_estimate)
    house.engine.gate.clear()
    async with house.at_work():
        await asked.wait()
        await house.service.cancel(card.job_id, ADA)
        answer.set()
        monkeypatch.undo()
        house.engine.gate.set()
        other = await house.submit(BEN)
        await house.until_status(other.job_id, DELIVERED)
    assert [order.job_id for order in house.engine.rendered] == [other.job_id]


async def test_a_cancel_in_the_moment_of_the_claim_still_cancels(house: FakeHouse) -> None:
    card = await house.submit()
    move, moves = house.jobs.move, []

    async def claimed_first(job: Job, status: JobStatus, *args: Any, **changes: Any) -> Job:
        if not moves:
            moves.append(job)
            raise StaleJobError
        return await move(job, status, *args, **changes)

    house.jobs.move = claimed_first  # type: ignore[method-assign]
    await house.service.cancel(card.job_id, ADA)
    assert (await house.job(card)).status is CANCELLED


async def test_a_cancel_reaches_the_render_however_slow_the_chat_is(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, edit = asyncio.Event(), house.messenger.edit

    async def slow(*args: Any) -> None:
        await answered.wait()
        await edit(*args)

    async with house.at_work():
        card = await house.submit_and_hold()
        monkeypatch.setattr(house.messenger, "edit", slow)
        cancel = asyncio.create_task(house.service.cancel(card.job_id, ADA))
        await house.until(lambda: house.engine.cancelled == [card.job_id])
        answered.set()
        await cancel


async def test_a_render_that_completes_against_a_cancel_stays_cancelled(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit_and_hold()
        job = await house.job(card)
        await house.delivery.end(job, CANCELLED)
        house.engine.gate.set()
        other = await house.submit(BEN)
        await house.until_status(other.job_id, DELIVERED)
    assert (await house.job(card)).status is CANCELLED
    assert house.jobs.usage.by_job[card.job_id].outcome is CANCELLED


async def test_what_a_cancelled_render_took_is_on_record(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit_and_hold()
        await house.clock.advance(40)
        await house.service.cancel(card.job_id, ADA)
    record = house.jobs.usage.by_job[card.job_id]
    assert (record.outcome, record.timings.rendered_s) == (CANCELLED, pytest.approx(40, abs=0.1))


async def test_a_card_gone_is_no_reason_to_fail_a_cancel(house: FakeHouse) -> None:
    card = await house.submit()
    house.messenger.failures.append(CardGoneError())
    await house.service.cancel(card.job_id, ADA)
    assert (await house.job(card)).status is CANCELLED
