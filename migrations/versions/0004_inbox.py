"""What platforms sent, kept before they are told that it arrived; and tips that were given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("job_id", sa.String(25), nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger),
    )
    waiting = sa.text("done_at IS NULL")
    op.create_index(
        "inbox_waiting",
        "inbox",
        ["source", "number"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("inbox_done", "inbox", ["done_at"])
    op.create_table(
        "tips",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("tip", sa.Text, primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("tips")
    op.drop_table("inbox")
