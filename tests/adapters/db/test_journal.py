"""What people took back, beside the database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.db.database import Database
from adapters.db.jobs import SqlJobStore
from adapters.db.journal import KEPT, Entry, Journal, Took, entries_since, final, forget_before
from adapters.db.snapshot import take_snapshot
from bot.errors import SettingsError, StoreError
from bot.reports import Decision, Report
from tests.adapters.db.conftest import stores_on, url_of
from tests.adapters.db.making import NOON

LATER = NOON + KEPT
ONE, TWO = Entry(Took.DELETED, "one", NOON), Entry(Took.BLOCKED, "two", NOON, "person")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "taken-back.jsonl"


async def test_what_was_noted_is_read_again(path: Path) -> None:
    for entry in (ONE, TWO, Entry(Took.UNDELETED, "one")):
        await Journal(path).note(entry)
    assert entries_since(path.read_text(), "") == [ONE, TWO, Entry(Took.UNDELETED, "one")]
    assert path.stat().st_mode & 0o077 == 0


async def test_writers_at_once_mix_no_lines(path: Path) -> None:
    entries = [Entry(Took.DELETED, f"job{number}", NOON) for number in range(50)]
    await asyncio.gather(*(Journal(path).note(entry) for entry in entries))
    assert {entry.subject for entry in entries_since(path.read_text(), "")} == {
        entry.subject for entry in entries
    }


def test_only_what_came_after_the_backup_is_news() -> None:
    assert entries_since(ONE.line(NOON) + TWO.line(NOON), ONE.line(NOON)) == [TWO]


def test_of_another_journal_everything_is_news() -> None:
    assert entries_since(TWO.line(NOON), ONE.line(NOON)) == [TWO]


def test_a_line_that_a_kill_cut_short_is_left_out() -> None:
    assert entries_since(ONE.line(NOON) + TWO.line(NOON)[:-5], "") == [ONE]


def test_the_last_word_on_each_subject_holds() -> None:
    back = Entry(Took.UNDELETED, "one")
    assert final([ONE, TWO, back], Took.DELETED, Took.UNDELETED) == {"one": back}


async def test_what_is_older_than_any_backup_goes_but_for_who_is_kept_out(path: Path) -> None:
    block = Entry(Took.BLOCKED, "mo", NOON, "person")
    forgiven = (Entry(Took.BLOCKED, "eve", NOON, "person"), Entry(Took.UNBLOCKED, "eve"))
    for entry in (ONE, block, *forgiven):
        await Journal(path, lambda: NOON).note(entry)
    backed_up = path.read_text()
    forget_before(path, NOON)
    assert path.read_text() == backed_up
    await Journal(path, lambda: LATER).note(Entry(Took.UNSHARED, "one"))
    forget_before(path, LATER)
    left = path.read_text()
    assert entries_since(left, "") == [block, Entry(Took.UNSHARED, "one")]
    assert entries_since(left, backed_up) == [Entry(Took.UNSHARED, "one")]
    assert path.stat().st_mode & 0o077 == 0
    assert list(path.parent.iterdir()) == [path]


async def test_what_is_noted_while_the_old_goes_is_not_lost(path: Path) -> None:
    await Journal(path, lambda: NOON).note(ONE)
    new = [Entry(Took.DELETED, f"job{number}", LATER) for number in range(200)]

    async def forget() -> None:
        for _ in range(50):
            await asyncio.to_thread(forget_before, path, LATER)
            await Journal(path, lambda: NOON).note(ONE)

    await asyncio.gather(forget(), *(Journal(path, lambda: LATER).note(entry) for entry in new))
    forget_before(path, LATER)
    assert {e.subject for e in entries_since(path.read_text(), "")} == {e.subject for e in new}


async def test_what_cannot_be_noted_is_not_done(file: Path, path: Path) -> None:
    path.mkdir(parents=True)
    async with Database(url_of(file), journal=Journal(path)) as database:
        stores = stores_on(database)
        job = await stores.add()
        with pytest.raises(StoreError, match="directory"):
            await stores.jobs.save(job.id, deleted_at=NOON)
        assert (await SqlJobStore(database).get(job.id)).deleted_at is None


async def test_no_name_stands_in_it(file: Path, path: Path) -> None:
    async with Database(url_of(file), journal=Journal(path)) as database:
        await stores_on(database).reports.block_person("fake:zelda", "fake:mo", NOON, "rude")
        pseudonym = await database.pseudonym("fake:zelda")
    assert entries_since(path.read_text(), "") == [Entry(Took.BLOCKED, pseudonym, NOON, "person")]
    assert "zelda" not in path.read_text()


async def test_reports_and_decisions_are_noted_once(file: Path, path: Path) -> None:
    async with Database(url_of(file), journal=Journal(path)) as database:
        reports = stores_on(database).reports
        report = Report(id="1", job_id="one", home="", reporter="fake:eve", reported_at=NOON)
        assert await reports.add(report)
        assert await reports.decide("one", Decision.KEEP, "fake:mo", NOON)
        assert not await reports.add(replace(report, id="2"))
        assert not await reports.decide("one", Decision.REMOVE, "fake:mo", NOON)
    assert entries_since(path.read_text(), "") == [
        Entry(Took.REPORTED, "one", NOON),
        Entry(Took.DECIDED, "one", NOON, "keep"),
    ]
    assert "eve" not in path.read_text()


def test_without_the_programs_of_postgresql_the_operator_hears_which(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingsError, match="backup-program"):
        take_snapshot("postgresql://db.example/sketchlife", tmp_path / "dump")


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        take_snapshot(url_of(tmp_path / "gone.db"), tmp_path / "copy.db")
    assert not (tmp_path / "gone.db").exists()
