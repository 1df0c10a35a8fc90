"""The one door: what it lets in, what it asks first, and who may do what."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.card import Action, CardState
from bot.door.rules import HouseRules
from bot.errors import (
    JobGoneError,
    LimitError,
    MessengerError,
    NotAllowedError,
    PictureError,
    RequestError,
)
from bot.inspection import Face
from bot.job import JobStatus
from tests.fakes.engine import FACE
from tests.fakes.house import ADA, BEN, FakeHouse, build

SMALLER_FACE = Face(x=300, y=80, width=100, height=130, frontal=0.8)


async def test_a_job_is_a_row_and_a_card_before_the_answer(house: FakeHouse) -> None:
    card = await house.submit(steps="60")
    job = await house.job(card)
    assert (card.state, job.status) == (CardState.QUEUED, JobStatus.QUEUED)
    assert job.request.num_inference_steps == 60
    assert house.messenger.of_job(job.id) == [card]
    assert job.card in house.messenger.cards


async def test_a_refused_picture_leaves_no_row_and_no_file(house: FakeHouse) -> None:
    house.engine.refusal = PictureError("picture-blank")
    with pytest.raises(PictureError):
        await house.submit()
    assert not house.jobs.rows
    assert list(house.media.root.iterdir()) == []


async def test_a_wrong_setting_leaves_no_row_and_no_file(house: FakeHouse) -> None:
    with pytest.raises(RequestError):
        await house.submit(sampler="Heun")
    assert not house.jobs.rows
    assert list(house.media.root.iterdir()) == []


async def test_without_eyes_a_person_is_asked_and_one_tap_goes_on(house: FakeHouse) -> None:
    house.engine.faces = ()
    asked = await house.submit(seed="7")
    assert asked.state is CardState.REFUSED
    assert [button.action for button in asked.buttons] == [Action.GO_ON]
    card = await house.service.answer(asked.job_id, ADA, Action.GO_ON)
    assert (await house.job(card)).request.seed == 7


async def test_a_question_is_answered_once_however_often_it_is_clicked(house: FakeHouse) -> None:
    house.engine.faces = ()
    asked = await house.submit()
    await house.service.answer(asked.job_id, ADA, Action.GO_ON)
    with pytest.raises(JobGoneError):
        await house.service.answer(asked.job_id, ADA, Action.GO_ON)
    assert len(house.jobs.rows) == 1


async def test_of_a_dismissed_question_nothing_is_kept(house: FakeHouse) -> None:
    house.engine.faces = ()
    asked = await house.submit()
    with pytest.raises(NotAllowedError):
        await house.service.dismiss(asked.job_id, BEN)
    await house.service.dismiss(asked.job_id, ADA)
    assert not house.questions.rows
    assert list(house.media.root.iterdir()) == []


async def test_nobody_else_answers_a_question(house: FakeHouse) -> None:
    house.engine.faces = ()
    asked = await house.submit()
    with pytest.raises(NotAllowedError):
        await house.service.answer(asked.job_id, BEN, Action.GO_ON)
    await house.service.answer(asked.job_id, ADA, Action.GO_ON)


async def test_of_two_faces_one_is_offered_to_be_cropped(house: FakeHouse) -> None:
    house.engine.faces = (FACE, SMALLER_FACE)
    asked = await house.submit()
    crop = asked.buttons[1]
    assert [button.action for button in asked.buttons] == [Action.CROP, Action.CROP, Action.GO_ON]
    card = await house.service.answer(asked.job_id, ADA, crop.action, crop.changes)
    job = await house.job(card)
    assert job.width / job.height == pytest.approx(100 / 130, rel=0.05)


async def test_beyond_the_budget_both_ways_out_lead_to_a_job(house: FakeHouse) -> None:
    for number in range(2):
        asked = await house.submit(res="1024", frames="49")
        button = asked.buttons[number]
        card = await house.service.answer(asked.job_id, ADA, button.action, button.changes)
        request = (await house.job(card)).request
        assert (request.res, request.num_frames) in {(1024, 33), (768, 49)}


async def test_a_person_waits_with_three_jobs_at_most(house: FakeHouse) -> None:
    for _ in range(3):
        await house.submit()
    with pytest.raises(LimitError, match="limit-waiting-person"):
        await house.submit()
    await house.submit(BEN)


async def test_an_answer_that_meets_a_full_queue_can_be_given_again_later(house: FakeHouse) -> None:
    house.engine.faces = ()
    asked = await house.submit()
    house.engine.faces = (FACE,)
    cards = [await house.submit() for _ in range(3)]
    with pytest.raises(LimitError):
        await house.service.answer(asked.job_id, ADA, Action.GO_ON)
    await house.service.cancel(cards[0].job_id, ADA)
    card = await house.service.answer(asked.job_id, ADA, Action.GO_ON)
    assert (await house.job(card)).status is JobStatus.QUEUED


async def test_a_nearly_full_disk_declines_before_anything_is_stored(tmp_path: Path) -> None:
    house = build(tmp_path, HouseRules(min_free_bytes=1000))
    house.media.free = 999
    with pytest.raises(LimitError, match="limit-disk-full"):
        await house.submit()
    assert not house.media.root.exists()


async def test_a_waiting_job_is_cancelled_by_its_owner_alone(house: FakeHouse) -> None:
    card = await house.submit()
    with pytest.raises(NotAllowedError):
        await house.service.cancel(card.job_id, BEN)
    await house.service.cancel(card.job_id, ADA)
    assert (await house.job(card)).status is JobStatus.CANCELLED
    assert house.messenger.of_job(card.job_id)[0].state is CardState.CANCELLED
    assert house.jobs.usage.by_job[card.job_id].outcome is JobStatus.CANCELLED


async def test_a_cancel_that_comes_too_late_says_so(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit()
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    with pytest.raises(JobGoneError, match="cancel-too-late"):
        await house.service.cancel(card.job_id, ADA)


async def test_the_place_in_the_queue_counts_who_comes_first(house: FakeHouse) -> None:
    await house.submit()
    second = await house.submit()
    newcomer = await house.submit(BEN)
    _, place = await house.service.status(newcomer.job_id)
    assert place is not None and place.place == 2, "before Ada's second"
    _, place = await house.service.status(second.job_id)
    assert place is not None and place.place == 3


async def test_a_chat_that_is_down_does_not_lose_the_job(house: FakeHouse) -> None:
    house.messenger.failures.append(MessengerError())
    card = await house.submit()
    assert (await house.job(card)).status is JobStatus.QUEUED
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    assert [one.state for one in house.messenger.of_job(card.job_id)] == [CardState.DONE]
