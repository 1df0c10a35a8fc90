"""What the jobs cost, on the terminal."""

from __future__ import annotations

import io

from adapters.terminal.usage import print_usage
from bot.job import UsageRecord
from tests.bot.people.test_usage import FAILED, RECORD


def printed(*records: UsageRecord, as_csv: bool = False) -> list[str]:
    out = io.StringIO(newline="")
    print_usage(records, as_csv, "en", out)
    return out.getvalue().splitlines()


def test_jobs_are_listed_and_summed_up() -> None:
    lines = printed(RECORD, FAILED)
    assert RECORD.job_id in lines[0]
    assert lines[2].startswith("2 clips were asked for")


def test_for_a_spreadsheet_there_are_rows_alone() -> None:
    assert len(printed(RECORD, FAILED, as_csv=True)) == 3
