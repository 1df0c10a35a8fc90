"""What upgrades and restores leave beside the database, as `bot.ports.LeftoverStore`."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.db.backup import ASIDE
from adapters.db.journal import JOURNAL, KEPT, forget_before
from adapters.db.snapshot import file_of
from bot.errors import MediaError


class Leftovers:
    def __init__(self, url: str, data_dir: Path) -> None:
        self._file = file_of(url)
        self._data_dir = data_dir

    async def tidy(self, now: datetime, keep: timedelta) -> None:
        await asyncio.to_thread(self._tidy, now, now - keep)

    def _tidy(self, now: datetime, before: datetime) -> None:
        try:
            for path in self._copies():
                if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            forget_before(self._data_dir / JOURNAL, now - KEPT)
        except OSError as error:
            raise MediaError.of(error, error.filename or str(self._data_dir)) from error

    def _copies(self) -> Iterator[Path]:
        """Of `adapters.db.migrate` and `adapters.db.backup`."""
        yield from self._data_dir.glob(f"{ASIDE}-*")
        if self._file is not None:
            yield from self._file.parent.glob(f"{self._file.stem}.at-*{self._file.suffix}")
