"""What the jobs cost, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from bot.job import UsageRecord
from bot.usage import usage_csv, usage_line, usage_lines


def print_usage(records: Sequence[UsageRecord], as_csv: bool, locale: str, out: TextIO) -> None:
    """A line a job, oldest first, and what they come to."""
    if as_csv:
        out.write(usage_csv(records))
        return
    for record in records:
        ended = record.ended_at.astimezone().strftime("%Y-%m-%d %H:%M")
        out.write(f"{ended}  {record.job_id}  {usage_line(record, locale)}\n")
    out.writelines(f"{line}\n" for line in usage_lines(records, locale))
