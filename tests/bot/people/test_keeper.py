"""Nothing is kept longer than promised, and whoever waited too long is asked, once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.card import Action, Card, CardState
from bot.errors import MediaError, MessengerError, StoreError
from bot.job import Job, JobStatus
from bot.people.keeper import BATCH, QUESTIONS_KEPT, TIDY_EVERY_S
from bot.preferences import Notice
from bot.sharing import Share
from tests.fakes.house import ADA, BEN, FakeHouse

DAY_S = 24 * 3600.0
KEEP_S = 30 * DAY_S


async def delivered(house: FakeHouse, **options: str) -> Job:
    card = await house.submit(**options)
    async with house.at_work():
        return await house.until_status(card.job_id, JobStatus.DELIVERED)


async def row(house: FakeHouse, job_id: str) -> Job:
    return await house.jobs.get(job_id)


def files(house: FakeHouse, job_id: str) -> bool:
    return (house.media.root / job_id).exists()


async def told(house: FakeHouse, job_id: str) -> Card:
    """The card, once the running bot has come to it."""
    assert job_id in [job.id for job in await house.jobs.untold(["fake"])]
    await house.core.showing.tell(job_id)
    (card,) = house.messenger.of_job(job_id)
    return card


async def test_files_go_when_their_time_is_over_and_the_card_says_so(house: FakeHouse) -> None:
    job = await delivered(house)
    await house.clock.advance(KEEP_S - 60)
    await house.core.keeper.tidy()
    assert files(house, job.id)
    await house.clock.advance(120)
    await house.core.keeper.tidy()
    assert not files(house, job.id)
    assert (await row(house, job.id)).files_gone_at == house.clock.now()
    card = await told(house, job.id)
    assert (card.state, card.buttons) == (CardState.GONE, ())


async def test_what_is_shared_stays_until_it_is_not_shared_any_more(house: FakeHouse) -> None:
    job = await delivered(house)
    share = Share(job_id=job.id, owner=ADA.owner, author=ADA.owner, shared_at=house.clock.now())
    await house.shares.put(replace(share, home=ADA.home))
    await house.clock.advance(2 * KEEP_S)
    await house.core.keeper.tidy()
    assert files(house, job.id)
    await house.shares.drop(job.id)
    await house.core.keeper.tidy()
    assert not files(house, job.id)


async def test_what_was_deleted_goes_after_a_day_with_what_was_written(house: FakeHouse) -> None:
    job = await delivered(house, prompt="a lopsided smile", steps="60")
    await house.service.clips.delete(job.id, ADA)
    await house.clock.advance(DAY_S - 60)
    await house.core.keeper.tidy()
    assert files(house, job.id)
    await house.clock.advance(120)
    await house.core.keeper.tidy()
    gone = await row(house, job.id)
    assert not files(house, job.id)
    assert "lopsided" not in repr(gone) + gone.request.prompt
    assert (gone.deleted_by, gone.options) == ("", {"steps": "60"})
    assert (await told(house, job.id)).buttons == ()


async def test_what_was_had_back_in_time_stays(house: FakeHouse) -> None:
    job = await delivered(house)
    await house.service.clips.delete(job.id, ADA)
    await house.clock.advance(DAY_S - 60)
    await house.service.clips.undelete(job.id, ADA)
    await house.clock.advance(DAY_S)
    await house.core.keeper.tidy()
    assert files(house, job.id)


async def test_a_kill_between_the_files_and_their_row_is_made_good(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await delivered(house)
    await house.clock.advance(KEEP_S + 60)

    async def killed(job_id: str, **changes: object) -> Job:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(house.jobs, "save", killed)
        await house.core.keeper.tidy()
    assert not files(house, job.id)
    assert (await row(house, job.id)).files_gone_at is None
    await house.core.keeper.tidy()
    assert (await row(house, job.id)).files_gone_at is not None


async def test_a_folder_that_can_t_be_removed_keeps_no_other(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, second = await house.submit(), await delivered(house)
    first = await row(house, card.job_id)
    await house.clock.advance(KEEP_S + 60)
    drop = house.media.drop

    def stubborn(job_id: str) -> None:
        if job_id == first.id:
            raise MediaError(reason="busy")
        drop(job_id)

    with monkeypatch.context() as patch:
        patch.setattr(house.media, "drop", stubborn)
        await house.core.keeper.tidy()
    assert (files(house, first.id), files(house, second.id)) == (True, False)
    await house.core.keeper.tidy()
    assert not files(house, first.id)


async def test_a_database_that_is_away_is_tried_again_in_the_next_round(house: FakeHouse) -> None:
    job = await delivered(house)
    await house.clock.advance(KEEP_S + 60)
    house.jobs.broken = StoreError()
    await house.core.keeper.tidy()
    house.jobs.broken = None
    await house.core.keeper.tidy()
    assert not files(house, job.id)


async def test_a_question_that_nobody_answers_goes_with_its_picture(house: FakeHouse) -> None:
    house.engine.faces = ()
    asked = await house.submit()
    await house.clock.advance(QUESTIONS_KEPT.total_seconds() - 60)
    await house.core.keeper.tidy()
    assert house.questions.rows
    await house.clock.advance(120)
    await house.core.keeper.tidy()
    assert not house.questions.rows
    assert not files(house, asked.job_id)


async def test_a_question_that_a_crash_left_behind_takes_no_files_of_its_job(
    house: FakeHouse,
) -> None:
    house.engine.faces = ()
    asked = await house.submit()
    question = await house.questions.get(asked.job_id)
    await house.service.answer(asked.job_id, ADA, Action.GO_ON)
    await house.questions.put(question)
    await house.clock.advance(QUESTIONS_KEPT.total_seconds() + 60)
    await house.core.keeper.tidy()
    assert not house.questions.rows
    assert files(house, asked.job_id)


async def test_a_folder_that_belongs_to_nothing_goes_and_others_stay(house: FakeHouse) -> None:
    job = await delivered(house)
    house.engine.faces = ()
    asked = await house.submit()
    house.media.folder("left0behind0by0a0kill")
    await house.core.keeper.tidy()
    assert not files(house, "left0behind0by0a0kill")
    assert files(house, job.id)
    assert files(house, asked.job_id)


async def test_what_waited_too_long_is_asked_about_instead_of_rendered(house: FakeHouse) -> None:
    card = await house.submit()
    await house.clock.advance(DAY_S + 60)
    await house.core.keeper.tidy()
    job = await row(house, card.job_id)
    assert job.status is JobStatus.EXPIRED
    assert files(house, job.id)
    shown = await told(house, job.id)
    assert shown.state is CardState.EXPIRED
    assert any("Still want it?" in line for line in shown.lines)
    assert Action.AGAIN in [button.action for button in shown.buttons]
    record = await house.jobs.usage.of_job(job.id)
    assert record is not None
    assert record.charged_s == 0


async def test_a_yes_to_what_waited_too_long_keeps_the_seed_that_was_typed(
    house: FakeHouse,
) -> None:
    card = await house.submit(seed="7")
    await house.clock.advance(DAY_S + 60)
    await house.core.keeper.tidy()
    again = await house.service.clips.again(card.job_id, ADA)
    assert (await row(house, again.job_id)).request.seed == 7


async def test_after_a_long_outage_each_person_hears_of_it_once(house: FakeHouse) -> None:
    for person in (ADA, BEN, ADA, ADA, BEN):
        await house.submit(person)
    await house.clock.advance(DAY_S + 60)
    await house.core.keeper.tidy()
    await house.core.keeper.tidy()
    texts = sorted(text for _, text in house.messenger.mentions)
    assert [text.split(" ")[0] for text in texts] == ["2", "3"]


@pytest.mark.parametrize("notice", [Notice.SILENT, Notice.DIRECT])
async def test_a_notice_is_given_as_its_person_chose(house: FakeHouse, notice: Notice) -> None:
    await house.settings.change_person(ADA.owner, house.clock.now(), notice=notice)
    await house.submit()
    await house.submit()
    await house.clock.advance(DAY_S + 60)
    await house.core.keeper.tidy()
    assert house.messenger.mentions == []
    assert len(house.messenger.direct) == (notice is Notice.DIRECT)


async def test_a_chat_that_is_away_keeps_nobody_from_being_asked(house: FakeHouse) -> None:
    card = await house.submit()
    await house.clock.advance(DAY_S + 60)
    house.messenger.failures.append(MessengerError())
    await house.core.keeper.tidy()
    assert (await row(house, card.job_id)).status is JobStatus.EXPIRED
    assert (await told(house, card.job_id)).state is CardState.EXPIRED


async def test_jobs_of_a_platform_that_is_not_served_here_are_left_to_their_own(
    house: FakeHouse,
) -> None:
    card = await house.submit()
    job = house.jobs.rows[card.job_id]
    elsewhere = replace(job.origin, platform="another")
    house.jobs.rows[card.job_id] = replace(job, origin=elsewhere)
    await house.clock.advance(DAY_S + 60)
    await house.core.keeper.tidy()
    assert (await row(house, card.job_id)).status is JobStatus.QUEUED


async def test_more_than_one_batch_is_worked_off_in_one_round(house: FakeHouse) -> None:
    job = await delivered(house)
    for number in range(BATCH + 1):
        house.jobs.rows[f"old{number}"] = replace(job, id=f"old{number}")
    await house.clock.advance(KEEP_S + 60)
    await house.core.keeper.tidy()
    assert all(one.files_gone_at for one in house.jobs.rows.values())


async def test_the_seconds_of_days_that_are_over_go(house: FakeHouse) -> None:
    job = await delivered(house)
    house.jobs.quota.set_aside(replace(job, cost_s=160.0))
    house.jobs.quota.settle(job.id, 150.0)
    await house.core.keeper.tidy()
    assert house.jobs.quota.by_job
    await house.clock.advance(2 * DAY_S)
    await house.core.keeper.tidy()
    assert not house.jobs.quota.by_job


async def test_copies_from_before_an_upgrade_go_with_the_files_of_their_time(
    house: FakeHouse,
) -> None:
    house.people.leftovers.copied_at = [house.clock.now()]
    await house.clock.advance(KEEP_S)
    await house.core.keeper.tidy()
    assert len(house.people.leftovers.copied_at) == 1
    await house.clock.advance(1)
    await house.core.keeper.tidy()
    assert house.people.leftovers.copied_at == []


async def test_a_bug_in_one_step_keeps_nobody_from_the_others(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await delivered(house)
    await house.service.clips.delete(job.id, ADA)
    await house.clock.advance(KEEP_S + 60)

    async def bug(*_: object) -> list[Job]:
        raise ZeroDivisionError

    monkeypatch.setattr(house.jobs, "with_files", bug)
    await house.core.keeper.tidy()
    assert not files(house, job.id)


async def test_rounds_follow_each_other(house: FakeHouse) -> None:
    card = await house.submit()
    running = asyncio.create_task(house.core.keeper.stay_tidy())
    await house.until(lambda: house.clock.sleepers == 1)
    await house.clock.advance(DAY_S)
    await house.until(lambda: house.clock.sleepers == 1)
    await house.clock.advance(TIDY_EVERY_S + 1)
    await house.until(lambda: house.jobs.rows[card.job_id].status is JobStatus.EXPIRED)
    running.cancel()
