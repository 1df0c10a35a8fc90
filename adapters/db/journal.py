"""What people took back, written down beside the database too, so that a backup from before,
when it is restored, does not bring it back.

A line for each, before the database is changed; people stand in it under their pseudonyms.
A backup holds what was written by then; what was written after that is applied again. Lines go
when they are older than any backup should be, but for blocks, which hold through every restore.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from bot.errors import StoreError

JOURNAL = "taken-back.jsonl"  # in the data folder
KEPT = timedelta(days=365)  # by then everything that a backup brings back is too old to be kept


class Took(StrEnum):
    """What happened. The subject is a job's id, a person's pseudonym, or what is blocked."""

    DELETED = "deleted"
    UNDELETED = "undeleted"
    UNSHARED = "unshared"
    FORGOTTEN = "forgotten"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    REPORTED = "reported"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` is what sort of thing is blocked, or what was decided of a reported clip."""

    what: Took
    subject: str
    at: datetime | None = None
    kind: str = ""

    def line(self, noted: datetime) -> str:
        """When it was noted tells it from the same thing done another time."""
        at = self.at.isoformat() if self.at else None
        said = {**asdict(self), "at": at, "noted": noted.isoformat()}
        return json.dumps(said, ensure_ascii=False) + "\n"

    @staticmethod
    def of(line: str) -> Entry:
        said = json.loads(line)
        at = datetime.fromisoformat(said["at"]) if said["at"] else None
        return Entry(Took(said["what"]), said["subject"], at, said["kind"])


class Journal:
    """Where there is no path nothing is written."""

    def __init__(
        self,
        path: Path | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._path = path
        self._now = now

    async def note(self, entry: Entry) -> None:
        """Raises `StoreError`: what can't be kept for good is not promised either."""
        if self._path is not None:
            try:
                await asyncio.to_thread(_append, self._path, entry.line(self._now()))
            except OSError as error:
                raise StoreError(reason=str(error)) from error


def entries_since(journal: str, backed_up: str) -> list[Entry]:
    """What `journal` says that it didn't when it was `backed_up`; all of it where it is another
    one, since to delete twice does no harm. A last line that a kill cut short is left out."""
    known = set(_lines(backed_up))
    return [Entry.of(line) for line in _lines(journal) if line not in known]


def forget_before(path: Path, moment: datetime) -> None:
    """What was noted before then, unless it is a block that holds. Raises `OSError`."""
    if not path.exists():
        return
    with _held(path):
        lines = _lines(path.read_text())
        blocked = _blocked(lines)
        kept = [line for line in lines if line in blocked or _noted(line) >= moment]
        if len(kept) < len(lines):
            draft = path.with_suffix(".part")
            with open(draft, "w", opener=_private) as out:
                out.writelines(kept)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(path)


def final(entries: Sequence[Entry], *kinds: Took) -> dict[str, Entry]:
    """The last word on each subject."""
    return {entry.subject: entry for entry in entries if entry.what in kinds}


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines(keepends=True) if line.endswith("\n")]


def _blocked(lines: Sequence[str]) -> set[str]:
    """Those that are the last word on who or what is kept out."""
    last: dict[str, str] = {}
    for line in lines:
        entry = Entry.of(line)
        if entry.what in (Took.BLOCKED, Took.UNBLOCKED):
            last[entry.subject] = line if entry.what is Took.BLOCKED else ""
    return set(last.values())


def _noted(line: str) -> datetime:
    return datetime.fromisoformat(json.loads(line)["noted"])


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _held(path) as file:
        os.write(file, line.encode())
        os.fsync(file)


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """Its end, for one process at a time: opened again where somebody has put a shorter one in
    its place meanwhile."""
    while True:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(file), path.stat()):
                yield file
                return
        finally:
            os.close(file)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
