"""Whatever the chat does, a person hears of their job: on its card, a new one or in private."""

from __future__ import annotations

from bot.card import CardState
from bot.errors import MessengerError, PlaceGoneError, StoreError
from bot.job import JobStatus
from tests.bot.making import once
from tests.fakes.house import ADA, BEN, FakeHouse

DELIVERED = JobStatus.DELIVERED


async def test_an_outage_of_the_chat_delays_the_clip_and_loses_nothing(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit_and_hold()
        await house.clock.advance(1)
        house.messenger.failures.extend([MessengerError() for _ in range(8)])
        house.engine.gate.set()
        while (await house.job(card)).status is not DELIVERED:
            await house.clock.advance(30)
    assert house.messenger.states(card.job_id) == [CardState.DONE]


async def test_a_deleted_card_is_posted_afresh_with_the_clip(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit_and_hold()
        house.messenger.gone.add(f"{card.job_id}/1")
        house.engine.gate.set()
        await house.until_status(card.job_id, DELIVERED)
    assert house.messenger.states(card.job_id) == [CardState.DONE]
    assert (await house.job(card)).card == f"{card.job_id}-c/1"  # its nonce is its own


async def test_a_card_whose_name_could_not_be_kept_is_kept_with_the_next_edit(
    house: FakeHouse,
) -> None:
    house.jobs.save = once(StoreError(), house.jobs.save)  # type: ignore[method-assign]
    async with house.at_work():
        card = await house.submit()
        job = await house.until_status(card.job_id, DELIVERED)
    assert job.card == f"{job.id}/1"


async def test_no_card_is_remembered_once_its_job_is_over(house: FakeHouse) -> None:
    house.messenger.pace_s = 1.0
    async with house.at_work():
        for wrong in ([], [PlaceGoneError()], [MessengerError()]):
            card = await house.submit_and_hold()
            await house.clock.advance(5)
            house.messenger.failures.extend(wrong)
            house.engine.gate.set()
            await house.clock.advance(30)
            await house.until_status(card.job_id, DELIVERED)
    await house.clock.advance(30)
    assert house.board._slots == {}


async def test_who_waited_long_is_told_once_and_who_did_not_is_not(house: FakeHouse) -> None:
    async with house.at_work():
        slow = await house.submit_and_hold()
        await house.clock.advance(120)
        quick = await house.submit(BEN)
        house.engine.gate.set()
        await house.until_status(quick.job_id, DELIVERED)
        await house.until_status(slow.job_id, DELIVERED)
        await house.until(lambda: len(house.messenger.mentions) == 1)
    assert house.messenger.mentions[0][0] == f"{slow.job_id}/1"


async def test_an_end_that_could_not_be_told_is_told_once_the_chat_is_back(
    house: FakeHouse,
) -> None:
    async with house.at_work():
        card = await house.submit_and_hold()
        await house.clock.advance(1)
        house.messenger.failures.append(MessengerError())
        await house.service.cancel(card.job_id, ADA)
        assert not (await house.job(card)).told
        await house.clock.advance(120)
        assert (await house.job(card)).told
    assert house.messenger.of_job(card.job_id)[0].state is CardState.CANCELLED


async def test_an_end_that_could_not_be_shown_is_shown_at_the_next_start(house: FakeHouse) -> None:
    card = await house.submit()
    house.messenger.failures.append(MessengerError())
    await house.service.cancel(card.job_id, ADA)
    assert house.messenger.states(card.job_id) == [CardState.QUEUED]
    after = house.restarted("one")
    async with after.at_work():
        await after.until(lambda: after.jobs.rows[card.job_id].told)
    assert after.messenger.states(card.job_id) == [CardState.CANCELLED]


async def test_an_end_that_nobody_can_be_told_any_more_is_not_told_for_ever(
    house: FakeHouse,
) -> None:
    card = await house.submit()
    house.messenger.failures.append(PlaceGoneError())
    await house.service.cancel(card.job_id, ADA)
    assert (await house.job(card)).told


async def test_where_the_place_is_gone_the_clip_comes_in_private(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit_and_hold()
        await house.clock.advance(1)
        house.messenger.failures.append(PlaceGoneError())
        house.engine.gate.set()
        await house.until_status(card.job_id, DELIVERED)
    assert [one.state for one in house.messenger.direct] == [CardState.DONE]


async def test_a_private_message_that_fails_for_a_while_is_tried_again(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit_and_hold()
        await house.clock.advance(1)
        house.messenger.failures.extend([PlaceGoneError(), MessengerError(), MessengerError()])
        house.engine.gate.set()
        await house.clock.advance(60)
        await house.until_status(card.job_id, DELIVERED)
    assert [one.state for one in house.messenger.direct] == [CardState.DONE]


async def test_what_was_sent_in_private_is_hidden_deleted_and_forgotten_like_a_card(
    house: FakeHouse,
) -> None:
    async with house.at_work():
        card = await house.submit_and_hold()
        await house.clock.advance(1)
        house.messenger.failures.append(PlaceGoneError())
        house.engine.gate.set()
        await house.until_status(card.job_id, DELIVERED)
    (shown,) = house.messenger.direct
    assert shown.clip is not None
    await house.service.clips.delete(card.job_id, ADA)
    assert house.messenger.direct == []


async def test_where_nobody_can_be_reached_the_clip_waits_in_the_history(house: FakeHouse) -> None:
    async with house.at_work():
        card = await house.submit_and_hold()
        await house.clock.advance(1)
        house.messenger.failures.extend([PlaceGoneError(), PlaceGoneError()])
        house.engine.gate.set()
        await house.until_status(card.job_id, DELIVERED)
    assert house.messenger.direct == []
