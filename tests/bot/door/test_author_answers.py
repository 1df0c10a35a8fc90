"""The author may take their time, has the last word, and is heard once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.card import Action, CardState
from bot.door.limits import QueueLimits
from bot.errors import CardGoneError, JobGoneError, LimitError, MessengerError, NotAllowedError
from bot.job import Job, JobStatus
from bot.origin import Rights
from bot.preferences import Whose
from bot.texts import Texts
from tests.bot.door.authors import CLEO, OF_CLEO, choose, in_place, tap
from tests.fakes.house import ADA, BEN, FakeHouse

DAY_S = 24 * 3600


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
