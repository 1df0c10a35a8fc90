"""What jobs cost: as sentences, for spreadsheets, as bars."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.clip import Renderer
from bot.job import JobStatus, Timings, UsageRecord
from bot.people.usage import COLUMNS, usage_chart, usage_csv, usage_line, usage_lines
from bot.request import AnimationRequest

ENDED = datetime(2030, 1, 31, 12, 30, tzinfo=UTC)
DAY = timedelta(days=1)
RECORD = UsageRecord(
    job_id="0000000000000000aa",
    platform="terminal-0",
    place='/home/ada/my, "best" clip.mp4',
    person="ada",
    renderer=Renderer.PREVIEW,
    settings=AnimationRequest(seed=7, loop=True),
    width=448,
    height=560,
    outcome=JobStatus.DELIVERED,
    attempts=2,
    created_at=ENDED,
    ended_at=ENDED,
    timings=Timings(queued_s=0.25, rendered_s=10.04, encoded_s=1.5, uploaded_s=0.01),
    size_bytes=85_432,
)
FAILED = replace(
    RECORD,
    outcome=JobStatus.FAILED,
    attempts=1,
    size_bytes=None,
    failure_key="error-worker",
)
OF_MODEL = replace(
    RECORD,
    renderer=Renderer.MODEL,
    timings=Timings(queued_s=300, rendered_s=160),
    ended_at=ENDED + 2 * DAY,
    charged_s=160,
)


def test_a_line_says_how_it_ended_and_what_it_took() -> None:
    assert usage_line(RECORD, "en") == (
        "delivered · 2 attempts · waited 0.2 s · rendered 10 s · encoded 1.5 s · uploaded 0 s"
        " · 85 kB"
    )
    assert usage_line(RECORD, "zh").startswith("已完成 · 尝试 2 次 · ")


def test_a_job_without_a_clip_has_no_size() -> None:
    assert usage_line(FAILED, "en").startswith("failed · 1 attempt · ")
    assert "kB" not in usage_line(FAILED, "en")


@pytest.mark.parametrize("outcome", [status for status in JobStatus if status.ended])
@pytest.mark.parametrize("locale", ["en", "zh"])
def test_every_end_has_a_word_of_its_own(outcome: JobStatus, locale: str) -> None:
    others = {
        usage_line(replace(RECORD, outcome=other), locale).split(" · ")[0]
        for other in JobStatus
        if other.ended and other is not outcome
    }
    word = usage_line(replace(RECORD, outcome=outcome), locale).split(" · ")[0]
    assert word not in others


def test_jobs_are_summed_up_by_their_ends_and_renderers() -> None:
    assert usage_lines([RECORD, FAILED, OF_MODEL], "en") == [
        "3 clips were asked for, from 2030-01-31 to 2030-02-02: 2 delivered, 1 failed.",
        "Preview on the CPU: 2 clips, 20.1 s rendered",
        "EasyAnimate: one clip, 160 s rendered",
        "Waited 0 s in the middle, 300 s at most.",
        "160 s were counted towards daily limits.",
    ]


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_of_nothing_there_is_one_sentence(locale: str) -> None:
    assert len(usage_lines([], locale)) == 1


def test_csv_is_read_back_by_a_csv_reader() -> None:
    first, second = csv.DictReader(io.StringIO(usage_csv([RECORD, FAILED]), newline=""))
    assert tuple(first) == COLUMNS
    assert first["place"] == RECORD.place
    assert datetime.fromisoformat(first["ended_at"]) == ENDED
    assert (first["seed"], first["frames"], first["rendered_s"]) == ("7", "48", "10.040")
    assert (first["size_bytes"], first["failure"]) == ("85432", "")
    assert (second["size_bytes"], second["failure"]) == ("", "error-worker")


def test_csv_of_nothing_has_its_header() -> None:
    assert usage_csv([]).strip() == ",".join(COLUMNS)


def test_each_renderer_has_a_bar_for_every_day_up_to_now() -> None:
    chart = usage_chart([RECORD, OF_MODEL, FAILED], None, ENDED + 3 * DAY, "en")
    assert chart.labels == ("01-31", "02-01", "02-02", "02-03")
    assert chart.series == {
        "Preview on the CPU": (pytest.approx(20.08), 0, 0, 0),
        "EasyAnimate": (0, 0, 160, 0),
    }


def test_a_day_is_one_of_utc_as_in_the_daily_limit() -> None:
    late = RECORD.ended_at.replace(hour=23, minute=30)
    elsewhere = late.astimezone(datetime.strptime("+0200", "%z").tzinfo)
    chart = usage_chart([replace(RECORD, ended_at=elsewhere)], None, elsewhere, "en")
    assert chart.labels == ("01-31",)


def test_a_longer_time_is_shown_by_weeks_and_a_year_by_months() -> None:
    months = usage_chart([RECORD], ENDED - 365 * DAY, ENDED, "en")
    assert (months.labels[0], months.labels[-1], len(months.labels)) == ("2029-01", "2030-01", 13)
    weeks = usage_chart([RECORD], ENDED - 60 * DAY, ENDED, "zh")
    assert weeks.title == "每周绘制时间"
    assert weeks.labels[-1] == "01-28"  # a Monday
    assert sum(weeks.series["预览（CPU 绘制）"]) == pytest.approx(10.04)


def test_a_chart_of_nothing_has_days_and_no_bars() -> None:
    chart = usage_chart([], ENDED - DAY, ENDED, "en")
    assert (len(chart.labels), chart.series) == (2, {})
