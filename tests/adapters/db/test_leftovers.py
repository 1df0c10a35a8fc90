"""What upgrades and restores left beside the database goes in its time."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from adapters.db.journal import KEPT, Entry, Journal, Took, entries_since
from adapters.db.leftovers import Leftovers
from tests.adapters.db.conftest import url_of
from tests.adapters.db.making import NOON

MONTH = timedelta(days=30)


def of_age(path: Path, age: timedelta) -> Path:
    moment = (NOON - age).timestamp()
    os.utime(path, (moment, moment))
    return path


async def test_copies_go_when_their_time_is_over_and_nothing_else_does(tmp_path: Path) -> None:
    folder = tmp_path
    for name in ("sketchlife.db", "sketchlife.at-0005.db", "sketchlife.at-0006.db", "other.db"):
        (folder / name).touch()
    for name in ("jobs", "before-restore-1", "before-restore-2"):
        (folder / name).mkdir()
        (folder / name / "clip.mp4").touch()
    old = {"sketchlife.db", "sketchlife.at-0005.db", "other.db", "jobs", "before-restore-1"}
    for path in folder.iterdir():
        of_age(path, MONTH * 2 if path.name in old else timedelta(days=1))
    await Leftovers(url_of(folder / "sketchlife.db"), folder).tidy(NOON, MONTH)
    assert {path.name for path in folder.iterdir()} == {
        "sketchlife.db",
        "sketchlife.at-0006.db",
        "other.db",
        "jobs",
        "before-restore-2",
    }


async def test_the_note_of_what_was_taken_back_forgets_after_a_year(tmp_path: Path) -> None:
    path = tmp_path / "taken-back.jsonl"
    await Journal(path, lambda: NOON).note(Entry(Took.DELETED, "one", NOON))
    server = Leftovers("postgresql://nobody@127.0.0.1/none", tmp_path)
    await server.tidy(NOON + KEPT, MONTH)
    assert len(entries_since(path.read_text(), "")) == 1
    await server.tidy(NOON + KEPT + timedelta(seconds=1), MONTH)
    assert path.read_text() == ""
