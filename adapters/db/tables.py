"""The tables. `migrations` makes them; a test holds the two equal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from adapters.db.columns import Choice, Instant, Value
from bot.clip import Clip, Renderer
from bot.job import JobStatus
from bot.question import Question
from bot.request import AnimationRequest, Note

metadata = MetaData()

# Conditions of partial indexes are compared as text with those of a query, so both are these.
IS_QUEUED = text("status = 'queued'")
IS_RUNNING = text("status = 'running'")
IS_UNTOLD = text("NOT told")
WAS_CLAIMED = text("claimed_at IS NOT NULL")
USED_ITS_TURN = text("(status = 'queued' OR claimed_at IS NOT NULL)")


def _timings() -> list[Column[float]]:
    names = ("queued_s", "rendered_s", "encoded_s", "uploaded_s")
    return [Column(name, Float, nullable=False) for name in names]


def _required(name: str, type_: Any, **options: Any) -> Column[Any]:
    return Column(name, type_, nullable=False, **options)


jobs = Table(
    "jobs",
    metadata,
    _required("id", String(25), primary_key=True),
    _required("owner", Text),  # Origin.owner
    _required("platform", Text),
    _required("place", Text),
    _required("person", Text),
    _required("message", Text),
    _required("locale", Text),
    _required("place_locale", Text),
    _required("request", Value(AnimationRequest)),
    _required("renderer", Choice(Renderer)),
    _required("picture", Text),
    _required("width", Integer),
    _required("height", Integer),
    _required("status", Choice(JobStatus)),
    _required("created_at", Instant),
    _required("turn", Integer),
    Column("card", Text),
    _required("options", Value(dict[str, str])),
    _required("notes", Value(tuple[Note, ...])),
    Column("instance", Text),
    Column("lease_until", Instant),
    _required("queued_at", Instant),
    Column("claimed_at", Instant),
    Column("ended_at", Instant),
    _required("attempts", Integer),
    _required("rerendered", Boolean),
    Column("clip", Value(Clip)),
    *_timings(),
    Column("failure", Value(tuple[str, dict[str, Any]])),
    _required("told", Boolean),
)


def _partial(name: str, *columns: str, where: Any) -> Index:
    chosen = [jobs.c[column] for column in columns]
    return Index(name, *chosen, sqlite_where=where, postgresql_where=where)


# The queue in the order of its claims; with what a claim looks at, so that it reads no row but
# the one that it takes.
_partial("jobs_queue", "renderer", "turn", "id", "platform", "owner", where=IS_QUEUED)
_partial("jobs_claimed_turns", "renderer", "turn", where=WAS_CLAIMED)
_partial("jobs_turns_of_owner", "renderer", "owner", "turn", where=USED_ITS_TURN)
_partial("jobs_untold", "platform", where=IS_UNTOLD)
Index("jobs_by_status", jobs.c.status, jobs.c.owner)
Index("jobs_of_owner", jobs.c.owner, jobs.c.created_at)

questions = Table(
    "questions",
    metadata,
    _required("id", String(25), primary_key=True),
    _required("owner", Text),
    _required("created_at", Instant),
    _required("question", Value(Question)),
)

# No foreign key: what a job cost outlives the job.
usage = Table(
    "usage",
    metadata,
    _required("job_id", String(25), primary_key=True),
    _required("platform", Text),
    _required("place", Text),
    _required("person", Text),
    _required("renderer", Choice(Renderer)),
    _required("settings", Value(AnimationRequest)),
    _required("width", Integer),
    _required("height", Integer),
    _required("outcome", Choice(JobStatus)),
    _required("attempts", Integer),
    _required("created_at", Instant),
    _required("ended_at", Instant),
    *_timings(),
    Column("size_bytes", BigInteger),
    Column("failure_key", Text),
)
Index("usage_by_end", usage.c.ended_at)
Index("usage_of_renderer", usage.c.renderer, usage.c.outcome, usage.c.ended_at)
