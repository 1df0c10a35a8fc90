"""How the work went over time, as charts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clip import Renderer
from bot.errors import NotAllowedError
from bot.job import JobStatus, Timings, UsageRecord
from bot.request import AnimationRequest
from bot.watch.trends import Period, bars_of, charts_of
from tests.bot.making import OPERATOR
from tests.fakes.house import ADA, build
from tests.fakes.usage import FakeUsageStore

NOW = datetime(2030, 3, 15, 12, tzinfo=UTC)


def record(
    number: int,
    ended_at: datetime,
    outcome: JobStatus = JobStatus.DELIVERED,
    renderer: Renderer = Renderer.MODEL,
    queued_s: float = 0.0,
) -> UsageRecord:
    return UsageRecord(
        job_id=str(number),
        platform="fake",
        place="studio",
        person="ada",
        renderer=renderer,
        settings=AnimationRequest(seed=1),
        width=768,
        height=768,
        outcome=outcome,
        attempts=1,
        created_at=ended_at,
        ended_at=ended_at,
        timings=Timings(queued_s=queued_s, rendered_s=120.0),
    )


def store_of(*records: UsageRecord) -> FakeUsageStore:
    usage = FakeUsageStore()
    usage.by_job = {one.job_id: one for one in records}
    return usage


async def test_every_day_has_a_bar_and_days_are_those_of_utc() -> None:
    usage = store_of(
        record(1, datetime(2030, 3, 8, 23, 59, tzinfo=UTC)),  # too long ago for a week
        record(2, datetime(2030, 3, 9, tzinfo=UTC), queued_s=4.0),
        record(3, datetime(2030, 3, 9, 23, 59, tzinfo=UTC), queued_s=8.0),
        record(4, NOW, JobStatus.FAILED, Renderer.PREVIEW, queued_s=90.0),
        record(5, NOW, JobStatus.CANCELLED),
        record(6, NOW, JobStatus.EXPIRED),
    )
    clips, drawing, waiting = charts_of(await bars_of(usage, Period.WEEK, NOW), "en")
    assert clips.labels == ("03-09", "03-10", "03-11", "03-12", "03-13", "03-14", "03-15")
    assert clips.series == {
        "delivered": (2, 0, 0, 0, 0, 0, 0),
        "failed": (0, 0, 0, 0, 0, 0, 1),
        "cancelled, or waited too long": (0, 0, 0, 0, 0, 0, 2),
    }
    assert drawing.series["on the GPU"] == (4, 0, 0, 0, 0, 0, 4)
    assert drawing.series["on the CPU"] == (0, 0, 0, 0, 0, 0, 2)
    assert waiting.series == {"until it was drawn": (6.0, 0, 0, 0, 0, 0, 0)}


async def test_a_year_is_told_by_months() -> None:
    usage = store_of(record(1, datetime(2029, 3, 31, tzinfo=UTC)), record(2, NOW))
    clips, *_ = charts_of(await bars_of(usage, Period.YEAR, NOW), "zh")
    assert (clips.labels[0], clips.labels[-1], len(clips.labels)) == ("2029-03", "2030-03", 13)
    assert clips.series["已送达"] == (1, *[0] * 11, 1)


async def test_a_month_has_thirty_bars(tmp_path: Path) -> None:
    house = build(tmp_path)
    for chart in await house.service.operating.trends(OPERATOR, Period.MONTH):
        assert len(chart.labels) == 30
    with pytest.raises(NotAllowedError):
        await house.service.operating.trends(ADA, Period.MONTH)
