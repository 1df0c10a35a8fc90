"""Job folders below a temporary directory, with as much room as a test says."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass
class FakeMedia:
    """`bot.ports.MediaStore`."""

    root: Path
    free: int = 10**12

    def folder(self, job_id: str) -> Path:
        path = self.root / job_id
        path.mkdir(parents=True, exist_ok=True)
        return path

    def keep_upload(self, job_id: str, upload: Path) -> Path:
        kept = self.folder(job_id) / f"upload{upload.suffix}"
        shutil.copyfile(upload, kept)
        return kept

    def drop(self, job_id: str) -> None:
        shutil.rmtree(self.root / job_id, ignore_errors=True)

    def job_ids(self, before: datetime) -> list[str]:
        found = self.root.iterdir() if self.root.is_dir() else ()
        return sorted(folder.name for folder in found if _last_change(folder) < before)

    def free_bytes(self) -> int:
        return self.free


def _last_change(folder: Path) -> datetime:
    newest = max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
    return datetime.fromtimestamp(newest, UTC)
