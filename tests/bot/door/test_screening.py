"""What is refused outright: blocked pictures and prompts, and what the operator hears at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.card import Action, CardState
from bot.door.pictures import SAME_WITHIN, is_same_picture
from bot.door.rules import HouseRules
from bot.errors import MessengerError, NotAllowedError, PictureError, RequestError
from bot.preferences import PlaceSettings
from bot.texts import Texts
from tests.fakes.engine import FACE
from tests.fakes.house import ADA, BEN, FakeHouse, build

BLOCKED = "e969a396968ccec8"
NEARLY = f"{int(BLOCKED, 16) ^ (2**SAME_WITHIN - 1):016x}"
ANOTHER = f"{int(BLOCKED, 16) ^ (2 ** (SAME_WITHIN + 1) - 1):016x}"
WORST = "a naked child"


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    return build(tmp_path, HouseRules(operator_place="fake:ops", language="en"))


async def block_picture(house: FakeHouse) -> None:
    await house.reports.block_picture(BLOCKED, "ops", house.clock.now())


def told(house: FakeHouse) -> list[str]:
    """What the operator was shown."""
    shown = [card for card in house.messenger.cards.values() if card.state is CardState.REPORT]
    return [line for card in shown for line in card.lines]


def test_a_few_bits_are_the_same_picture_and_a_few_more_another() -> None:
    assert is_same_picture(BLOCKED, BLOCKED) and is_same_picture(BLOCKED, NEARLY)
    assert not is_same_picture(BLOCKED, ANOTHER)
    assert not is_same_picture("", "") and not is_same_picture(BLOCKED, "")


@pytest.mark.parametrize("phash", [BLOCKED, NEARLY])
async def test_a_blocked_picture_does_not_come_in_again(house: FakeHouse, phash: str) -> None:
    await block_picture(house)
    house.engine.phash = phash
    with pytest.raises(PictureError, match="picture-blocked"):
        await house.submit()
    assert list(house.media.root.iterdir()) == []


async def test_another_picture_does(house: FakeHouse) -> None:
    await block_picture(house)
    house.engine.phash = ANOTHER
    job = await house.job(await house.submit())
    assert job.phash == ANOTHER


async def test_a_face_of_a_blocked_picture_is_blocked_with_it(house: FakeHouse) -> None:
    house.engine.phash, house.engine.faces = BLOCKED, (FACE, FACE)
    asked = await house.submit()
    await block_picture(house)
    with pytest.raises(PictureError, match="picture-blocked"):
        await house.service.answer(asked.job_id, ADA, Action.CROP, {"face": "1"})


async def test_nor_is_such_a_face_animated_again(house: FakeHouse) -> None:
    house.engine.phash, house.engine.faces = BLOCKED, (FACE, FACE)
    asked = await house.submit()
    card = await house.service.answer(asked.job_id, ADA, Action.CROP, {"face": "1"})
    await house.service.cancel(card.job_id, ADA)
    await block_picture(house)
    house.engine.phash = ANOTHER  # what the eyes see in the part alone
    with pytest.raises(PictureError, match="picture-blocked"):
        await house.service.clips.again(card.job_id, ADA)


async def test_a_prompt_with_a_blocked_word_is_refused_in_one_sentence(house: FakeHouse) -> None:
    with pytest.raises(RequestError) as caught:
        await house.submit(prompt="p0rn, please")
    assert (caught.value.key, caught.value.ways_out) == ("prompt-words", ())
    assert list(house.media.root.iterdir()) == []
    assert not told(house)


async def test_the_operator_and_the_place_add_words_of_their_own(tmp_path: Path) -> None:
    house = build(tmp_path, HouseRules(words=("moustache",)))
    house.settings.places[ADA.home] = PlaceSettings(words=("beard",))
    for prompt in ("a m0ustache", "a beard"):
        with pytest.raises(RequestError, match="prompt-words"):
            await house.submit(prompt=prompt)
    await house.submit(replace(BEN, place="cellar"), prompt="a beard")


async def test_what_should_not_be_there_may_be_named_in_the_negative_prompt(
    house: FakeHouse,
) -> None:
    await house.submit(negative="nude, nsfw, child")


async def test_a_word_that_comes_with_a_change_is_seen_too(house: FakeHouse) -> None:
    first = await house.submit()
    await house.service.cancel(first.job_id, ADA)
    with pytest.raises(RequestError, match="prompt-words"):
        await house.service.clips.tweak(first.job_id, ADA, {"prompt": "nude"})


async def test_sexualised_minors_end_in_a_block_and_are_told_to_the_operator(
    house: FakeHouse,
) -> None:
    with pytest.raises(RequestError, match="prompt-minor"):
        await house.submit(prompt=WORST)
    with pytest.raises(NotAllowedError, match="person-blocked"):
        await house.submit()
    (line,) = told(house)
    assert ADA.owner in line and ADA.home in line
    assert list(house.media.root.iterdir()) == []
    await house.submit(BEN)


async def test_the_log_says_so_with_the_job_and_never_with_the_words(house: FakeHouse) -> None:
    with capture_logs() as logs, pytest.raises(RequestError):
        await house.submit(prompt=WORST)
    (alarm,) = [line for line in logs if line["log_level"] == "error"]
    assert alarm["event"] == "operator.alarm" and alarm["job"]
    assert alarm["person"] == ADA.owner
    written = [line for line in logs if line["log_level"] != "debug"]
    assert "naked" not in str(written) and "naked" not in str(told(house))


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_operator_is_told_in_their_language(language: str, tmp_path: Path) -> None:
    house = build(tmp_path, HouseRules(operator_place="fake:ops", language=language))
    with pytest.raises(RequestError):
        await house.submit(prompt=WORST)
    titles = [card.title for card in house.messenger.cards.values()]
    assert titles == [Texts(language).say("card-title-alarm")]


@pytest.mark.parametrize("operator_place", ["", "elsewhere:1"])
async def test_without_a_place_for_it_the_log_alone_tells(
    operator_place: str, tmp_path: Path
) -> None:
    house = build(tmp_path, HouseRules(operator_place=operator_place))
    with capture_logs() as logs, pytest.raises(RequestError, match="prompt-minor"):
        await house.submit(prompt=WORST)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["operator.alarm"]
    assert not house.messenger.cards


async def test_a_chat_that_is_down_keeps_nobody_from_being_blocked(house: FakeHouse) -> None:
    house.messenger.failures.append(MessengerError())
    with pytest.raises(RequestError, match="prompt-minor"):
        await house.submit(prompt=WORST)
    assert await house.reports.is_blocked(ADA.owner)
