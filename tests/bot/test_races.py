"""Two people at once, or one with two thumbs: each race ends in a phase that there is."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.card import CardState
from bot.clips.actions import UNDO, Phase, phase_of
from bot.errors import PersonError
from bot.job import Job, JobStatus
from bot.reports import Decision
from tests.bot.making import EVE, MODERATOR, OPERATOR, delivered, let_everybody
from tests.fakes.house import ADA, BEN, FakeHouse, build

ORDERS = (False, True)  # who comes first


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    house = build(tmp_path)
    let_everybody(house, gallery="wall", moderators="office")
    return house


async def at_once(*deeds: Coroutine[Any, Any, Any], swapped: bool = False) -> list[Any]:
    """Everybody's answer, of whom some are refused; nothing else may go wrong."""
    answers = await asyncio.gather(*deeds[:: -1 if swapped else 1], return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            assert isinstance(answer, PersonError), answer
    return answers[:: -1 if swapped else 1]


async def ends_in(house: FakeHouse, job: Job) -> Phase:
    """The phase, which every card shows."""
    await house.core.showing.tell(job.id)
    stored, share = house.jobs.rows[job.id], await house.shares.get(job.id)
    phase = phase_of(stored, share)
    states = [card.state for card in house.messenger.of_job(job.id)]
    assert stored.told
    assert (states.count(CardState.SHARED) == 1) is (phase is Phase.SHARED and bool(share.home))
    assert len([one for one in states if one not in (CardState.SHARED, CardState.REPORT)]) == 1
    return phase


async def test_a_double_click_on_share_hangs_one_copy(house: FakeHouse) -> None:
    job = await delivered(house)
    await at_once(*(house.service.gallery.share(job.id, ADA) for _ in range(3)))
    assert await ends_in(house, job) is Phase.SHARED


async def test_a_double_click_on_delete_deletes_once(house: FakeHouse) -> None:
    job = await delivered(house)
    answers = await at_once(*(house.service.clips.delete(job.id, ADA) for _ in range(2)))
    assert sum(isinstance(one, PersonError) for one in answers) == 1
    assert await ends_in(house, job) is Phase.DELETED


async def test_a_double_click_on_report_is_one_report(house: FakeHouse) -> None:
    job = await delivered(house)
    await at_once(*(house.service.moderation.report(job.id, BEN) for _ in range(2)))
    assert len(house.reports.rows) == 1
    assert await ends_in(house, job) is Phase.HIDDEN


@pytest.mark.parametrize("swapped", ORDERS)
async def test_a_report_against_a_share(house: FakeHouse, swapped: bool) -> None:
    job = await delivered(house)
    service = house.service
    await at_once(
        service.moderation.report(job.id, BEN),
        service.gallery.share(job.id, ADA),
        swapped=swapped,
    )
    assert await ends_in(house, job) is Phase.HIDDEN


@pytest.mark.parametrize("swapped", ORDERS)
async def test_a_report_while_the_copy_is_being_posted(house: FakeHouse, swapped: bool) -> None:
    """The gallery is slow: the clip is hidden before its copy hangs there."""
    job = await delivered(house)
    posting, go_on = asyncio.Event(), asyncio.Event()
    post = house.messenger.post

    async def slow(*args: Any, **options: Any) -> str:
        posting.set()
        await go_on.wait()
        return await post(*args, **options)

    house.messenger.post = slow  # type: ignore[method-assign]
    sharing = asyncio.create_task(house.service.gallery.share(job.id, ADA))
    await posting.wait()
    service = house.service
    other = service.moderation.report(job.id, BEN) if swapped else service.clips.delete(job.id, ADA)
    taking = asyncio.create_task(other)
    await house.until(lambda: house.jobs.rows[job.id].hidden or bool(_deleted(house, job)))
    go_on.set()
    await asyncio.gather(sharing, taking)
    assert await ends_in(house, job) is (Phase.HIDDEN if swapped else Phase.DELETED)


def _deleted(house: FakeHouse, job: Job) -> object:
    return house.jobs.rows[job.id].deleted_at


@pytest.mark.parametrize("swapped", ORDERS)
async def test_a_decision_against_a_delete(house: FakeHouse, swapped: bool) -> None:
    job = await delivered(house)
    service = house.service
    await service.moderation.report(job.id, BEN)
    await at_once(
        service.moderation.decide(job.id, MODERATOR, Decision.KEEP),
        service.clips.delete(job.id, ADA),
        swapped=swapped,
    )
    assert await ends_in(house, job) is Phase.DELETED
    await service.clips.undelete(job.id, ADA)
    assert await ends_in(house, job) is Phase.DONE, "nothing is said against it any more"


@pytest.mark.parametrize("swapped", ORDERS)
async def test_two_decisions_at_once_are_one(house: FakeHouse, swapped: bool) -> None:
    job = await delivered(house)
    await house.service.moderation.report(job.id, BEN)
    answers = await at_once(
        house.service.moderation.decide(job.id, MODERATOR, Decision.KEEP),
        house.service.moderation.decide(job.id, OPERATOR, Decision.REMOVE),
        swapped=swapped,
    )
    assert sum(isinstance(one, PersonError) for one in answers) == 1
    assert await ends_in(house, job) is (Phase.DELETED if swapped else Phase.DONE)


@pytest.mark.parametrize("swapped", ORDERS)
async def test_a_report_against_the_decision_about_another(house: FakeHouse, swapped: bool) -> None:
    job = await delivered(house)
    await house.service.moderation.report(job.id, BEN)
    await at_once(
        house.service.moderation.decide(job.id, MODERATOR, Decision.KEEP),
        house.service.moderation.report(job.id, EVE),
        swapped=swapped,
    )
    undecided = [one for one in await house.reports.of_job(job.id) if one.decision is None]
    phase = await ends_in(house, job)
    assert (phase is Phase.HIDDEN) is bool(undecided)


@pytest.mark.parametrize("late", ORDERS)
async def test_an_undelete_against_the_purge(house: FakeHouse, late: bool) -> None:
    """The keeper holds the job while it looks whether the day is over."""
    job = await delivered(house)
    await house.service.clips.delete(job.id, ADA)
    await house.clock.advance(UNDO.total_seconds() - (not late))

    async def purge() -> None:
        async with house.core.acting.alone(job.id) as held:
            deleted_at = held.job.deleted_at
            if deleted_at is not None and deleted_at <= house.clock.now() - UNDO:
                house.media.drop(job.id)
                await house.jobs.save(job.id, files_gone_at=house.clock.now())

    await at_once(purge(), house.service.clips.undelete(job.id, ADA))
    phase = phase_of(house.jobs.rows[job.id], None)
    assert phase is (Phase.GONE if late else Phase.DONE)
    assert (house.media.root / job.id).exists() is not late


async def test_a_delete_while_the_clip_is_delivered_comes_too_early_or_takes_it_away(
    house: FakeHouse,
) -> None:
    """Its card shows the clip before the table says so."""
    shown, go_on = asyncio.Event(), asyncio.Event()
    edit = house.messenger.edit

    async def slow(origin: Any, ref: str, card: Any) -> None:
        await edit(origin, ref, card)
        if card.state is CardState.DONE:
            shown.set()
            await go_on.wait()

    house.messenger.edit = slow  # type: ignore[method-assign]
    async with house.at_work():
        card = await house.submit()
        await shown.wait()
        with pytest.raises(PersonError, match="clip-not-ready"):
            await house.service.clips.delete(card.job_id, ADA)
        go_on.set()
        job = await house.until_status(card.job_id, JobStatus.DELIVERED)
    await house.service.clips.delete(job.id, ADA)
    assert await ends_in(house, job) is Phase.DELETED


async def test_a_cancel_against_the_end_of_the_render(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit_and_hold()
        house.engine.gate.set()
        await at_once(
            house.service.cancel(card.job_id, ADA), house.service.cancel(card.job_id, MODERATOR)
        )
        job = await house.until_status(card.job_id, JobStatus.CANCELLED, JobStatus.DELIVERED)
    assert await ends_in(house, job) in (Phase.ENDED, Phase.DONE)
    assert house.jobs.usage.by_job[job.id].outcome is job.status


async def test_many_stars_at_once_count_one_a_person(house: FakeHouse) -> None:
    job = await delivered(house)
    await house.service.gallery.share(job.id, ADA)
    fans = [replace(BEN, person=f"fan{number}") for number in range(20)]
    await at_once(*(house.service.gallery.star(job.id, fan) for fan in fans))
    share = await house.shares.get(job.id)
    assert share is not None and share.stars == 20
    (copy,) = [one for one in house.messenger.of_job(job.id) if one.state is CardState.SHARED]
    assert "★ 20" in copy.lines
    edits = house.messenger.history[share.ref]
    assert len(edits) < 20, "who waits for the copy waits for the newest count"


async def test_a_change_from_elsewhere_while_a_card_is_shown_is_shown_too(
    house: FakeHouse,
) -> None:
    job = await delivered(house)
    plain = house.messenger.edit
    changed: list[str] = []

    async def edit(*args: Any) -> None:
        await plain(*args)
        if not changed:
            changed.append("by another process")
            await house.jobs.save(job.id, hidden=False, deleted_at=house.clock.now(), told=False)

    await house.jobs.save(job.id, hidden=True, told=False)
    house.messenger.edit = edit  # type: ignore[method-assign]
    await house.core.showing.tell(job.id)
    (card,) = house.messenger.of_job(job.id)
    assert card.state is CardState.DELETED
