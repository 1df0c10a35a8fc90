"""A database of the first version: what was in it is there after migrating, and on the way back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from adapters.db.migrate import alembic_config, migrate
from bot.clip import Renderer
from tests.adapters.db.conftest import url_of
from tests.adapters.db.making import FAKE, MINUTE, NOON
from tests.adapters.db.test_migrate import on, with_stores

# A job, its question and its usage as version 0001 wrote them.
OLD_ROWS = {
    "jobs": {
        "id": "old",
        "owner": "fake:ada",
        "platform": "fake",
        "place": "studio",
        "person": "ada",
        "message": "",
        "locale": "zh-CN",
        "place_locale": "en",
        "request": '{"seed": 7}',
        "renderer": "preview",
        "picture": "jobs/old/picture.png",
        "width": 768,
        "height": 512,
        "status": "queued",
        "created_at": 1_893_499_200_000_000,
        "turn": 0,
        "options": "{}",
        "notes": "[]",
        "queued_at": 1_893_499_200_000_000,
        "attempts": 0,
        "rerendered": 0,
        "queued_s": 0.0,
        "rendered_s": 0.0,
        "encoded_s": 0.0,
        "uploaded_s": 0.0,
        "told": 1,
    },
    "questions": {
        "id": "q1",
        "owner": "fake:ada",
        "created_at": 1_893_499_200_000_000,
        "question": """{
            "id": "q1", "options": {}, "created_at": "2030-01-01T12:00:00Z",
            "origin": {"platform": "fake", "place": "studio", "person": "ada"},
            "inspection": {"picture": "jobs/q1/picture.png", "width": 64, "height": 48,
                "kind": "drawing", "faces": []}
        }""",
    },
    "usage": {
        "job_id": "older",
        "platform": "fake",
        "place": "studio",
        "person": "ada",
        "renderer": "preview",
        "settings": '{"seed": 7}',
        "width": 768,
        "height": 512,
        "outcome": "delivered",
        "attempts": 1,
        "created_at": 1_893_499_200_000_000,
        "ended_at": 1_893_499_200_000_000,
        "queued_s": 0.0,
        "rendered_s": 9.0,
        "encoded_s": 0.0,
        "uploaded_s": 0.0,
    },
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sketchlife.db"


def _insert(path: Path, rows: Mapping[str, Mapping[str, Any]]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for table, row in rows.items():
            marks = ", ".join("?" * len(row))
            into = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"
            connection.execute(into, tuple(row.values()))


def _rows(path: Path, tables: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return {
            table: [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
            for table in tables
        }


def _to(path: Path, step: Callable[..., None], revision: str) -> None:
    on(path, lambda connection: step(alembic_config(connection), revision))


def test_a_database_of_the_first_version_keeps_its_jobs_questions_and_usage(path: Path) -> None:
    _to(path, command.upgrade, "0001")
    _insert(path, OLD_ROWS)
    migrate(url_of(path))
    job = with_stores(
        path, lambda stores: stores.jobs.claim("bot", Renderer.PREVIEW, FAKE, NOON, MINUTE, 1)
    )
    assert (job.id, job.origin.owner, job.request.seed) == ("old", "fake:ada", 7)
    assert (job.cost_s, job.allowed, job.hidden, job.deleted_at) == (0.0, frozenset(), False, None)
    (question,) = with_stores(path, lambda stores: stores.questions.of_person("fake:ada"))
    assert (question.id, question.answers) == ("q1", "")
    (record,) = with_stores(path, lambda stores: stores.usage.records(home="fake:studio"))
    assert (record.job_id, record.charged_s) == ("older", 0.0)


def test_on_the_way_back_to_the_first_version_the_rows_stay(path: Path) -> None:
    _to(path, command.upgrade, "0001")
    _insert(path, OLD_ROWS)
    before = _rows(path, OLD_ROWS)
    migrate(url_of(path))
    _to(path, command.downgrade, "0001")
    assert _rows(path, OLD_ROWS) == before


def test_the_copy_from_before_put_back_is_the_first_versions_again(path: Path) -> None:
    """The way back that the guide describes; from there the way forward is open once more."""
    _to(path, command.upgrade, "0001")
    _insert(path, OLD_ROWS)
    before = _rows(path, OLD_ROWS)
    migrate(url_of(path))
    with_stores(path, lambda stores: stores.add("ben"))
    path.with_name("sketchlife.at-0001.db").replace(path)
    for left in ("-wal", "-shm"):
        path.with_name(path.name + left).unlink(missing_ok=True)
    assert _rows(path, OLD_ROWS) == before
    migrate(url_of(path))
    (job,) = with_stores(path, lambda stores: stores.jobs.waiting())
    assert job.id == "old"
