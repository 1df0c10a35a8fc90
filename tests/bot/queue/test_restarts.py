"""Stops, crashes and neighbours: no render is lost, and none is taken from a living bot."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.card import CardState
from bot.errors import StoreError
from bot.job import Job, JobStatus
from tests.fakes.house import FakeHouse

QUEUED, RUNNING, DELIVERED = JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.DELIVERED


def give_no_grace(house: FakeHouse) -> None:
    object.__setattr__(house.dispatcher._shift, "grace_s", 0.0)


async def _as_running(house: FakeHouse, job_id: str) -> Job:
    """As kill -9 leaves it: an orderly cancellation would have put it back."""
    job = await house.jobs.get(job_id)
    return replace(job, status=RUNNING, instance="one", attempts=1)


async def test_a_stop_gives_a_render_its_grace_time(house: FakeHouse) -> None:
    running = asyncio.create_task(house.dispatcher.run())
    card = await house.submit_and_hold()
    house.dispatcher.stop()
    house.engine.gate.set()
    await house.until(running.done)
    assert (await house.job(card)).status is DELIVERED


async def test_a_stop_puts_a_long_render_back_and_it_costs_no_attempt(house: FakeHouse) -> None:
    give_no_grace(house)
    running = asyncio.create_task(house.dispatcher.run())
    card = await house.submit_and_hold()
    house.dispatcher.stop()
    await house.until(running.done)
    job = await house.job(card)
    assert (job.status, job.attempts) == (QUEUED, 0)
    house.engine.gate.set()
    after = house.restarted("one")
    async with after.at_work():
        await after.until_status(job.id, DELIVERED)


async def test_a_stop_does_not_wait_for_a_database_that_is_away(house: FakeHouse) -> None:
    give_no_grace(house)
    running = asyncio.create_task(house.dispatcher.run())
    await house.submit_and_hold()
    house.jobs.broken = StoreError()
    house.dispatcher.stop()
    await house.until(running.done)


async def test_a_start_that_waits_for_its_database_can_be_stopped(house: FakeHouse) -> None:
    give_no_grace(house)
    house.jobs.broken = StoreError()
    running = asyncio.create_task(house.dispatcher.run())
    await house.clock.advance(1)
    house.dispatcher.stop()
    await house.until(running.done)


async def test_a_restart_takes_up_what_a_crash_left_running(house: FakeHouse) -> None:
    crashed = asyncio.create_task(house.dispatcher.run())
    card = await house.submit_and_hold()
    crashed.cancel()
    await asyncio.gather(crashed, return_exceptions=True)
    house.jobs.rows[card.job_id] = await _as_running(house, card.job_id)
    house.engine.gate.set()
    after = house.restarted("one")
    async with after.at_work():
        await after.until_status(card.job_id, DELIVERED)
    assert after.messenger.states(card.job_id) == [CardState.DONE]


async def test_a_living_neighbours_job_is_left_alone(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit_and_hold()
        neighbour = house.restarted()
        async with neighbour.at_work():
            await asyncio.sleep(0)
        assert (await house.job(card)).instance == "one"
        house.engine.gate.set()
        await house.until_status(card.job_id, DELIVERED)


async def test_the_lease_of_a_long_render_is_renewed(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit_and_hold()
        for _ in range(10):
            await house.clock.advance(30)
            lease_until = (await house.job(card)).lease_until
            assert lease_until is not None and lease_until > house.clock.now()
        house.engine.gate.set()
        await house.until_status(card.job_id, DELIVERED)
