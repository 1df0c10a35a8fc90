"""What the machine failed, once more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.card import CardState
from bot.door.rules import HouseRules
from bot.errors import JobGoneError, NotAllowedError, RenderError
from bot.job import Job, JobStatus
from bot.origin import Origin
from bot.preferences import PlaceSettings
from tests.bot.making import OPERATOR, delivered
from tests.fakes.house import ADA, BEN, FakeHouse, build


async def failed(house: FakeHouse, origin: Origin = ADA, **options: str) -> Job:
    house.engine.failures.extend([RenderError("error-render")] * 3)
    card = await house.submit(origin, **options)
    async with house.at_work():
        return await house.until_status(card.job_id, JobStatus.FAILED)


async def test_it_is_asked_for_again_for_whose_it_was(tmp_path: Path) -> None:
    house = build(tmp_path)
    job = await failed(house, steps="60", seed="7")
    card = await house.service.operating.retrying.retry(job.id, OPERATOR)
    assert card.state is CardState.QUEUED
    again = await house.job(card)
    assert (again.origin, again.options) == (job.origin, {"steps": "60", "seed": "7"})
    assert again.request.seed == 7
    async with house.at_work():
        await house.until_status(again.id, JobStatus.DELIVERED)


async def test_a_seed_that_was_drawn_is_drawn_anew(tmp_path: Path) -> None:
    house = build(tmp_path)
    job = await failed(house)
    again = await house.job(await house.service.operating.retrying.retry(job.id, OPERATOR))
    assert not again.request.seed_typed
    assert again.request.seed != job.request.seed


async def test_what_only_their_platform_knows_of_them_is_no_hindrance(tmp_path: Path) -> None:
    """Whoever retries was not told the owner's roles, nor the communities that they belong to."""
    house = build(tmp_path, HouseRules(allowed_places=frozenset({"fake:studio"})))
    member = replace(ADA, rights=replace(ADA.rights, roles=frozenset({"7"})))
    house.settings.places[ADA.home] = PlaceSettings(allowed_roles=("7",))
    job = await failed(house, member)
    assert (await house.service.operating.retrying.retry(job.id, OPERATOR)).job_id != job.id


async def test_nobody_else_retries(tmp_path: Path) -> None:
    house = build(tmp_path)
    job = await failed(house)
    with pytest.raises(NotAllowedError, match="operator-only"):
        await house.service.operating.retrying.retry(job.id, ADA)


async def test_only_what_failed_and_is_still_there_can_be_retried(tmp_path: Path) -> None:
    house = build(tmp_path)
    retrying = house.service.operating.retrying
    done = await delivered(house)
    job = await failed(house)
    house.jobs.rows[job.id] = replace(job, files_gone_at=house.clock.now())
    for one in (done, job):
        with pytest.raises(JobGoneError, match="retry-too-late"):
            await retrying.retry(one.id, OPERATOR)


async def test_the_overview_tells_what_failed_with_its_reason(tmp_path: Path) -> None:
    house = build(tmp_path)
    job = await failed(house)
    await delivered(house, BEN)
    seen = await house.service.operating.overview(OPERATOR)
    assert (seen.ended_lately, seen.failed_lately) == (2, 1)
    assert [(one.id, one.failure) for one in seen.failures] == [(job.id, ("error-render", {}))]
    assert seen.asked_again == frozenset()
    await house.service.clips.again(job.id, ADA)
    seen = await house.service.operating.overview(OPERATOR)
    assert seen.asked_again == {job.id}
    await house.jobs.drop(job.id)
    seen = await house.service.operating.overview(OPERATOR)
    assert (seen.failed_lately, seen.failures) == (1, ())
