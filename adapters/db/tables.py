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
    UniqueConstraint,
    false,
    text,
)

from adapters.db.columns import Choice, Instant, Value
from bot.clip import Clip, ClipFile, Renderer
from bot.job import JobStatus, Repost
from bot.preferences import PersonSettings, PlaceSettings
from bot.question import Question
from bot.reports import Blocked, Decision, Posted
from bot.request import AnimationRequest, Note

metadata = MetaData()

# Conditions of partial indexes are compared as text with those of a query, so both are these.
IS_QUEUED = text("status = 'queued'")
IS_RUNNING = text("status = 'running'")
IS_UNTOLD = text("NOT told")
WAS_CLAIMED = text("claimed_at IS NOT NULL")
HAS_FILES = text("ended_at IS NOT NULL AND files_gone_at IS NULL")
HAS_AUTHOR = text("author <> ''")
IS_DELETED = text("deleted_at IS NOT NULL AND files_gone_at IS NULL")
IS_WAITING = text("done_at IS NULL")
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
    _required("community", Text, server_default=""),
    _required("person_name", Text, server_default=""),
    _required("author", Text, server_default=""),
    _required("author_name", Text, server_default=""),
    _required("private", Boolean, server_default=false()),
    _required("restricted", Boolean, server_default=false()),
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
    _required("cost_s", Float, server_default="0"),
    _required("allowed", Value(frozenset[str]), server_default="[]"),
    _required("phash", Text, server_default=""),
    Column("file", Value(ClipFile)),
    _required("hidden", Boolean, server_default=false()),
    Column("deleted_at", Instant),
    _required("deleted_by", Text, server_default=""),
    Column("files_gone_at", Instant),
    _required("reposts", Value(tuple[Repost, ...]), server_default="[]"),
    _required("folder", Text, server_default=""),  # the data folder that its files are in
)


def _partial(name: str, *columns: str, where: Any) -> Index:
    chosen = [jobs.c[column] for column in columns]
    return Index(name, *chosen, sqlite_where=where, postgresql_where=where)


# The queue in the order of its claims; with what a claim looks at, so that it reads no row but
# the one that it takes.
QUEUE = ("folder", "renderer", "turn", "id", "platform", "owner", "created_at")
_partial("jobs_queue", *QUEUE, where=IS_QUEUED)
_partial("jobs_claimed_turns", "folder", "renderer", "turn", where=WAS_CLAIMED)
_partial("jobs_turns_of_owner", "folder", "renderer", "owner", "turn", where=USED_ITS_TURN)
_partial("jobs_untold", "platform", where=IS_UNTOLD)
# With what a count of those who wait or run looks at, so that it reads no rows.
Index("jobs_by_status", jobs.c.status, jobs.c.folder, jobs.c.owner)
Index("jobs_of_owner", jobs.c.owner, jobs.c.created_at)
_partial("jobs_with_files", "ended_at", where=HAS_FILES)
_partial("jobs_deleted", "deleted_at", where=IS_DELETED)
_partial("jobs_of_author", "author", where=HAS_AUTHOR)

questions = Table(
    "questions",
    metadata,
    _required("id", String(25), primary_key=True),
    _required("owner", Text),
    _required("created_at", Instant),
    _required("question", Value(Question)),
    _required("answers", Text, server_default=""),
    _required("folder", Text, server_default=""),
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
    _required("community", Text, server_default=""),
    _required("charged_s", Float, server_default="0"),
)
Index("usage_by_end", usage.c.ended_at)
Index("usage_of_renderer", usage.c.renderer, usage.c.outcome, usage.c.ended_at)

# GPU seconds by person and day of UTC: set aside when a job is queued, used when it has ended.
# A person stands here as a pseudonym, so that the day's quota outlives being forgotten.
charges = Table(
    "charges",
    metadata,
    _required("job_id", String(25), primary_key=True),
    _required("person", Text),
    _required("day", Integer),
    _required("set_aside_s", Float),
    Column("used_s", Float),
)
Index("charges_of_day", charges.c.person, charges.c.day)

