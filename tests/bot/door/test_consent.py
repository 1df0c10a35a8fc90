"""Photos of people are asked about, each one; and what was said is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.card import Action, CardState
from bot.door.rules import HouseRules, Photos
from bot.errors import JobGoneError, NotAllowedError, PictureError
from bot.inspection import PictureKind
from bot.texts import Texts
from tests.fakes.engine import FACE
from tests.fakes.house import ADA, BEN, FakeHouse, build


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    house = build(tmp_path)
    house.engine.kind = PictureKind.PHOTO
    return house


async def test_a_drawing_is_not_asked_about(house: FakeHouse) -> None:
    house.engine.kind = PictureKind.DRAWING
    assert (await house.submit()).state is CardState.QUEUED


async def test_a_photo_waits_for_its_senders_word(house: FakeHouse) -> None:
    asked = await house.submit()
    assert asked.state is CardState.REFUSED
    assert asked.lines == (Texts("en").say("ask-photo"),)
    assert [button.action for button in asked.buttons] == [Action.CONSENT]
    assert not house.jobs.rows


async def test_the_word_is_kept_with_the_job_and_in_the_log(house: FakeHouse) -> None:
    asked = await house.submit()
    with capture_logs() as logs:
        card = await house.service.answer(asked.job_id, ADA, Action.CONSENT)
    assert Action.CONSENT.value in (await house.job(card)).allowed
    said = [line for line in logs if line["event"] == "question.answered"]
    assert [(line["asks"], line["answer"]) for line in said] == [("ask-photo", "consent")]


async def test_nobody_else_gives_the_word(house: FakeHouse) -> None:
    asked = await house.submit()
    with pytest.raises(NotAllowedError):
        await house.service.answer(asked.job_id, BEN, Action.CONSENT)


async def test_another_button_is_no_word(house: FakeHouse) -> None:
    asked = await house.submit()
    for action in (Action.GO_ON, Action.ALLOW, Action.CHANGE):
        with pytest.raises(JobGoneError, match="answer-gone"):
            await house.service.answer(asked.job_id, ADA, action)
    assert not house.jobs.rows


async def test_each_picture_is_asked_about_anew(house: FakeHouse) -> None:
    asked = await house.submit()
    await house.service.answer(asked.job_id, ADA, Action.CONSENT)
    assert (await house.submit()).state is CardState.REFUSED


async def test_the_same_picture_once_more_needs_no_second_word(house: FakeHouse) -> None:
    asked = await house.submit()
    first = await house.service.answer(asked.job_id, ADA, Action.CONSENT)
    await house.service.cancel(first.job_id, ADA)
    again = await house.service.clips.again(first.job_id, ADA)
    assert again.state is CardState.QUEUED
    assert Action.CONSENT.value in (await house.job(again)).allowed


async def test_a_face_of_a_photo_is_a_photo(house: FakeHouse) -> None:
    house.engine.faces = (FACE, FACE)
    faces = await house.submit()
    asked = await house.service.answer(faces.job_id, ADA, Action.CROP, {"face": "1"})
    assert [button.action for button in asked.buttons] == [Action.CONSENT]
    card = await house.service.answer(asked.job_id, ADA, Action.CONSENT)
    assert (await house.job(card)).allowed == {"crop", "consent"}


async def test_where_photos_are_off_none_comes_in_and_no_file_is_left(tmp_path: Path) -> None:
    house = build(tmp_path, HouseRules(photos=Photos.OFF))
    house.engine.kind = PictureKind.PHOTO
    with pytest.raises(PictureError, match="photo-not-taken"):
        await house.submit()
    assert list(house.media.root.iterdir()) == []


async def test_where_photos_are_on_nobody_is_asked(tmp_path: Path) -> None:
    house = build(tmp_path, HouseRules(photos=Photos.ON))
    house.engine.kind = PictureKind.PHOTO
    assert (await house.submit()).state is CardState.QUEUED
