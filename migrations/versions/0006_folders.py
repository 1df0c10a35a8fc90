"""Whose files a job's are, where bots with data folders of their own share the database."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

BEFORE = {
    "jobs_queue": (["renderer", "turn", "id", "platform", "owner", "created_at"], "queued"),
    "jobs_claimed_turns": (["renderer", "turn"], "claimed"),
    "jobs_turns_of_owner": (["renderer", "owner", "turn"], "used"),
}
CONDITIONS = {
    "queued": "status = 'queued'",
    "claimed": "claimed_at IS NOT NULL",
    "used": "(status = 'queued' OR claimed_at IS NOT NULL)",
}


def upgrade() -> None:
    for name in ("jobs", "questions"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("folder", sa.Text, nullable=False, server_default=""))
    for name, (columns, condition) in BEFORE.items():
        op.drop_index(name, "jobs")
        _create(name, ["folder", *columns], condition)


def downgrade() -> None:
    for name in BEFORE:
        op.drop_index(name, "jobs")
    for name in ("questions", "jobs"):
        with op.batch_alter_table(name) as table:
            table.drop_column("folder")
    for name, (columns, condition) in BEFORE.items():
        _create(name, columns, condition)


def _create(name: str, columns: Sequence[str], condition: str) -> None:
    where = sa.text(CONDITIONS[condition])
    op.create_index(name, "jobs", columns, sqlite_where=where, postgresql_where=where)
