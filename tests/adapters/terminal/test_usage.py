"""What the jobs cost, for eyes and for spreadsheets."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.terminal.usage import COLUMNS, print_usage, usage_line
from bot.clip import Renderer
from bot.job import JobStatus, Timings, UsageRecord
from bot.request import AnimationRequest

ENDED = datetime(2030, 1, 31, 12, 30, tzinfo=UTC)
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


def printed(*records: UsageRecord, as_csv: bool = False, locale: str = "en") -> str:
    out = io.StringIO(newline="")
    print_usage(records, as_csv, locale, out)
    return out.getvalue()


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


def test_jobs_are_listed_and_summed_up() -> None:
    lines = printed(RECORD, FAILED).splitlines()
    assert len(lines) == 3
    assert RECORD.job_id in lines[0]
    assert lines[-1] == "2 jobs, 20.1 s rendered"
    assert printed() == "0 jobs, 0 s rendered\n"


def test_csv_is_read_back_by_a_csv_reader() -> None:
    first, second = csv.DictReader(io.StringIO(printed(RECORD, FAILED, as_csv=True), newline=""))
    assert tuple(first) == COLUMNS
    assert first["place"] == RECORD.place
    assert datetime.fromisoformat(first["ended_at"]) == ENDED
    assert (first["seed"], first["frames"], first["rendered_s"]) == ("7", "48", "10.040")
    assert (first["size_bytes"], first["failure"]) == ("85432", "")
    assert (second["size_bytes"], second["failure"]) == ("", "error-worker")


def test_csv_of_nothing_has_its_header() -> None:
    assert printed(as_csv=True).strip() == ",".join(COLUMNS)
