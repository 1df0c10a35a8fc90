"""Who looks for themselves sees the card as it stands, and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.card import Action, CardState
from bot.errors import JobGoneError, NotAllowedError
from bot.job import JobStatus
from bot.origin import Rights
from tests.fakes.house import ADA, BEN, build


async def test_a_job_is_seen_in_every_state_it_is_in(tmp_path: Path) -> None:
    house = build(tmp_path)
    house.engine.gate.clear()
    card = await house.submit()
    look = house.service.looking.look
    assert (await look(card.job_id, ADA)).card.state is CardState.QUEUED
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.RUNNING)
        assert (await look(card.job_id, ADA)).card.state is CardState.RUNNING
        house.engine.gate.set()
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    sight = await look(card.job_id, ADA)
    assert sight.card.state is CardState.DONE
    assert sight.card.clip is not None
    assert sight.job is not None


async def test_it_is_written_in_the_language_of_who_looks(tmp_path: Path) -> None:
    house = build(tmp_path)
    card = await house.submit(replace(ADA, private=True))
    chinese = replace(ADA, private=True, locale="zh")
    assert card.locale == "en"
    assert (await house.service.looking.look(card.job_id, chinese)).card.locale == "zh"


async def test_a_question_is_seen_until_it_is_answered(tmp_path: Path) -> None:
    house = build(tmp_path)
    house.engine.faces = ()
    card = await house.submit()
    seen = await house.service.looking.look(card.job_id, ADA)
    assert seen.card.state is CardState.REFUSED
    assert Action.GO_ON in [button.action for button in seen.card.buttons]
    assert seen.job is None
    await house.service.answer(card.job_id, ADA, Action.GO_ON)
    assert (await house.service.looking.look(card.job_id, ADA)).card.state is CardState.QUEUED


async def test_others_are_told_that_there_is_no_such_job(tmp_path: Path) -> None:
    house = build(tmp_path)
    card = await house.submit()
    house.engine.faces = ()
    question = await house.submit()
    for hidden in (card.job_id, question.job_id, "0000000000000000zz"):
        with pytest.raises(JobGoneError):
            await house.service.looking.look(hidden, BEN)
    operator = replace(BEN, rights=Rights(operator=True))
    assert (await house.service.looking.look(card.job_id, operator)).job is not None


async def test_a_clip_is_on_the_web_page_after_a_yes_of_its_own(tmp_path: Path) -> None:
    house = build(tmp_path)
    card = await house.submit()
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    gallery = house.service.gallery
    await gallery.share(card.job_id, ADA)
    with pytest.raises(JobGoneError):
        await gallery.on_web(card.job_id)
    await gallery.show_on_web(card.job_id, ADA, True)
    assert (await gallery.on_web(card.job_id)).job.id == card.job_id
    await house.service.moderation.report(card.job_id, BEN)
    with pytest.raises(JobGoneError):
        await gallery.on_web(card.job_id)


async def test_the_most_starred_clip_on_the_web_page_comes_first(tmp_path: Path) -> None:
    house = build(tmp_path)
    cards = [await house.submit() for _ in range(2)]
    async with house.at_work():
        for card in cards:
            await house.until_status(card.job_id, JobStatus.DELIVERED)
            await house.service.gallery.show_on_web(card.job_id, ADA, True)
    await house.service.gallery.star(cards[0].job_id, BEN)
    shown = await house.service.gallery.top_on_web()
    assert [one.job.id for one in shown] == [card.job_id for card in cards]


async def test_only_who_runs_the_bot_sees_the_overview(tmp_path: Path) -> None:
    house = build(tmp_path)
    waiting = await house.submit()
    with pytest.raises(NotAllowedError):
        await house.service.operating.overview(ADA)
    operator = replace(BEN, rights=Rights(operator=True))
    seen = await house.service.operating.overview(operator)
    assert [job.id for job in seen.waiting] == [waiting.job_id]
    assert seen.queue_length == 1
    async with house.at_work():
        await house.until_status(waiting.job_id, JobStatus.DELIVERED)
    seen = await house.service.operating.overview(operator)
    assert [record.job_id for record in seen.ended] == [waiting.job_id]
    assert (seen.ended_lately, seen.failed_lately, seen.failures) == (1, 0, ())


async def test_who_is_blocked_without_a_report_loses_what_they_have_waiting(
    tmp_path: Path,
) -> None:
    house = build(tmp_path)
    card = await house.submit()
    moderation = house.service.moderation
    with pytest.raises(NotAllowedError):
        await moderation.block_person(BEN, ADA.owner)
    await moderation.block_person(replace(BEN, rights=Rights(operator=True)), ADA.owner)
    assert (await house.job(card)).status is JobStatus.CANCELLED
    with pytest.raises(NotAllowedError):
        await house.submit()
