"""One card a job: at the platform's pace, the newest state winning, the clip never overwritten."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.card import Card, CardState
from bot.cards.board import Board
from bot.cards.endings import ended_card
from bot.cards.wording import Standing, queued_card, running_card
from bot.clip import Progress
from bot.door.limits import QueueLimits
from bot.errors import CardGoneError, MessengerError
from bot.job import Job, JobStatus
from bot.origin import Origin
from tests.bot.queue.test_estimate import job as a_job
from tests.fakes.clock import FakeClock
from tests.fakes.messenger import FakeMessenger
from tests.fakes.stores import FakeJobStore


class Stage:
    def __init__(self) -> None:
        self.clock, self.jobs = FakeClock(), FakeJobStore()
        self.messenger = FakeMessenger(pace_s=3.0)
        self.board = Board({"fake": self.messenger}, self.jobs, self.clock)

    async def job(self, status: JobStatus = JobStatus.QUEUED) -> Job:
        job = await self.jobs.add(a_job(), QueueLimits())
        self.jobs.rows[job.id] = replace(job, status=status)
        return self.jobs.rows[job.id]

    def seen(self) -> list[Card]:
        return self.messenger.history.get("1/1", [])


@pytest.fixture
def stage() -> Stage:
    return Stage()


def failing_after(messenger: FakeMessenger) -> Callable[[Origin, Card, str], Awaitable[str]]:
    """Posts as ever; what comes next is refused."""
    post = messenger.post

    async def posted(origin: Origin, card: Card, nonce: str) -> str:
        ref = await post(origin, card, nonce)
        messenger.failures.append(MessengerError())
        return ref

    return posted


def step(job: Job, number: int) -> Card:
    return running_card(job, Progress(number, 50), None)


async def test_news_is_edited_at_the_platforms_pace_and_the_newest_wins(stage: Stage) -> None:
    job = await stage.job(JobStatus.RUNNING)
    for number in range(1, 11):
        stage.board.show(job, step(job, number))
        await stage.clock.advance(1)
    shown = [card.progress.step for card in stage.seen() if card.progress]
    assert shown == [1, 3, 6, 9], "at 0, 3, 6 and 9 seconds"


async def test_nothing_is_edited_when_nothing_changed(stage: Stage) -> None:
    job = await stage.job(JobStatus.RUNNING)
    for _ in range(5):
        stage.board.show(job, step(job, 1))
        await stage.clock.advance(10)
    assert len(stage.seen()) == 1


async def test_late_progress_never_overwrites_the_end(stage: Stage) -> None:
    job = await stage.job(JobStatus.RUNNING)
    stage.board.show(job, step(job, 1))
    await stage.clock.advance(0.1)
    stage.board.show(job, step(job, 2))
    stage.jobs.rows[job.id] = ended = replace(job, status=JobStatus.CANCELLED)
    await stage.board.put(ended, ended_card(ended))
    stage.board.show(job, step(job, 3))
    await stage.clock.advance(60)
    assert stage.messenger.of_job(job.id)[0].state is CardState.CANCELLED


async def test_a_first_card_that_comes_after_a_later_one_is_not_shown(stage: Stage) -> None:
    job = await stage.job(JobStatus.RUNNING)
    stage.board.show(job, step(job, 1))
    await stage.clock.advance(0.1)
    await stage.board.announce(job, queued_card(job, Standing(1)))
    assert [card.state for card in stage.messenger.of_job(job.id)] == [CardState.RUNNING]


async def test_a_first_card_that_comes_after_the_end_is_not_shown(stage: Stage) -> None:
    job = await stage.job(JobStatus.CANCELLED)
    await stage.board.put(job, ended_card(job))
    await stage.board.announce(job, queued_card(job, Standing(1)))
    assert [card.state for card in stage.messenger.of_job(job.id)] == [CardState.CANCELLED]


async def test_a_flood_wait_is_honoured_and_drops_no_later_news(stage: Stage) -> None:
    job = await stage.job(JobStatus.RUNNING)
    stage.board.show(job, step(job, 1))
    await stage.clock.advance(0.1)
    stage.messenger.failures.append(MessengerError(retry_after_s=30))
    stage.board.show(job, step(job, 2))
    await stage.clock.advance(4)
    stage.board.show(job, step(job, 3))
    await stage.clock.advance(20)
    assert [card.progress.step for card in stage.seen() if card.progress] == [1]
    await stage.clock.advance(20)
    assert [card.progress.step for card in stage.seen() if card.progress] == [1, 3]


async def test_what_must_arrive_says_when_it_cannot(stage: Stage) -> None:
    job = await stage.job(JobStatus.CANCELLED)
    stage.messenger.failures.append(MessengerError())
    with pytest.raises(MessengerError):
        await stage.board.put(job, ended_card(job))


async def test_a_card_that_is_too_old_to_be_edited_makes_way_for_the_fresh_one(
    stage: Stage,
) -> None:
    job = await stage.job(JobStatus.CANCELLED)
    await stage.board.announce(job, queued_card(job, Standing(1)))
    stage.messenger.failures.append(CardGoneError())
    await stage.board.put(job, ended_card(job))
    (seen,) = stage.messenger.of_job(job.id)
    assert seen.state is CardState.CANCELLED


async def test_a_fresh_card_stands_though_the_old_one_can_not_be_taken_away(stage: Stage) -> None:
    job = await stage.job(JobStatus.CANCELLED)
    await stage.board.announce(job, queued_card(job, Standing(1)))
    stage.messenger.keeps_all = True
    stage.messenger.failures.append(CardGoneError())
    stage.messenger.post = failing_after(stage.messenger)  # type: ignore[method-assign]
    await stage.board.put(job, ended_card(job))
    assert stage.messenger.of_job(job.id)[-1].state is CardState.CANCELLED
    assert stage.jobs.rows[job.id].card == f"{job.id}-c/1"


async def test_leaving_gives_up_what_is_pending(stage: Stage) -> None:
    job = await stage.job(JobStatus.RUNNING)
    async with stage.board:
        stage.board.show(job, step(job, 1))
        await stage.clock.advance(0.1)
        stage.board.show(job, step(job, 2))
        await asyncio.sleep(0)
    await stage.clock.advance(60)
    assert len(stage.seen()) == 1


def test_a_card_never_holds_more_than_its_job_knows(tmp_path: Path) -> None:
    """Its lines are plain text: a platform adds its own markup, so none may be in there."""
    card = queued_card(a_job(), Standing(2))
    assert not any(mark in line for line in card.lines for mark in ("**", "<b>", "__", "`"))
