"""How a person hears of a clip that took long, and what a place shows in its corner."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.card import CardState
from bot.cards.encoding import ClipRules, Label
from bot.errors import MessengerError, StoreError, TooLargeError
from bot.job import Job, JobStatus
from bot.origin import Origin
from bot.preferences import Notice, PersonSettings, PlaceSettings
from bot.texts import Texts
from tests.fakes.house import ADA, FakeHouse, build

LONG_S = 300.0
LABELS = {"en": "AI-generated", "zh": "AI生成"}


async def after_long(house: FakeHouse, origin: Origin = ADA) -> Job:
    card = await house.submit(origin)
    await house.clock.advance(LONG_S)
    async with house.at_work():
        return await house.until_status(card.job_id, JobStatus.DELIVERED)


def wants(house: FakeHouse, notice: Notice, language: str = "") -> None:
    house.settings.people[ADA.owner] = PersonSettings(notice=notice, language=language)


async def test_without_a_choice_a_person_is_mentioned_at_the_card(house: FakeHouse) -> None:
    job = await after_long(house)
    assert house.messenger.mentions == [(job.card, Texts("en").say("mention-done"))]
    assert not house.messenger.direct


async def test_a_clip_that_was_quick_needs_no_bell(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit()
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    assert not house.messenger.mentions


async def test_a_quick_one_whose_card_has_scrolled_away_is_told_of(house: FakeHouse) -> None:
    card = await house.submit()
    ref = (await house.job(card)).card
    assert ref is not None
    house.messenger.away.add(ref)
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    assert [told for told, _ in house.messenger.mentions] == [ref]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_notice_is_in_the_persons_own_language(language: str, house: FakeHouse) -> None:
    wants(house, Notice.MENTION, language)
    await after_long(house)
    assert house.messenger.mentions[0][1] == Texts(language).say("mention-done")


async def test_who_wants_silence_has_it(house: FakeHouse) -> None:
    wants(house, Notice.SILENT)
    await after_long(house)
    assert not house.messenger.mentions and not house.messenger.direct


async def test_a_direct_message_brings_the_clip_along_without_any_buttons(house: FakeHouse) -> None:
    wants(house, Notice.DIRECT, "zh")
    job = await after_long(house)
    (card,) = house.messenger.direct
    assert (card.state, card.title) == (CardState.DONE, Texts("zh").say("mention-done"))
    assert card.clip == job.file is not None
    assert not card.buttons and not house.messenger.mentions


async def test_in_a_private_chat_no_second_message_is_sent(house: FakeHouse) -> None:
    wants(house, Notice.DIRECT)
    await after_long(house, replace(ADA, private=True))
    assert not house.messenger.direct
    assert len(house.messenger.mentions) == 1


async def test_a_direct_message_goes_when_its_clip_goes(house: FakeHouse) -> None:
    wants(house, Notice.DIRECT)
    job = await after_long(house)
    await house.service.gallery.share(job.id, ADA)
    (shared,) = house.messenger.direct
    assert shared.clip is not None  # its words may change, the clip is not sent again
    await house.service.clips.delete(job.id, ADA)
    assert house.messenger.direct == []


async def test_a_clip_that_is_too_large_for_a_direct_message_is_told_in_words(
    house: FakeHouse,
) -> None:
    job = await after_long(house)
    assert job.file is not None
    wants(house, Notice.DIRECT)
    house.messenger.failures.append(TooLargeError(1))
    await house.core.notices.ready(job, job.file)
    assert [card.clip for card in house.messenger.direct] == [None]


@pytest.mark.parametrize("notice", [Notice.MENTION, Notice.DIRECT])
async def test_a_notice_that_cannot_be_given_harms_nothing(
    notice: Notice, house: FakeHouse
) -> None:
    job = await after_long(house)
    assert job.file is not None
    wants(house, notice)
    house.messenger.failures.append(MessengerError())
    await house.core.notices.ready(job, job.file)
    assert not house.messenger.direct and len(house.messenger.mentions) == 1


@pytest.mark.parametrize(
    ("label", "chosen", "shown"),
    [
        (Label.ON, False, True),
        (Label.OFF, True, False),
        (Label.PLACE, True, True),
        (Label.PLACE, False, False),
    ],
)
async def test_the_visible_label_is_the_operators_unless_they_leave_it_to_the_place(
    label: Label, chosen: bool, shown: bool, tmp_path: Path
) -> None:
    house = build(tmp_path, clips=ClipRules(label=label))
    house.settings.places[ADA.home] = PlaceSettings(label=chosen)
    await after_long(house)
    assert house.engine.encoded[0].label == (LABELS["en"] if shown else None)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_label_is_in_the_places_language(language: str, house: FakeHouse) -> None:
    house.settings.places[ADA.home] = PlaceSettings(language=language)
    await after_long(house)
    assert house.engine.encoded[0].label == LABELS[language]


async def test_what_a_place_chose_and_cannot_be_read_keeps_the_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = build(tmp_path, clips=ClipRules(label=Label.PLACE))
    house.settings.places[ADA.home] = PlaceSettings(label=False)
    card = await house.submit()

    async def away(home: str) -> PlaceSettings:
        raise StoreError

    monkeypatch.setattr(house.settings, "place", away)
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    assert house.engine.encoded[0].label == LABELS["en"]
