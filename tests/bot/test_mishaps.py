"""What goes wrong between two awaits: the job, its card and its neighbours get over it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.card import Action, CardState
from bot.door.limits import QueueLimits
from bot.errors import (
    JobGoneError,
    LimitError,
    MachineError,
    MediaError,
    MessengerError,
    PlaceGoneError,
    StaleJobError,
    StoreError,
    WorkerError,
    WorkerStartError,
)
from bot.job import Job, JobStatus
from bot.measurement import Verdict
from tests.fakes.engine import FACE
from tests.fakes.house import ADA, BEN, FakeHouse, build

QUEUED, RUNNING, RENDERED = JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.RENDERED
DELIVERED, FAILED, CANCELLED = JobStatus.DELIVERED, JobStatus.FAILED, JobStatus.CANCELLED


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    return build(tmp_path)


def once(wrong: BaseException, right: Any) -> Any:
    """A method that fails the first time."""
    left = [wrong]

    async def method(*args: Any, **options: Any) -> Any:
        if left:
            raise left.pop()
        return await right(*args, **options)

    return method


# The dispatcher


async def test_a_database_that_is_away_at_the_start_delays_the_start(house: FakeHouse) -> None:
    house.jobs.untold = once(StoreError(), house.jobs.untold)  # type: ignore[method-assign]
    async with house.at_work():
        card = await house.submit()
        await house.until_status(card.job_id, DELIVERED)


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


async def test_a_stop_does_not_wait_for_a_database_that_is_away(house: FakeHouse) -> None:
    object.__setattr__(house.dispatcher._shift, "grace_s", 0.0)
    house.engine.gate.clear()
    running = asyncio.create_task(house.dispatcher.run())
    await house.submit()
    await house.until(lambda: bool(house.engine.rendered))
    house.jobs.broken = StoreError()
    house.dispatcher.stop()
    await house.until(running.done)


async def test_a_start_that_waits_for_its_database_can_be_stopped(house: FakeHouse) -> None:
    object.__setattr__(house.dispatcher._shift, "grace_s", 0.0)
    house.jobs.broken = StoreError()
    running = asyncio.create_task(house.dispatcher.run())
    await house.clock.advance(1)
    house.dispatcher.stop()
    await house.until(running.done)


async def test_attempts_that_failed_count_in_the_seconds_of_the_record(house: FakeHouse) -> None:
    house.engine.gate.clear()
    house.engine.failures.append(WorkerError())
    async with house.at_work():
        card = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        await house.clock.advance(30)
        house.engine.gate.set()
        await house.until_status(card.job_id, DELIVERED)
    assert house.jobs.usage.by_job[card.job_id].timings.rendered_s == pytest.approx(30, abs=0.1)


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


async def test_the_lease_of_a_long_render_is_renewed(house: FakeHouse) -> None:
    house.engine.gate.clear()
    async with house.at_work():
        card = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        for _ in range(10):
            await house.clock.advance(30)
            lease_until = (await house.job(card)).lease_until
            assert lease_until is not None and lease_until > house.clock.now()
        house.engine.gate.set()
        await house.until_status(card.job_id, DELIVERED)


# Cancelling


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


async def test_a_cancel_reaches_the_render_however_slow_the_chat_is(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, edit = asyncio.Event(), house.messenger.edit

    async def slow(*args: Any) -> None:
        await answered.wait()
        await edit(*args)

    house.engine.gate.clear()
    async with house.at_work():
        card = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        monkeypatch.setattr(house.messenger, "edit", slow)
        cancel = asyncio.create_task(house.service.cancel(card.job_id, ADA))
        await house.until(lambda: house.engine.cancelled == [card.job_id])
        answered.set()
        await cancel


async def test_what_a_cancelled_render_took_is_on_record(house: FakeHouse) -> None:
    house.engine.gate.clear()
    async with house.at_work():
        card = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        await house.clock.advance(40)
        await house.service.cancel(card.job_id, ADA)
    record = house.jobs.usage.by_job[card.job_id]
    assert (record.outcome, record.timings.rendered_s) == (CANCELLED, pytest.approx(40, abs=0.1))


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


# What a person sees


async def test_an_end_that_could_not_be_told_is_told_once_the_chat_is_back(
    house: FakeHouse,
) -> None:
    async with house.at_work():
        house.engine.gate.clear()
        card = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        await house.clock.advance(1)
        house.messenger.failures.append(MessengerError())
        await house.service.cancel(card.job_id, ADA)
        assert not (await house.job(card)).told
        await house.clock.advance(120)
        assert (await house.job(card)).told
    assert house.messenger.of_job(card.job_id)[0].state is CardState.CANCELLED


async def test_an_end_that_nobody_can_be_told_any_more_is_not_told_for_ever(
    house: FakeHouse,
) -> None:
    card = await house.submit()
    house.messenger.failures.append(PlaceGoneError())
    await house.service.cancel(card.job_id, ADA)
    assert (await house.job(card)).told


async def test_a_private_message_that_fails_for_a_while_is_tried_again(house: FakeHouse) -> None:
    house.engine.gate.clear()
    async with house.at_work():
        card = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        await house.clock.advance(1)
        house.messenger.failures.extend([PlaceGoneError(), MessengerError(), MessengerError()])
        house.engine.gate.set()
        await house.clock.advance(60)
        await house.until_status(card.job_id, DELIVERED)
    assert [one.state for one in house.messenger.direct] == [CardState.DONE]


async def test_what_was_sent_in_private_is_hidden_deleted_and_forgotten_like_a_card(
    house: FakeHouse,
) -> None:
    house.engine.gate.clear()
    async with house.at_work():
        card = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        await house.clock.advance(1)
        house.messenger.failures.append(PlaceGoneError())
        house.engine.gate.set()
        await house.until_status(card.job_id, DELIVERED)
    (shown,) = house.messenger.direct
    assert shown.clip is not None
    await house.service.clips.delete(card.job_id, ADA)
    assert house.messenger.direct == []


async def test_where_nobody_can_be_reached_the_clip_waits_in_the_history(house: FakeHouse) -> None:
    house.engine.gate.clear()
    async with house.at_work():
        card = await house.submit()
        await house.until(lambda: bool(house.engine.rendered))
        await house.clock.advance(1)
        house.messenger.failures.extend([PlaceGoneError(), PlaceGoneError()])
        house.engine.gate.set()
        await house.until_status(card.job_id, DELIVERED)
    assert house.messenger.direct == []


async def test_a_card_whose_name_could_not_be_kept_is_kept_with_the_next_edit(
    house: FakeHouse,
) -> None:
    house.jobs.save = once(StoreError(), house.jobs.save)  # type: ignore[method-assign]
    async with house.at_work():
        card = await house.submit()
        job = await house.until_status(card.job_id, DELIVERED)
    assert job.card == f"{job.id}/1"


async def test_no_card_is_remembered_once_its_job_is_over(house: FakeHouse) -> None:
    house.messenger.pace_s = 1.0
    async with house.at_work():
        for wrong in ([], [PlaceGoneError()], [MessengerError()]):
            house.engine.gate.clear()
            rendered = len(house.engine.rendered)
            card = await house.submit()
            await house.until(lambda so_far=rendered: len(house.engine.rendered) > so_far)
            await house.clock.advance(5)
            house.messenger.failures.extend(wrong)
            house.engine.gate.set()
            await house.clock.advance(30)
            await house.until_status(card.job_id, DELIVERED)
    await house.clock.advance(30)
    assert house.board._slots == {}


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


# Submitting and answering


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


async def test_a_crop_that_met_a_full_queue_crops_the_same_picture_later(
    house: FakeHouse,
) -> None:
    house.engine.faces = (FACE, FACE)
    asked = await house.submit()
    house.engine.faces = (FACE,)
    first, *_ = [await house.submit() for _ in range(3)]
    with pytest.raises(LimitError):
        await house.service.answer(asked.job_id, ADA, Action.CROP, {"face": "2"})
    await house.service.cancel(first.job_id, ADA)
    card = await house.service.answer(asked.job_id, ADA, Action.CROP, {"face": "2"})
    assert (await house.job(card)).status is QUEUED


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


async def test_an_answered_question_is_not_kept(house: FakeHouse) -> None:
    house.engine.faces = ()
    asked = await house.submit()
    await house.service.answer(asked.job_id, ADA, Action.GO_ON)
    assert not house.questions.rows