# What the house keeps for itself: the key of the pseudonyms.
house = Table(
    "house", metadata, _required("name", String(25), primary_key=True), _required("value", Text)
)

places = Table(
    "places",
    metadata,
    _required("home", Text, primary_key=True),  # Origin.home
    _required("settings", Value(PlaceSettings)),
)

people = Table(
    "people",
    metadata,
    _required("owner", Text, primary_key=True),
    _required("settings", Value(PersonSettings)),
)

# Who set what and when, of places and of people.
changes = Table(
    "changes",
    metadata,
    _required("id", Integer, primary_key=True),
    _required("subject", Text),
    _required("name", Text),
    _required("value", Text),
    _required("by", Text),
    _required("at", Instant),
)
Index("changes_of_subject", changes.c.subject, changes.c.at)

presets = Table(
    "presets",
    metadata,
    _required("subject", Text, primary_key=True),  # an owner or a home
    _required("name", Text, primary_key=True),
    _required("options", Value(dict[str, str])),
)

shares = Table(
    "shares",
    metadata,
    _required("job_id", String(25), primary_key=True),
    _required("home", Text),
    _required("gallery", Text),
    _required("ref", Text),
    _required("owner", Text),
    _required("author", Text),
    _required("shared_at", Instant),
    _required("restricted", Boolean),
    _required("web", Boolean),
)
Index("shares_of_home", shares.c.home, shares.c.shared_at)

stars = Table(
    "stars",
    metadata,
    _required("job_id", String(25), primary_key=True),
    _required("person", Text, primary_key=True),
    _required("at", Instant),
)
Index("stars_of_person", stars.c.person)

reports = Table(
    "reports",
    metadata,
    _required("id", String(25), primary_key=True),
    _required("job_id", String(25)),
    _required("home", Text),
    Column("reporter", Text),  # NULL: the house, or forgotten
    _required("reported_at", Instant),
    _required("reason", Text),
    Column("decision", Choice(Decision)),
    _required("decided_by", Text),
    Column("decided_at", Instant),
    _required("cards", Value(tuple[Posted, ...]), server_default="[]"),
    UniqueConstraint("job_id", "reporter", name="one_report_a_person"),
)

# People as pseudonyms, pictures by their perceptual hash.
blocks = Table(
    "blocks",
    metadata,
    _required("kind", Choice(Blocked), primary_key=True),
    _required("value", Text, primary_key=True),
    _required("by", Text),
    _required("at", Instant),
    _required("reason", Text),
)

# What platforms sent, until it is handled; then the number alone, so that it is known again, and
# for an hour what others need of it that belong to it.
inbox = Table(
    "inbox",
    metadata,
    _required("source", Text, primary_key=True),
    _required("number", BigInteger, primary_key=True, autoincrement=False),
    _required("content", Text),
    _required("job_id", String(25)),
    _required("received_at", Instant),
    Column("done_at", Instant),
)
Index(
    "inbox_waiting",
    inbox.c.source,
    inbox.c.number,
    sqlite_where=IS_WAITING,
    postgresql_where=IS_WAITING,
)
Index("inbox_done", inbox.c.done_at)

# What people were told once, under their pseudonyms.
tips = Table(
    "tips",
    metadata,
    _required("person", Text, primary_key=True),
    _required("tip", Text, primary_key=True),
)

# Who asked to be forgotten, until they are.
leaving = Table(
    "leaving",
    metadata,
    _required("owner", Text, primary_key=True),
    _required("asked_at", Instant),
    _required("choices_gone", Boolean),
)

# Places that their platform calls otherwise by now: they keep the first name that they had here.
moved_places = Table(
    "moved_places",
    metadata,
    _required("now", Text, primary_key=True),  # Origin.home
    _required("first", Text),
)
