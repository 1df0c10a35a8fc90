"""The house's own look: what it finds goes the ways that people's reports go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.card import CardState
from bot.door.rules import HouseRules
from bot.errors import PictureError, WorkerError
from bot.inspection import Suspicion
from bot.job import Job, JobStatus
from bot.reports import Decision
from tests.bot.making import OPERATOR, delivered
from tests.fakes.house import FakeHouse, build

NSFW = Suspicion("nsfw", 0.934)


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    return build(tmp_path, HouseRules(operator_place="fake:bridge"))


def states(house: FakeHouse, job: Job) -> list[CardState]:
    return sorted(card.state for card in house.messenger.of_job(job.id))


async def test_an_upload_that_is_suspected_is_refused_and_leaves_nothing(house: FakeHouse) -> None:
    house.engine.suspicions.append(NSFW)
    with pytest.raises(PictureError, match="picture-unfit"):
        await house.submit()
    assert house.jobs.rows == {}
    assert list(house.media.root.iterdir()) == []
    await house.submit()


async def test_a_clip_that_is_suspected_is_never_shown_and_somebody_decides(
    house: FakeHouse,
) -> None:
    house.engine.clip_suspicions.append(NSFW)
    job = await delivered(house)
    assert states(house, job) == [CardState.HIDDEN, CardState.REPORT]
    shown = [card for cards in house.messenger.history.values() for card in cards]
    assert all(card.clip is None for card in shown if card.state is not CardState.REPORT)
    (case,) = await house.service.moderation.cases()
    assert [one.reason for one in case.reports] == ["nsfw 93%"]
    await house.service.moderation.decide(job.id, OPERATOR, Decision.KEEP)
    assert states(house, job) == [CardState.DONE, CardState.REPORT]


async def test_a_crash_between_report_and_delivery_reports_it_once(house: FakeHouse) -> None:
    house.engine.clip_suspicions += [NSFW, NSFW]
    job = await delivered(house)
    stored = house.jobs.rows[job.id]
    house.jobs.rows[job.id] = replace(stored, status=JobStatus.RENDERED, hidden=False)
    again = house.restarted()
    async with again.at_work():
        await again.until_status(job.id, JobStatus.DELIVERED)
    assert len(house.reports.rows) == 1
    assert again.jobs.rows[job.id].hidden


async def test_a_classifier_that_died_is_asked_again(house: FakeHouse) -> None:
    house.engine.clip_suspicions += [WorkerError(), NSFW]
    assert (await delivered(house)).hidden


async def test_a_clip_is_not_lost_to_a_classifier_that_is_away(house: FakeHouse) -> None:
    house.engine.clip_suspicions += [WorkerError()] * 3
    assert not (await delivered(house)).hidden
