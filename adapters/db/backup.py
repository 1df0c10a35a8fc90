"""A backup of a data folder and its database, and back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from adapters.db.archive import (
    JOBS,
    About,
    put_aside,
    put_in_place,
    staging,
    unpack,
    write_archive,
)
from adapters.db.database import Database
from adapters.db.journal import JOURNAL, KEPT, Entry, entries_since
from adapters.db.migrate import migrate
from adapters.db.restoring import Amended, Amending, are_one, has_others, ids_with_files
from adapters.db.snapshot import file_of, put_back, sqlite_url, take_snapshot
from bot.errors import SettingsError

# In a backup under these names; the database has another name in the data folder.
SNAPSHOT, FOLDER_ID = "database", "folder-id"
ASIDE = "before-restore"
SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True, slots=True)
class House:
    """What a backup is of."""

    url: str
    data_dir: Path

    @property
    def kind(self) -> str:
        return POSTGRESQL if file_of(self.url) is None else SQLITE


@dataclass(frozen=True, slots=True)
class Restored:
    """`at` is when the backup was made, `aside` where now is what was there. Not `knew`: nothing
    tells what was taken back since; `too_old`: not all of it is told any more; `others`: who share
    the database note what is taken back in journals of their own."""

    at: str
    aside: Path
    amended: Amended
    knew: bool
    too_old: bool
    others: bool


def back_up(house: House, target: Path, now: datetime) -> int:
    """Of how many jobs it holds the files. A bot may be at work, but no other backup. The journal
    is read first, so that it knows no more than the database; the files last, so that none is
    missing but what was deleted meanwhile. Raises `SettingsError`, `StoreError`, `MediaError`."""
    with staging(house.data_dir / "backing-up") as staged:
        journal, snapshot = staged / JOURNAL, staged / SNAPSHOT
        journal.write_text(_read(house.data_dir / JOURNAL) or "")
        take_snapshot(house.url, snapshot)
        url = sqlite_url(snapshot) if house.kind == SQLITE else house.url
        files = {JOURNAL: journal, SNAPSHOT: snapshot, FOLDER_ID: house.data_dir / FOLDER_ID}
        about = About(at=now.isoformat(), database=house.kind)
        ids = asyncio.run(ids_with_files(url))
        return write_archive(target, about, files, house.data_dir, ids)


def restore(house: House, archive: Path, now: datetime) -> Restored:
    """While nobody is at work. What is there goes aside, what was unfinished has expired, and what
    was taken back since is taken back again; whoever is to be forgotten is among those who are
    leaving. Raises as `back_up` does; killed anywhere, it is done again."""
    data = house.data_dir
    with staging(data / "restoring") as staged:
        about = unpack(archive, staged)
        if about.database != house.kind:
            raise SettingsError("restore-other", database=about.database)
        current, backed_up = _read(data / JOURNAL), _read(staged / JOURNAL) or ""
        knew = current is not None or (not backed_up and _is_of(house, staged))
        since = entries_since(current or "", backed_up)
        put_database = _put_file if house.kind == SQLITE else _put_server
        aside, amended = put_database(house, staged, since, now)
        put_in_place(staged / JOBS, data / JOBS)
        put_in_place(staged / FOLDER_ID, data / FOLDER_ID)
        if current is None:
            put_in_place(staged / JOURNAL, data / JOURNAL)
    too_old = now - datetime.fromisoformat(about.at) > KEPT
    others = house.kind == POSTGRESQL and asyncio.run(
        has_others(house.url, _read(data / FOLDER_ID))
    )
    return Restored(about.at, aside, amended, knew, too_old, others)


def _is_of(house: House, staged: Path) -> bool:
    """Whether it is a backup of this very house: then a journal that is not there is one in which
    nothing had to be written yet. Of another one, nobody knows what happened there since."""
    file = file_of(house.url)
    if file is None:
        id_here = _read(house.data_dir / FOLDER_ID)
        return id_here is not None and id_here == _read(staged / FOLDER_ID)
    return file.exists() and asyncio.run(are_one(house.url, sqlite_url(staged / SNAPSHOT)))


def _put_file(
    house: House, staged: Path, since: Sequence[Entry], now: datetime
) -> tuple[Path, Amended]:
    """Amended before it is in its place."""
    file = file_of(house.url)
    assert file is not None
    amended = _amend(sqlite_url(staged / SNAPSHOT), house.data_dir, since, now)
    log = [file.with_name(file.name + end) for end in ("-wal", "-shm")]
    aside = put_aside([*log, file, house.data_dir / JOBS], house.data_dir / ASIDE)
    put_in_place(staged / SNAPSHOT, file)
    return aside, amended


def _put_server(
    house: House, staged: Path, since: Sequence[Entry], now: datetime
) -> tuple[Path, Amended]:
    aside = put_aside([house.data_dir / JOBS], house.data_dir / ASIDE)
    take_snapshot(house.url, aside / SNAPSHOT)
    put_back(house.url, staged / SNAPSHOT)
    return aside, _amend(house.url, house.data_dir, since, now)


def _amend(url: str, root: Path, since: Sequence[Entry], now: datetime) -> Amended:
    migrate(url)

    async def amend() -> Amended:
        async with Database(url) as database:
            return await Amending(database, root, now).amend(since)

    return asyncio.run(amend())


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
