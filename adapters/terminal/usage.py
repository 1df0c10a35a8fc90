"""Usage records as text and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TextIO

from bot.job import UsageRecord
from bot.texts import Texts

COLUMNS = (
    "job_id",
    "ended_at",
    "platform",
    "place",
    "person",
    "renderer",
    "outcome",
    "attempts",
    "width",
    "height",
    "frames",
    "steps",
    "seed",
    "queued_s",
    "rendered_s",
    "encoded_s",
    "uploaded_s",
    "size_bytes",
    "failure",
)


def print_usage(records: Sequence[UsageRecord], as_csv: bool, locale: str, out: TextIO) -> None:
    """A line a job, oldest first, and their sum."""
    if as_csv:
        table = csv.writer(out)
        table.writerow(COLUMNS)
        table.writerows(_row(record) for record in records)
        return
    texts = Texts(locale)
    for record in records:
        ended = record.ended_at.astimezone().strftime("%Y-%m-%d %H:%M")
        out.write(f"{ended}  {record.job_id}  {usage_line(record, locale)}\n")
    rendered_s = sum(record.timings.rendered_s for record in records)
    out.write(texts.say("usage-total", jobs=len(records), seconds=round(rendered_s, 1)) + "\n")


def usage_line(record: UsageRecord, locale: str) -> str:
    """One job's record as a sentence."""
    texts, spent = Texts(locale), record.timings
    said = texts.say(
        "usage-line",
        outcome=record.outcome.value,
        attempts=record.attempts,
        queued=round(spent.queued_s, 1),
        rendered=round(spent.rendered_s, 1),
        encoded=round(spent.encoded_s, 1),
        uploaded=round(spent.uploaded_s, 1),
    )
    if record.size_bytes is None:
        return said
    return said + " · " + texts.say("usage-size", kilobytes=round(record.size_bytes / 1000))


def _row(record: UsageRecord) -> tuple[object, ...]:
    asked, spent = record.settings, record.timings
    return (
        record.job_id,
        record.ended_at.isoformat(),
        record.platform,
        record.place,
        record.person,
        record.renderer.value,
        record.outcome.value,
        record.attempts,
        record.width,
        record.height,
        asked.frames_shown,
        asked.num_inference_steps,
        asked.seed,
        f"{spent.queued_s:.3f}",
        f"{spent.rendered_s:.3f}",
        f"{spent.encoded_s:.3f}",
        f"{spent.uploaded_s:.3f}",
        record.size_bytes if record.size_bytes is not None else "",
        record.failure_key or "",
    )
