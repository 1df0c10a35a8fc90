"""Places that their platform calls otherwise by now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "moved_places",
        sa.Column("now", sa.Text, primary_key=True),
        sa.Column("first", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("moved_places")
