"""Who asked to be forgotten, until they are: a kill in the middle is seen through."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "leaving",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("choices_gone", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("leaving")
