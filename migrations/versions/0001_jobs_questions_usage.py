"""The first tables: the queue and its jobs, open questions, what each job cost."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_jobs()
    _index_jobs()
    op.create_table(
        "questions",
        sa.Column("id", sa.String(25), primary_key=True),
        _required("owner", sa.Text),
        _required("created_at", sa.BigInteger),
        _required("question", sa.Text),
    )
    _create_usage()


def downgrade() -> None:
    for table in ("usage", "questions", "jobs"):
        op.drop_table(table)


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(25), primary_key=True),
        *[_required(name, sa.Text) for name in ("owner", "platform", "place", "person")],
        *[_required(name, sa.Text) for name in ("message", "locale", "place_locale")],
        _required("request", sa.Text),
        _required("renderer", sa.String(16)),
        _required("picture", sa.Text),
        _required("width", sa.Integer),
        _required("height", sa.Integer),
        _required("status", sa.String(16)),
        _required("created_at", sa.BigInteger),
        _required("turn", sa.Integer),
        sa.Column("card", sa.Text),
        _required("options", sa.Text),
        _required("notes", sa.Text),
        sa.Column("instance", sa.Text),
        sa.Column("lease_until", sa.BigInteger),
        _required("queued_at", sa.BigInteger),
        sa.Column("claimed_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        _required("attempts", sa.Integer),
        _required("rerendered", sa.Boolean),
        sa.Column("clip", sa.Text),
        *_timings(),
        sa.Column("failure", sa.Text),
        _required("told", sa.Boolean),
    )


def _index_jobs() -> None:
    queue = ["renderer", "turn", "id", "platform", "owner"]
    _partial_index("jobs_queue", queue, "status = 'queued'")
    _partial_index("jobs_claimed_turns", ["renderer", "turn"], "claimed_at IS NOT NULL")
    _partial_index(
        "jobs_turns_of_owner",
        ["renderer", "owner", "turn"],
        "(status = 'queued' OR claimed_at IS NOT NULL)",
    )
    _partial_index("jobs_untold", ["platform"], "NOT told")
    op.create_index("jobs_by_status", "jobs", ["status", "owner"])
    op.create_index("jobs_of_owner", "jobs", ["owner", "created_at"])


def _create_usage() -> None:
    op.create_table(
        "usage",
        sa.Column("job_id", sa.String(25), primary_key=True),
        *[_required(name, sa.Text) for name in ("platform", "place", "person")],
        _required("renderer", sa.String(16)),
        _required("settings", sa.Text),
        _required("width", sa.Integer),
        _required("height", sa.Integer),
        _required("outcome", sa.String(16)),
        _required("attempts", sa.Integer),
        _required("created_at", sa.BigInteger),
        _required("ended_at", sa.BigInteger),
        *_timings(),
        sa.Column("size_bytes", sa.BigInteger),
        sa.Column("failure_key", sa.Text),
    )
    op.create_index("usage_by_end", "usage", ["ended_at"])
    op.create_index("usage_of_renderer", "usage", ["renderer", "outcome", "ended_at"])


def _required(name: str, type_: Any) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=False)


def _timings() -> list[sa.Column[Any]]:
    names = ("queued_s", "rendered_s", "encoded_s", "uploaded_s")
    return [_required(name, sa.Float) for name in names]


def _partial_index(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "jobs", columns, sqlite_where=condition, postgresql_where=condition)
