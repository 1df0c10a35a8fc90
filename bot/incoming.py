"""Something that a platform sent, as it came: kept before the platform is told that it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """`number` is the platform's own, by which it is known again; `content` what was sent, as
    text; `job_id` the id of the job that it becomes, if it becomes one, so that handling it twice
    makes none twice."""

    number: int
    content: str
    job_id: str
    received_at: datetime
