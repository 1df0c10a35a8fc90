"""What the jobs cost, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from adapters.terminal.who import owners
from bot.job import UsageRecord
from bot.people.usage import usage_csv, usage_line, usage_lines
from bot.ports import UsageStore


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageQuery:
    """`person` is an owner (see `bot.origin`), or a name alone for who works at the terminal;
    `place` a home. Where `chart` is given, it becomes a picture."""

    since: datetime | None = None
    person: str | None = None
    place: str | None = None
    as_csv: bool = False
    chart: Path | None = None


async def find_usage(usage: UsageStore, query: UsageQuery, slots: int) -> list[UsageRecord]:
    """Oldest first."""
    if query.person is None:
        return await usage.records(query.since, home=query.place)
    names = [query.person] if ":" in query.person else owners(query.person, slots)
    found = [
        record
        for owner in names
        for record in await usage.records(query.since, owner=owner, home=query.place)
    ]
    return sorted(found, key=lambda record: (record.ended_at, record.job_id))


def print_usage(records: Sequence[UsageRecord], as_csv: bool, locale: str, out: TextIO) -> None:
    """A line a job, oldest first, and what they come to."""
    if as_csv:
        out.write(usage_csv(records))
        return
    for record in records:
        ended = record.ended_at.astimezone().strftime("%Y-%m-%d %H:%M")
        out.write(f"{ended}  {record.job_id}  {usage_line(record, locale)}\n")
    out.writelines(f"{line}\n" for line in usage_lines(records, locale))
