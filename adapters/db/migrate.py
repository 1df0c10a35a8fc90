"""Bring the database to the schema that this code knows; run at every start.

Alembic is imported only where something has to change: it costs a start more than the rest of
this package does.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

import migrations
from adapters.db.database import errors_mapped, lock_others_out, open_engine, writer
from adapters.db.snapshot import copy_file, file_of
from bot.errors import SettingsError, StoreError

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(migrations.__file__).parent
BUSY_TIMEOUT_S = 60.0  # another process may be in the middle of the same migration


def migrate(url: str, scripts: Path = SCRIPTS, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
    """All in one transaction, so that processes starting at once wait for each other.

    A file that is about to change is first copied beside itself. Raises `SettingsError` for a
    database of a newer version, `StoreError` where it can't be used. Not for a running event
    loop: it starts one of its own.
    """
    asyncio.run(_migrate(url, scripts, busy_timeout_s))


def revisions(scripts: Path = SCRIPTS) -> list[str]:
    """The ids of all revisions, oldest first: the numbers that their file names begin with."""
    return sorted(path.name.split("_")[0] for path in scripts.glob("versions/[0-9]*.py"))


async def _migrate(url: str, scripts: Path, busy_timeout_s: float) -> None:
    _make_folder(url)
    engine = open_engine(url, busy_timeout_s)
    try:
        with errors_mapped():
            async with writer(engine).begin() as connection:
                await lock_others_out(connection)
                await connection.run_sync(_upgrade, scripts)
    finally:
        await engine.dispose()


def _make_folder(url: str) -> None:
    if path := file_of(url):
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(reason=str(error)) from error


def _upgrade(connection: Connection, scripts: Path) -> None:
    current, known = _current(connection), revisions(scripts)
    if current == known[-1]:
        return
    database = connection.engine.url.database
    if current is not None:
        if current not in known:
            raise SettingsError("database-newer", database=database, revision=current)
        _keep_copy(connection, current)
    from alembic import command

    command.upgrade(alembic_config(connection, scripts), "head")


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def _keep_copy(connection: Connection, revision: str) -> None:
    """A second connection sees the database as it was, whatever our transaction will do."""
    path = file_of(str(connection.engine.url))
    if path is None:
        return
    unfinished = path.with_name(f"{path.name}.copying")
    try:
        unfinished.unlink(missing_ok=True)
        copy_file(path, unfinished)
        unfinished.replace(path.with_name(f"{path.stem}.at-{revision}{path.suffix}"))
    except OSError as error:
        raise StoreError(reason=str(error)) from error


def alembic_config(connection: Connection, scripts: Path = SCRIPTS) -> Config:
    """What Alembic's commands take to work on this connection, in its transaction."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
