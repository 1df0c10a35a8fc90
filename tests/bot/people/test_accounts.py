"""Whose usage a person may see, and as what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import NotAllowedError
from bot.job import JobStatus
from bot.origin import Rights
from bot.people.accounts import Scope
from tests.fakes.house import ADA, BEN, FakeHouse, build

ELSEWHERE = replace(BEN, place="elsewhere")
MODERATOR = replace(ADA, person="mo", rights=Rights(moderator=True))
OPERATOR = replace(ADA, person="op", rights=Rights(operator=True))


@pytest.fixture
async def house(tmp_path: Path) -> FakeHouse:
    """With a clip of each of two people in the studio, and one elsewhere."""
    house = build(tmp_path)
    for origin in (ADA, BEN, ELSEWHERE):
        await house.submit(origin)
    async with house.at_work():
        await house.until(
            lambda: all(job.status is JobStatus.DELIVERED for job in house.jobs.rows.values())
        )
    return house


async def test_everybody_sees_their_own(house: FakeHouse) -> None:
    assert len(await house.service.accounts.records(ADA)) == 1
    assert len(await house.service.accounts.records(BEN)) == 2
    since = house.clock.now().replace(year=2999)
    assert await house.service.accounts.records(BEN, since=since) == []


async def test_a_place_s_is_for_who_looks_after_it(house: FakeHouse) -> None:
    for person in (MODERATOR, OPERATOR):
        assert len(await house.service.accounts.records(person, Scope.HERE)) == 2
    with pytest.raises(NotAllowedError):
        await house.service.accounts.records(ADA, Scope.HERE)


async def test_everybody_s_is_for_who_runs_the_bot(house: FakeHouse) -> None:
    assert len(await house.service.accounts.records(OPERATOR, Scope.ALL)) == 3
    for person in (ADA, MODERATOR):
        with pytest.raises(NotAllowedError):
            await house.service.accounts.records(person, Scope.ALL)


async def test_a_chart_is_drawn_in_the_person_s_language(house: FakeHouse) -> None:
    records = await house.service.accounts.records(ADA)
    chinese = replace(ADA, locale="zh-CN")
    picture = await house.service.accounts.chart(chinese, records)
    assert picture.is_file()
    assert [chart.title for chart in house.engine.charts] == ["每日绘制时间"]
