"""Workers that die, disks that are full, databases that are away: a job fails by itself at most."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.card import CardState
from bot.errors import (
    EncodeError,
    MediaError,
    RenderError,
    StoreError,
    WorkerError,
    WorkerStartError,
)
from bot.job import JobStatus
from tests.bot.making import once
from tests.fakes.house import BEN, FakeHouse

DELIVERED, FAILED = JobStatus.DELIVERED, JobStatus.FAILED


async def test_a_worker_that_dies_costs_an_attempt_and_nothing_else(house: FakeHouse) -> None:
    house.engine.failures.append(WorkerError())
    async with house.at_work():
        card = await house.submit()
        await house.until_status(card.job_id, DELIVERED)
    assert house.jobs.usage.by_job[card.job_id].attempts == 2
    assert house.messenger.states(card.job_id) == [CardState.DONE]


async def test_after_three_attempts_a_job_fails_with_a_sentence_and_the_next_goes_on(
    house: FakeHouse,
) -> None:
    house.engine.failures.extend([WorkerError(), WorkerError(), RenderError()])
    async with house.at_work():
        first, second = await house.submit(), await house.submit(BEN)
        job = await house.until_status(first.job_id, FAILED)
        await house.until_status(second.job_id, DELIVERED)
    assert job.failure == ("error-render", {})
    assert house.messenger.states(job.id) == [CardState.FAILED]
    assert house.jobs.usage.by_job[job.id].failure_key == "error-render"


async def test_attempts_that_failed_count_in_the_seconds_of_the_record(house: FakeHouse) -> None:
    house.engine.failures.append(WorkerError())
    async with house.at_work():
        card = await house.submit_and_hold()
        await house.clock.advance(30)
        house.engine.gate.set()
        await house.until_status(card.job_id, DELIVERED)
    assert house.jobs.usage.by_job[card.job_id].timings.rendered_s == pytest.approx(30, abs=0.1)


async def test_a_worker_that_cannot_start_fails_its_job_slowly_so_that_the_queue_survives(
    house: FakeHouse,
) -> None:
    cards = [await house.submit() for _ in range(3)]
    house.engine.failures.extend([WorkerStartError(role="preview")] * 2)
    async with house.at_work():
        await house.clock.advance(1)
        assert len(house.engine.rendered) == 1
        await house.clock.advance(60)
        for card in cards:
            await house.until_status(card.job_id, DELIVERED)


async def test_a_bug_ends_its_own_job_only(house: FakeHouse) -> None:
    house.engine.failures.extend([ZeroDivisionError()] * 3)
    async with house.at_work():
        first, second = await house.submit(), await house.submit(BEN)
        await house.until_status(first.job_id, FAILED)
        await house.until_status(second.job_id, DELIVERED)


async def test_a_bug_in_the_store_costs_a_pause_and_not_the_bot(house: FakeHouse) -> None:
    house.jobs.claim = once(KeyError("a row"), house.jobs.claim)  # type: ignore[method-assign]
    async with house.at_work():
        card = await house.submit()
        await house.clock.advance(10)
        await house.until_status(card.job_id, DELIVERED)


async def test_a_bug_while_an_end_is_told_costs_that_card_and_not_the_bot(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.engine.failures.extend([ZeroDivisionError()] * 3)

    async def put(*_: Any) -> str:
        raise KeyError("a sentence")

    async with house.at_work():
        first = await house.submit()
        monkeypatch.setattr(house.board, "put", put)
        await house.until_status(first.job_id, FAILED)
        monkeypatch.undo()
        second = await house.submit(BEN)
        await house.until_status(second.job_id, DELIVERED)


async def test_a_folder_that_cannot_be_made_fails_its_job_and_the_next_goes_on(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await house.submit(), await house.submit(BEN)
    made = house.media.folder

    def folder(job_id: str) -> Path:
        if job_id == first.job_id:
            raise MediaError("error-disk-full")
        return made(job_id)

    monkeypatch.setattr(house.media, "folder", folder)
    async with house.at_work():
        job = await house.until_status(first.job_id, FAILED)
        await house.until_status(second.job_id, DELIVERED)
    assert job.failure == ("error-disk-full", {})


async def test_a_disk_that_is_full_for_a_moment_costs_no_clip_that_is_rendered(
    house: FakeHouse,
) -> None:
    house.engine.encode_failures += [MediaError("error-disk-full")] * 2
    async with house.at_work():
        card = await house.submit()
        await house.until(lambda: len(house.engine.encode_failures) == 1)
        await house.clock.advance(15)
        await house.until_status(card.job_id, DELIVERED)
    assert len(house.engine.rendered) == 1


async def test_a_disk_that_stays_full_and_a_master_that_is_gone_fail_their_jobs(
    house: FakeHouse,
) -> None:
    house.engine.encode_failures += [MediaError(), *[MediaError("error-disk-full")] * 3]
    async with house.at_work():
        first, second = await house.submit(), await house.submit(BEN)
        gone = await house.until_status(first.job_id, FAILED)
        await house.until(lambda: len(house.engine.encode_failures) == 2)
        await house.clock.advance(15)
        full = await house.until_status(second.job_id, FAILED)
    assert [gone.failure, full.failure] == [("error-media", {}), ("error-disk-full", {})]


async def test_a_master_that_is_gone_fails_its_job_clearly(house: FakeHouse) -> None:
    house.engine.encode_failures.append(EncodeError())
    async with house.at_work():
        first, second = await house.submit(), await house.submit(BEN)
        job = await house.until_status(first.job_id, FAILED)
        await house.until_status(second.job_id, DELIVERED)
    assert job.failure == ("error-encode", {})


async def test_a_locked_database_delays_what_happened_and_loses_nothing(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit_and_hold()
        house.jobs.broken = StoreError()
        house.engine.gate.set()
        await house.clock.advance(3)
        house.jobs.broken = None
        while (await house.job(card)).status is not DELIVERED:
            await house.clock.advance(5)
    assert len(house.engine.rendered) == 1


async def test_a_database_that_is_away_at_the_start_delays_the_start(house: FakeHouse) -> None:
    house.jobs.untold = once(StoreError(), house.jobs.untold)  # type: ignore[method-assign]
    async with house.at_work():
        card = await house.submit()
        await house.until_status(card.job_id, DELIVERED)
