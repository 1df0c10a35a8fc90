"""What people took back, written down beside the database too, so that a backup from before,
when it is restored, does not bring it back.

A line for each, before the database is changed; people stand in it under their pseudonyms.
Nothing is ever taken out: a backup remembers how far it had come, and what was written after that
is applied again.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bot.errors import StoreError

JOURNAL = "taken-back.jsonl"  # in the data folder


class Took(StrEnum):
    """What happened. The subject is a job's id, a person's pseudonym, or what is blocked."""

    DELETED = "deleted"
    UNDELETED = "undeleted"
    UNSHARED = "unshared"
    FORGOTTEN = "forgotten"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` is what sort of thing is blocked."""

    what: Took
    subject: str
    at: datetime | None = None
    kind: str = ""

    @property
    def line(self) -> str:
        at = self.at.isoformat() if self.at else None
        return json.dumps({**asdict(self), "at": at}, ensure_ascii=False) + "\n"

    @staticmethod
    def of(line: str) -> Entry:
        said = json.loads(line)
        at = datetime.fromisoformat(said["at"]) if said["at"] else None
        return Entry(Took(said["what"]), said["subject"], at, said["kind"])


class Journal:
    """Where there is no path nothing is written."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    async def note(self, entry: Entry) -> None:
        """Raises `StoreError`: what can't be kept for good is not promised either."""
        if self._path is not None:
            try:
                await asyncio.to_thread(_append, self._path, entry.line)
            except OSError as error:
                raise StoreError(reason=str(error)) from error


def entries_since(journal: str, backed_up: str) -> list[Entry]:
    """What `journal` says that it didn't when it was `backed_up`; all of it where it is another
    one, since to delete twice does no harm. A last line that a kill cut short is left out."""
    news = journal.removeprefix(backed_up)
    return [Entry.of(line) for line in news.splitlines(keepends=True) if line.endswith("\n")]


def final(entries: Sequence[Entry], *kinds: Took) -> dict[str, Entry]:
    """The last word on each subject."""
    return {entry.subject: entry for entry in entries if entry.what in kinds}


def _append(path: Path, line: str) -> None:
    """One write to the end of the file: processes that share it mix no lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line.encode())
        os.fsync(file)
    finally:
        os.close(file)
