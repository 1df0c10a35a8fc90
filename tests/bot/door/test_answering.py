"""A question about a picture is answered once, whatever happens while it is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.card import Action
from bot.door.limits import QueueLimits
from bot.errors import JobGoneError, LimitError, WorkerError
from bot.job import Job, JobStatus
from tests.bot.making import once
from tests.fakes.engine import FACE
from tests.fakes.house import ADA, FakeHouse

QUEUED, DELIVERED = JobStatus.QUEUED, JobStatus.DELIVERED


async def test_a_submission_given_up_while_its_row_is_written_keeps_its_picture(
    house: FakeHouse,
) -> None:
    add, written, go_on = house.jobs.add, asyncio.Event(), asyncio.Event()

    async def slow(job: Job, limits: QueueLimits) -> Job:
        added = await add(job, limits)
        written.set()
        await go_on.wait()
        return added

    house.jobs.add = slow  # type: ignore[method-assign]
    submission = asyncio.create_task(house.submit())
    await written.wait()
    submission.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await submission
    (job,) = house.jobs.rows.values()
    assert job.picture.exists()
    async with house.at_work():
        await house.until_status(job.id, DELIVERED)


async def test_an_answered_question_is_not_kept(house: FakeHouse) -> None:
    house.engine.faces = ()
    asked = await house.submit()
    await house.service.answer(asked.job_id, ADA, Action.GO_ON)
    assert not house.questions.rows


async def test_two_clicks_at_once_make_one_job(house: FakeHouse) -> None:
    house.engine.faces = ()
    asked = await house.submit()
    clicks = [house.service.answer(asked.job_id, ADA, Action.GO_ON) for _ in range(2)]
    outcomes = await asyncio.gather(*clicks, return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Card", "JobGoneError"]
    assert len(house.jobs.rows) == 1


async def test_a_crash_between_a_job_and_the_end_of_its_question_makes_no_second_job(
    house: FakeHouse,
) -> None:
    house.engine.faces = ()
    asked = await house.submit()
    question = house.questions.rows[asked.job_id]
    await house.service.answer(asked.job_id, ADA, Action.GO_ON)
    house.questions.rows[asked.job_id] = question
    with pytest.raises(JobGoneError):
        await house.service.answer(asked.job_id, ADA, Action.GO_ON)
    assert len(house.jobs.rows) == 1


async def test_a_crop_that_fails_leaves_its_question_open(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.engine.faces = (FACE, FACE)
    asked = await house.submit()
    monkeypatch.setattr(house.engine, "crop", once(WorkerError(), house.engine.crop))
    with pytest.raises(WorkerError):
        await house.service.answer(asked.job_id, ADA, Action.CROP, {"face": "1"})
    card = await house.service.answer(asked.job_id, ADA, Action.CROP, {"face": "1"})
    assert (await house.job(card)).status is QUEUED


@pytest.mark.parametrize("face", ["0", "3", "x", "²"])
async def test_a_face_that_is_not_there_leaves_its_question_open(
    house: FakeHouse, face: str
) -> None:
    house.engine.faces = (FACE, FACE)
    asked = await house.submit()
    with pytest.raises(JobGoneError):
        await house.service.answer(asked.job_id, ADA, Action.CROP, {"face": face})
    await house.service.answer(asked.job_id, ADA, Action.GO_ON)


async def test_a_crop_that_met_a_full_queue_crops_the_same_picture_later(house: FakeHouse) -> None:
    house.engine.faces = (FACE, FACE)
    asked = await house.submit()
    house.engine.faces = (FACE,)
    first, *_ = [await house.submit() for _ in range(3)]
    with pytest.raises(LimitError):
        await house.service.answer(asked.job_id, ADA, Action.CROP, {"face": "2"})
    await house.service.cancel(first.job_id, ADA)
    card = await house.service.answer(asked.job_id, ADA, Action.CROP, {"face": "2"})
    assert (await house.job(card)).status is QUEUED


async def test_two_clicks_at_once_crop_once(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.engine.faces = (FACE, FACE)
    asked = await house.submit()
    crop, crops = house.engine.crop, []

    async def slow(*args: Any) -> Any:
        crops.append(args)
        await asyncio.sleep(0)
        return await crop(*args)

    monkeypatch.setattr(house.engine, "crop", slow)
    clicks = [house.service.answer(asked.job_id, ADA, Action.CROP, {"face": face}) for face in "12"]
    outcomes = await asyncio.gather(*clicks, return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Card", "JobGoneError"]
    assert len(crops) == 1
