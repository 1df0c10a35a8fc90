"""Who asks to be forgotten leaves nothing that tells of them, whatever was going on."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.card import CardState
from bot.clip import Renderer
from bot.errors import CardGoneError, JobGoneError, MessengerError, PlaceGoneError
from bot.job import JobStatus
from bot.origin import Rights
from bot.people.forgetting import SETTLING_S
from bot.request import ClipFormat
from tests.fakes.house import ADA, BEN, FakeHouse

NAMED = replace(ADA, person_name="Ada Lovelace")
OF_ADA = replace(BEN, author="ada", author_name="Ada Lovelace")


async def forget(house: FakeHouse) -> int:
    return await house.service.personal.forget([ADA.owner])


def traces(house: FakeHouse) -> list[str]:
    """Whatever still names Ada in the stores or on the disk."""
    rows = [
        *house.jobs.rows.values(),
        *house.questions.rows.values(),
        *house.shares.rows.values(),
        *house.jobs.usage.by_job.values(),
        *house.settings.history,
        *house.reports.rows.values(),
    ]
    keys = [*house.settings.people, *house.people.presets.rows]
    found = [text for text in (*map(repr, rows), *keys) if "ada" in text.casefold()]
    kept = [path for path in house.media.root.rglob("*") if path.is_file()]
    return found + [str(path) for path in kept if path.parent.name not in house.jobs.rows]


async def test_a_delivered_clip_goes_with_its_files_and_its_card_says_so(house: FakeHouse) -> None:
    card = await house.submit(NAMED, prompt="as only Ada writes")
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    assert traces(house) != []
    assert await forget(house) == 0
    assert traces(house) == []
    assert house.jobs.rows == {}
    (shown,) = house.messenger.of_job(card.job_id)
    assert (shown.state, shown.clip, shown.buttons) == (CardState.GONE, None, ())


async def test_what_it_cost_stays_and_is_nobody_s(house: FakeHouse) -> None:
    card, other = await house.submit(), await house.submit(BEN)
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.DELIVERED)
        await house.until_status(other.job_id, JobStatus.DELIVERED)
    before = sum(one.timings.rendered_s for one in await house.service.usage())
    await forget(house)
    after = await house.service.usage()
    assert [one.person for one in after] == ["", "ben"]
    assert sum(one.timings.rendered_s for one in after) == before
    assert other.job_id in house.jobs.rows


async def test_what_waits_is_cancelled_and_a_running_render_is_reached(house: FakeHouse) -> None:
    house.engine.gate.clear()
    running, waiting = await house.submit(), await house.submit()
    async with house.at_work():
        await house.until_status(running.job_id, JobStatus.RUNNING)
        await forget(house)
        await house.until(lambda: house.engine.cancelled == [running.job_id])
    outcomes = {one.outcome for one in await house.service.usage()}
    assert outcomes == {JobStatus.CANCELLED}
    assert waiting.job_id not in house.jobs.rows
    assert traces(house) == []


async def test_a_clip_on_its_way_is_not_shown_after_its_card_said_that_it_is_gone(
    house: FakeHouse,
) -> None:
    card = await house.submit()
    for _ in range(3):
        house.messenger.failures.append(MessengerError())
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.RENDERED)
        forgetting = asyncio.create_task(forget(house))
        while not forgetting.done():
            await house.clock.advance(1)
            await asyncio.sleep(0)
        assert await forgetting == 0
    shown = house.messenger.of_job(card.job_id)
    assert [one.state for one in shown] == [CardState.GONE]
    assert traces(house) == []


async def test_a_chat_that_never_answers_keeps_nobody_from_being_forgotten(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await house.submit()

    async def away(*_: object) -> None:
        raise MessengerError

    async with house.at_work():
        with monkeypatch.context() as patch:
            patch.setattr(house.messenger, "edit", away)
            await house.until_status(card.job_id, JobStatus.RENDERED)
            forgetting = asyncio.create_task(forget(house))
            for _ in range(int(SETTLING_S) + 60):
                await house.clock.advance(1)
                await asyncio.sleep(0.001)
                if forgetting.done():
                    break
            assert await forgetting == 1
        assert not (house.media.root / card.job_id).exists()
        await house.core.keeper.tidy()  # nobody has to ask again
    assert traces(house) == []
    assert house.people.leaving.rows == {}


async def test_a_kill_in_the_middle_is_seen_through_by_the_next_bot(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(Exception):
        """Stands for a kill: nothing after it is run."""

    async def killed(_: str) -> None:
        raise KilledError

    card = await house.submit(NAMED)
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    with monkeypatch.context() as patch:
        patch.setattr(house.jobs, "drop", killed)
        with pytest.raises(KilledError):
            await forget(house)
    assert traces(house) != []
    await house.restarted().core.keeper.tidy()
    assert traces(house) == []
    assert house.people.leaving.rows == {}


async def test_who_comes_back_before_that_is_somebody_new(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise MessengerError

    first = await house.submit()
    async with house.at_work():
        await house.until_status(first.job_id, JobStatus.DELIVERED)
    with monkeypatch.context() as patch:
        patch.setattr(house.messenger, "edit", away)
        assert await forget(house) == 1
    await house.clock.advance(60)
    await house.settings.change_person(ADA.owner, house.clock.now(), language="zh")
    second = await house.submit()
    await house.core.keeper.tidy()
    assert set(house.jobs.rows) == {second.job_id}
    assert (await house.settings.person(ADA.owner)).language == "zh"
    assert house.people.leaving.rows == {}


@pytest.mark.parametrize("gone", [CardGoneError, PlaceGoneError])
async def test_a_card_that_is_gone_already_needs_no_change(
    house: FakeHouse, gone: type[MessengerError]
) -> None:
    card = await house.submit()
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    house.messenger.failures.append(gone())
    assert await forget(house) == 0
    assert traces(house) == []


async def test_what_others_made_of_one_s_pictures_goes_too(house: FakeHouse) -> None:
    job = replace(
        house.jobs.rows[(await house.submit(BEN)).job_id],
        origin=OF_ADA,
    )
    house.jobs.rows[job.id] = job
    async with house.at_work():
        await house.until_status(job.id, JobStatus.DELIVERED)
    await forget(house)
    assert job.id not in house.jobs.rows
    assert [card.state for card in house.messenger.of_job(job.id)] == [CardState.GONE]
    assert traces(house) == []


async def test_questions_go_that_one_sent_or_was_asked(house: FakeHouse) -> None:
    house.engine.faces = ()
    sent = await house.submit()
    asked = await house.submit(BEN)
    question = house.questions.rows[asked.job_id]
    house.questions.rows[asked.job_id] = replace(
        question, origin=OF_ADA, answers=ADA.owner, asks="ask-author"
    )
    await forget(house)
    assert house.questions.rows == {}
    assert not (house.media.root / sent.job_id).exists()
    assert not (house.media.root / asked.job_id).exists()


async def test_choices_presets_stars_and_reports_go_with_their_person(house: FakeHouse) -> None:
    now = house.clock.now()
    card = await house.submit(BEN)
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    await house.service.gallery.share(card.job_id, BEN)
    await house.service.gallery.star(card.job_id, ADA)
    await house.settings.change_person(ADA.owner, now, language="zh")
    await house.settings.change_place(ADA.home, ADA.owner, now, paused=True)
    await house.service.presets.save(ADA, "mine", {"steps": "60"})
    await house.service.moderation.report(card.job_id, ADA, "as only Ada writes")
    await forget(house)
    assert traces(house) == []
    assert (await house.settings.place(ADA.home)).paused
    assert len(house.reports.rows) == 1


async def test_shared_clips_are_taken_out_of_the_gallery(house: FakeHouse) -> None:
    await house.settings.change_place(ADA.home, BEN.owner, house.clock.now(), gallery="wall")
    card = await house.submit()
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    await house.service.gallery.share(card.job_id, ADA)
    copies = [one for one in house.messenger.of_job(card.job_id) if one.state is CardState.SHARED]
    assert len(copies) == 1
    await forget(house)
    left = house.messenger.of_job(card.job_id)
    assert {one.state for one in left} <= {CardState.GONE, CardState.DELETED}
    assert all(one.clip is None for one in left)
    assert house.shares.rows == {}


async def test_a_block_and_the_day_s_seconds_outlive_it(house: FakeHouse) -> None:
    await house.reports.block_person(ADA.owner, BEN.owner, house.clock.now())
    card = await house.submit(BEN)
    job = replace(house.jobs.rows[card.job_id], origin=ADA, renderer=Renderer.MODEL, cost_s=160.0)
    house.jobs.quota.set_aside(job)
    await forget(house)
    assert await house.reports.is_blocked(ADA.owner)
    assert await house.jobs.quota.spent_s(ADA.owner, house.clock.now()) == 160.0


async def test_who_took_something_away_is_forgotten_and_it_stays_away(house: FakeHouse) -> None:
    card = await house.submit(BEN)
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    await house.service.clips.delete(card.job_id, replace(ADA, rights=Rights(moderator=True)))
    await forget(house)
    assert house.jobs.rows[card.job_id].deleted_at is not None
    assert traces(house) == []
    with pytest.raises(JobGoneError):
        await house.service.clips.file_of(card.job_id, BEN, ClipFormat.MP4)


async def test_the_export_goes_with_its_person(house: FakeHouse) -> None:
    await house.service.personal.export(ADA)
    await forget(house)
    assert list(house.media.root.iterdir()) == []


async def test_once_more_changes_nothing(house: FakeHouse) -> None:
    card = await house.submit(BEN)
    await forget(house)
    assert await forget(house) == 0
    assert card.job_id in house.jobs.rows
    (shown,) = house.messenger.of_job(card.job_id)
    assert shown.state is CardState.QUEUED
