"""Somebody else's picture: where its author is asked, and where nobody can be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.card import Action, CardState
from bot.door.limits import QueueLimits
from bot.door.rules import HouseRules
from bot.errors import LimitError, MessengerError, NotAllowedError
from bot.job import JobStatus
from bot.origin import SOMEBODY
from bot.preferences import PersonSettings, Whose
from bot.texts import Texts
from tests.bot.door.authors import CLEO, OF_CLEO, choose, in_place, tap
from tests.fakes.house import ADA, FakeHouse, build


async def test_ones_own_picture_needs_nobody(house: FakeHouse) -> None:
    choose(house, whose_pictures=Whose.OWN)
    assert (await house.submit(replace(ADA, author="ada"))).state is CardState.QUEUED


async def test_where_only_ones_own_are_allowed_another_ones_is_refused(house: FakeHouse) -> None:
    choose(house, whose_pictures=Whose.OWN)
    with pytest.raises(NotAllowedError, match="author-own-only"):
        await house.submit(OF_CLEO)
    assert not house.messenger.cards
    assert list(house.media.root.iterdir()) == []


async def test_where_all_are_free_it_goes_on_with_credit(house: FakeHouse) -> None:
    choose(house, whose_pictures=Whose.FREE)
    async with house.at_work():
        card = await house.submit(OF_CLEO)
        assert any("Cleo" in line for line in card.lines)
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    assert any("Cleo" in line for line in in_place(house, card).lines)


async def test_by_default_the_author_is_asked_in_the_place(house: FakeHouse) -> None:
    told = await house.submit(OF_CLEO)
    asking = in_place(house, told)
    assert asking.state is CardState.ASKING
    assert "Cleo" in asking.lines[0] and "Ada" in asking.lines[0]
    assert [one.action for one in asking.buttons] == [Action.ALLOW, Action.DENY, Action.NEVER]
    assert not house.jobs.rows


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_place_reads_its_language_and_who_asked_their_own(
    language: str, house: FakeHouse
) -> None:
    other = "zh" if language == "en" else "en"
    choose(house, language=language)
    told = await house.submit(replace(OF_CLEO, locale=other))
    assert in_place(house, told).title == Texts(language).say("card-title-asking")
    assert told.state is CardState.ASKING and not told.buttons
    assert told.lines == (Texts(other).say("author-asked", author="Cleo"),)


async def test_a_name_in_the_card_is_plain_text(house: FakeHouse) -> None:
    told = await house.submit(replace(OF_CLEO, author_name="Cleo\n\u202e@everyone"))
    assert in_place(house, told).lines[0].startswith("Cleo @everyone, Ada would")


async def test_once_more_needs_no_second_yes_in_the_same_place(house: FakeHouse) -> None:
    told = await house.submit(OF_CLEO)
    await tap(house, told, Action.ALLOW)
    await house.service.cancel(told.job_id, ADA)
    again = await house.service.clips.again(told.job_id, ADA)
    assert again.state is CardState.QUEUED
    assert (await house.job(again)).origin.author == "cleo"
    elsewhere = replace(ADA, place="cellar")
    await house.service.cancel(again.job_id, ADA)
    assert (await house.service.clips.again(told.job_id, elsewhere)).state is CardState.ASKING


async def test_who_opted_out_since_is_not_animated_once_more(house: FakeHouse) -> None:
    told = await house.submit(OF_CLEO)
    await tap(house, told, Action.ALLOW)
    await house.service.cancel(told.job_id, ADA)
    house.settings.people[CLEO.owner] = PersonSettings(opted_out=True)
    with pytest.raises(NotAllowedError, match="author-opted-out"):
        await house.service.clips.again(told.job_id, ADA)


async def test_in_private_nobody_can_be_asked(house: FakeHouse) -> None:
    with pytest.raises(NotAllowedError, match="author-not-here"):
        await house.submit(replace(OF_CLEO, place="ada's chat", private=True))


@pytest.mark.parametrize("private", [False, True])
async def test_an_author_whom_nobody_knows_cannot_be_asked(private: bool, house: FakeHouse) -> None:
    of_somebody = replace(ADA, author=SOMEBODY, private=private)
    with pytest.raises(NotAllowedError, match="author-unknown"):
        await house.submit(of_somebody)
    choose(house, whose_pictures=Whose.OWN)
    with pytest.raises(NotAllowedError, match="author-own-only"):
        await house.submit(of_somebody)
    choose(house, whose_pictures=Whose.FREE)
    assert (await house.submit(of_somebody)).state is CardState.QUEUED


async def test_a_chat_that_is_down_asks_nobody_and_keeps_nothing(house: FakeHouse) -> None:
    house.messenger.failures.append(MessengerError())
    with pytest.raises(MessengerError):
        await house.submit(OF_CLEO)
    assert not house.questions.rows
    assert list(house.media.root.iterdir()) == []


async def test_nobody_asks_more_authors_at_once_than_they_may_have_jobs(tmp_path: Path) -> None:
    house = build(tmp_path, HouseRules(limits=QueueLimits(waiting_per_person=2)))
    for _ in range(2):
        await house.submit(OF_CLEO)
    with pytest.raises(LimitError, match="limit-authors-asked"):
        await house.submit(OF_CLEO)
    assert (await house.submit(CLEO)).state is CardState.QUEUED, "who is asked is not limited"
