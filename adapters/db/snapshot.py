"""A database as it was at one moment, while others go on working in it, and back into its place.

SQLite is copied by its own backup, PostgreSQL by its own programs.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from adapters.db.database import parsed
from bot.errors import SettingsError, StoreError

DUMP = ("pg_dump", "--format=custom", "--no-owner", "--no-privileges")
RESTORE = (
    "pg_restore",
    "--clean",
    "--if-exists",
    "--no-owner",
    "--no-privileges",
    "--single-transaction",
    "--exit-on-error",
)


def file_of(url: str) -> Path | None:
    """Where a SQLite database lies; None for any other."""
    where = parsed(url)
    if where.get_backend_name() != "sqlite" or where.database in (None, "", ":memory:"):
        return None
    return Path(str(where.database))


def sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path.absolute()}"


def take_snapshot(url: str, target: Path) -> None:
    """Raises `StoreError`, and `SettingsError` where a program of PostgreSQL is missing."""
    path = file_of(url)
    if path is None:
        _run([*DUMP, f"--file={target}"], parsed(url))
    else:
        copy_file(path, target)


def put_back(url: str, snapshot: Path) -> None:
    """All of a server's database or nothing. For a file, whoever holds it stopped, it is enough
    to put it in the other's place. Raises as `take_snapshot` does."""
    where = parsed(url)
    _run([*RESTORE, f"--dbname={where.database}", str(snapshot)], where)


def copy_file(path: Path, target: Path) -> None:
    """One step for all pages: a bot that writes meanwhile would make it begin anew each time."""
    try:
        # read only: a path that is wrong is no reason to make an empty database there
        source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        with closing(source), closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # all of it in this one file
    except (sqlite3.Error, OSError) as error:
        raise StoreError(reason=str(error)) from error


def _run(command: Sequence[str], where: URL) -> None:
    """By the environment: arguments, and the password among them, are everybody's to see."""
    said = {
        "PGHOST": where.host or where.query.get("host"),
        "PGPORT": where.port or where.query.get("port"),
        "PGUSER": where.username,
        "PGPASSWORD": where.password,
        "PGDATABASE": where.database,
    }
    env = os.environ | {name: str(value) for name, value in said.items() if value}
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True)
    except FileNotFoundError:
        raise SettingsError("backup-program", program=command[0]) from None
    if done.returncode:
        raise StoreError(reason=done.stderr.strip())
