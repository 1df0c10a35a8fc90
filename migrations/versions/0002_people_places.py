"""People and places: settings, charges, presets, shares, stars, reports, blocks."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = ("charges", "house", "places", "people", "changes", "presets", "shares", "stars")
QUEUE = ("renderer", "turn", "id", "platform", "owner")
IS_QUEUED = "status = 'queued'"


def upgrade() -> None:
    _widen_jobs()
    with op.batch_alter_table("usage") as usage:
        usage.add_column(_with_default("community", sa.Text, ""))
        usage.add_column(_with_default("charged_s", sa.Float, "0"))
    with op.batch_alter_table("questions") as questions:
        questions.add_column(_with_default("answers", sa.Text, ""))
    _create_charges()
    _create_settings()
    _create_shares()
    _create_moderation()


def downgrade() -> None:
    for table in (*TABLES, "reports", "blocks"):
        op.drop_table(table)
    with op.batch_alter_table("usage") as usage:
        for column in ("community", "charged_s"):
            usage.drop_column(column)
    with op.batch_alter_table("questions") as questions:
        questions.drop_column("answers")
    for index in ("jobs_with_files", "jobs_deleted", "jobs_of_author", "jobs_queue"):
        op.drop_index(index, "jobs")
    with op.batch_alter_table("jobs") as jobs:
        for column in _columns_of_jobs():
            jobs.drop_column(column.name)
    _partial_index("jobs_queue", QUEUE, IS_QUEUED)


def _widen_jobs() -> None:
    with op.batch_alter_table("jobs") as jobs:
        for column in _columns_of_jobs():
            jobs.add_column(column)
    op.drop_index("jobs_queue", "jobs")  # a claim looks at the age of a job, too
    _partial_index("jobs_queue", [*QUEUE, "created_at"], IS_QUEUED)
    _partial_index(
        "jobs_with_files", ["ended_at"], "ended_at IS NOT NULL AND files_gone_at IS NULL"
    )
    _partial_index(
        "jobs_deleted", ["deleted_at"], "deleted_at IS NOT NULL AND files_gone_at IS NULL"
    )
    _partial_index("jobs_of_author", ["author"], "author <> ''")


def _columns_of_jobs() -> list[sa.Column[Any]]:
    texts = ("community", "person_name", "author", "author_name", "phash", "deleted_by")
    return [
        *[_with_default(name, sa.Text, "") for name in texts],
        *[_with_default(name, sa.Boolean, sa.false()) for name in ("private", "restricted")],
        _with_default("cost_s", sa.Float, "0"),
        _with_default("allowed", sa.Text, "[]"),
        _with_default("hidden", sa.Boolean, sa.false()),
        sa.Column("file", sa.Text),
        sa.Column("deleted_at", sa.BigInteger),
        sa.Column("files_gone_at", sa.BigInteger),
    ]


def _create_charges() -> None:
    op.create_table(
        "charges",
        sa.Column("job_id", sa.String(25), primary_key=True),
        _required("person", sa.Text),
        _required("day", sa.Integer),
        _required("set_aside_s", sa.Float),
        sa.Column("used_s", sa.Float),
    )
    op.create_index("charges_of_day", "charges", ["person", "day"])
    house = op.create_table(
        "house",
        sa.Column("name", sa.String(25), primary_key=True),
        _required("value", sa.Text),
    )
    # made here, so that all who share the database share it from the first row on
    op.bulk_insert(house, [{"name": "pseudonyms", "value": secrets.token_hex(32)}])


def _create_settings() -> None:
    for table, key in (("places", "home"), ("people", "owner")):
        op.create_table(
            table, sa.Column(key, sa.Text, primary_key=True), _required("settings", sa.Text)
        )
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer, primary_key=True),
        *[_required(name, sa.Text) for name in ("subject", "name", "value", "by")],
        _required("at", sa.BigInteger),
    )
    op.create_index("changes_of_subject", "changes", ["subject", "at"])
    op.create_table(
        "presets",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        _required("options", sa.Text),
    )


def _create_shares() -> None:
    op.create_table(
        "shares",
        sa.Column("job_id", sa.String(25), primary_key=True),
        *[_required(name, sa.Text) for name in ("home", "gallery", "ref", "owner", "author")],
        _required("shared_at", sa.BigInteger),
        _required("restricted", sa.Boolean),
        _required("web", sa.Boolean),
    )
    op.create_index("shares_of_home", "shares", ["home", "shared_at"])
    op.create_table(
        "stars",
        sa.Column("job_id", sa.String(25), primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        _required("at", sa.BigInteger),
    )
    op.create_index("stars_of_person", "stars", ["person"])


def _create_moderation() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.String(25), primary_key=True),
        _required("job_id", sa.String(25)),
        _required("home", sa.Text),
        sa.Column("reporter", sa.Text),
        _required("reported_at", sa.BigInteger),
        _required("reason", sa.Text),
        sa.Column("decision", sa.String(16)),
        _required("decided_by", sa.Text),
        sa.Column("decided_at", sa.BigInteger),
        _with_default("cards", sa.Text, "[]"),
        sa.UniqueConstraint("job_id", "reporter", name="one_report_a_person"),
    )
    op.create_table(
        "blocks",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("value", sa.Text, primary_key=True),
        _required("by", sa.Text),
        _required("at", sa.BigInteger),
        _required("reason", sa.Text),
    )


def _required(name: str, type_: Any) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=False)


def _with_default(name: str, type_: Any, default: Any) -> sa.Column[Any]:
    """For rows that are there already; the code always writes a value."""
    return sa.Column(name, type_, nullable=False, server_default=default)


def _partial_index(name: str, columns: Sequence[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "jobs", columns, sqlite_where=condition, postgresql_where=condition)
