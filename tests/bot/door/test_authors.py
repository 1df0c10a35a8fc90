"""Somebody else's picture: its author is asked, may take their time, and has the last word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.card import Action, Card, CardState
from bot.door.limits import QueueLimits
from bot.door.rules import HouseRules
from bot.errors import (
    CardGoneError,
    JobGoneError,
    LimitError,
    MessengerError,
    NotAllowedError,
)
from bot.job import Job, JobStatus
from bot.origin import SOMEBODY, Origin, Rights
from bot.preferences import PersonSettings, PlaceSettings, Whose
from bot.texts import Texts
from tests.fakes.house import ADA, BEN, FakeHouse, build

CLEO = replace(BEN, person="cleo", person_name="Cleo")
OF_CLEO = replace(ADA, author="cleo", author_name="Cleo", person_name="Ada")
STUDIO = ADA.home
DAY_S = 24 * 3600


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    return build(tmp_path)


def choose(house: FakeHouse, **settings: object) -> None:
    house.settings.places[STUDIO] = replace(PlaceSettings(), **settings)


def in_place(house: FakeHouse, card: Card) -> Card:
    """The one card of it that everybody there can see."""
    (seen,) = house.messenger.of_job(card.job_id)
    return seen


async def tap(house: FakeHouse, card: Card, action: Action, person: Origin = CLEO) -> Card:
    return await house.service.answer(card.job_id, person, action)


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


async def test_a_yes_makes_the_job_and_the_card_becomes_its_own(house: FakeHouse) -> None:
    told = await house.submit(OF_CLEO, seed="7")
    card = await tap(house, told, Action.ALLOW)
    job = await house.job(card)
    assert (job.origin.owner, job.request.seed) == (ADA.owner, 7)
    assert Action.ALLOW.value in job.allowed
    assert in_place(house, told).state is CardState.QUEUED
    assert not house.questions.rows
    async with house.at_work():
        await house.until_status(job.id, JobStatus.DELIVERED)
    assert in_place(house, told).state is CardState.DONE


async def test_a_yes_comes_days_later_to_another_process_and_the_job_is_as_new(
    house: FakeHouse,
) -> None:
    told = await house.submit(OF_CLEO)
    await house.clock.advance(3 * DAY_S)
    house = house.restarted()
    await tap(house, told, Action.ALLOW)
    async with house.at_work():
        await house.until_status(told.job_id, JobStatus.DELIVERED)
    assert in_place(house, told).state is CardState.DONE


async def test_a_no_is_told_in_the_place_and_leaves_nothing(house: FakeHouse) -> None:
    told = await house.submit(OF_CLEO)
    house = house.restarted()
    await tap(house, told, Action.DENY)
    seen = in_place(house, told)
    assert seen.state is CardState.REFUSED and not seen.buttons
    assert seen.lines == (Texts("en").say("author-denied"),)
    assert not house.questions.rows and not house.jobs.rows
    assert list(house.media.root.iterdir()) == []
    assert (await house.submit(OF_CLEO)).state is CardState.ASKING, "may be asked again"


async def test_a_no_for_good_opts_out_and_nobody_asks_again(house: FakeHouse) -> None:
    told = await house.submit(OF_CLEO)
    await tap(house, told, Action.NEVER)
    assert (await house.settings.person(CLEO.owner)).opted_out
    for whose in (Whose.ASK, Whose.FREE):
        choose(house, whose_pictures=whose)
        with pytest.raises(NotAllowedError, match="author-opted-out"):
            await house.submit(OF_CLEO)
    assert (await house.submit(CLEO)).state is CardState.QUEUED, "their own they may"


async def test_nobody_but_the_author_answers_not_even_who_asked(house: FakeHouse) -> None:
    told = await house.submit(OF_CLEO)
    moderator = replace(BEN, rights=Rights(moderator=True, operator=True))
    for person in (ADA, BEN, moderator):
        for action in (Action.ALLOW, Action.DENY, Action.NEVER):
            with pytest.raises(NotAllowedError, match="not-your-picture"):
                await tap(house, told, action, person)
    assert in_place(house, told).state is CardState.ASKING


async def test_who_asked_cannot_say_yes_to_an_earlier_question_in_the_authors_stead(
    house: FakeHouse,
) -> None:
    house.engine.faces = ()
    asked = await house.submit(OF_CLEO)
    with pytest.raises(JobGoneError):
        await tap(house, asked, Action.ALLOW, ADA)
    told = await tap(house, asked, Action.GO_ON, ADA)
    assert told.state is CardState.ASKING


@pytest.mark.parametrize("second", [Action.ALLOW, Action.DENY, Action.NEVER])
@pytest.mark.parametrize("first", [Action.ALLOW, Action.DENY])
async def test_the_first_answer_counts(first: Action, second: Action, house: FakeHouse) -> None:
    told = await house.submit(OF_CLEO)
    await tap(house, told, first)
    seen, rows = in_place(house, told), dict(house.jobs.rows)
    with pytest.raises(JobGoneError):
        await tap(house, told, second)
    assert (in_place(house, told), house.jobs.rows) == (seen, rows)
    assert not (await house.settings.person(CLEO.owner)).opted_out


async def test_a_crash_after_the_yes_makes_no_second_job(house: FakeHouse) -> None:
    told = await house.submit(OF_CLEO)
    question = await house.questions.get(told.job_id)
    await tap(house, told, Action.ALLOW)
    await house.questions.put(question)  # as the crash left it
    house = house.restarted()
    with pytest.raises(JobGoneError):
        await tap(house, told, Action.ALLOW)
    assert list(house.jobs.rows) == [told.job_id]
    assert not house.questions.rows


async def test_a_yes_for_who_was_blocked_meanwhile_comes_to_nothing(house: FakeHouse) -> None:
    told = await house.submit(OF_CLEO)
    await house.reports.block_person(ADA.owner, "ops", house.clock.now())
    with pytest.raises(JobGoneError, match="author-too-late"):
        await tap(house, told, Action.ALLOW)
    assert not house.jobs.rows and not house.questions.rows
    assert not in_place(house, told).buttons


async def test_a_no_is_taken_in_a_paused_place_and_from_who_is_blocked(house: FakeHouse) -> None:
    told = await house.submit(OF_CLEO)
    choose(house, paused=True)
    await house.reports.block_person(CLEO.owner, "ops", house.clock.now())
    await tap(house, told, Action.NEVER)
    assert (await house.settings.person(CLEO.owner)).opted_out


async def test_a_yes_that_meets_a_full_queue_is_kept_for_who_asked(house: FakeHouse) -> None:
    told = await house.submit(OF_CLEO)
    cards = [await house.submit() for _ in range(3)]
    await tap(house, told, Action.ALLOW)
    seen = in_place(house, told)
    assert [button.action for button in seen.buttons] == [Action.GO_ON]
    with pytest.raises(LimitError):
        await tap(house, told, Action.GO_ON, ADA)
    await house.service.cancel(cards[0].job_id, ADA)
    with pytest.raises(NotAllowedError):
        await tap(house, told, Action.GO_ON, CLEO)
    await tap(house, told, Action.GO_ON, ADA)
    assert in_place(house, told).state is CardState.QUEUED


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


@pytest.mark.parametrize("action", [Action.DENY, Action.NEVER, None])
async def test_a_question_that_is_over_names_nobody(
    house: FakeHouse, action: Action | None
) -> None:
    """Its card stays where it is, and nothing that is kept leads to it any more."""
    told = await house.submit(OF_CLEO)
    if action is None:
        await house.service.personal.forget([ADA.owner])
    else:
        await tap(house, told, action)
    seen = in_place(house, told)
    assert not {"Cleo", "Ada"} & set(" ".join((seen.title, *seen.lines)).replace(".", "").split())


async def test_a_chat_that_is_down_asks_nobody_and_keeps_nothing(house: FakeHouse) -> None:
    house.messenger.failures.append(MessengerError())
    with pytest.raises(MessengerError):
        await house.submit(OF_CLEO)
    assert not house.questions.rows
    assert list(house.media.root.iterdir()) == []


async def test_a_no_that_the_chat_did_not_take_can_be_tapped_again(house: FakeHouse) -> None:
    told = await house.submit(OF_CLEO)
    house.messenger.failures.append(MessengerError())
    with pytest.raises(MessengerError):
        await tap(house, told, Action.DENY)
    await tap(house, told, Action.DENY)
    assert not in_place(house, told).buttons


async def test_a_card_that_was_deleted_keeps_no_answer_from_counting(house: FakeHouse) -> None:
    told = await house.submit(OF_CLEO)
    house.messenger.gone |= set(house.messenger.cards)
    await tap(house, told, Action.ALLOW)
    assert in_place(house, told).state is CardState.QUEUED, "posted afresh"
    other = await house.submit(OF_CLEO)
    house.messenger.failures.append(CardGoneError())
    await tap(house, other, Action.DENY)
    assert not house.questions.rows


async def test_who_asked_may_take_it_back(house: FakeHouse) -> None:
    told = await house.submit(OF_CLEO)
    with pytest.raises(NotAllowedError):
        await house.service.dismiss(told.job_id, CLEO)
    await house.service.dismiss(told.job_id, ADA)
    assert not in_place(house, told).buttons
    with pytest.raises(JobGoneError):
        await tap(house, told, Action.ALLOW)
    assert list(house.media.root.iterdir()) == []


async def test_nobody_asks_more_authors_at_once_than_they_may_have_jobs(tmp_path: Path) -> None:
    house = build(tmp_path, HouseRules(limits=QueueLimits(waiting_per_person=2)))
    for _ in range(2):
        await house.submit(OF_CLEO)
    with pytest.raises(LimitError, match="limit-authors-asked"):
        await house.submit(OF_CLEO)
    assert (await house.submit(CLEO)).state is CardState.QUEUED, "who is asked is not limited"


@pytest.mark.parametrize("second", [Action.DENY, Action.NEVER, None])
async def test_a_second_answer_after_a_crash_takes_the_jobs_picture_from_nobody(
    house: FakeHouse, second: Action | None
) -> None:
    """The crash came between the job and the end of its question."""
    told = await house.submit(OF_CLEO)
    question = house.questions.rows[told.job_id]
    await tap(house, told, Action.ALLOW)
    house.questions.rows[told.job_id] = question
    with pytest.raises(JobGoneError):
        if second is None:
            await house.service.dismiss(told.job_id, OF_CLEO)
        else:
            await tap(house, told, second)
    assert (house.media.root / told.job_id).exists()
    assert in_place(house, told).state is CardState.QUEUED
    assert not (await house.settings.person(CLEO.owner)).opted_out
    assert house.questions.rows == {}


async def test_who_dismisses_while_their_yes_is_under_way_is_told_that_it_is_gone(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.engine.faces = ()
    told = await house.submit()
    add = house.jobs.add

    async def dismissed_meanwhile(job: Job, limits: QueueLimits) -> Job:
        with pytest.raises(JobGoneError):
            await house.service.dismiss(told.job_id, ADA)
        return await add(job, limits)

    monkeypatch.setattr(house.jobs, "add", dismissed_meanwhile)
    await tap(house, told, Action.GO_ON, ADA)
    assert (house.media.root / told.job_id).exists()
