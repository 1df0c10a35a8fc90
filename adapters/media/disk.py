"""Job folders on disk as `bot.ports.MediaStore`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bot.errors import MediaError

# Ids and suffixes come with messages from outside; nothing else becomes part of a path.
JOB_ID = re.compile(r"[0-9a-z]{1,25}")
SUFFIX = re.compile(r"\.[0-9a-z]{1,8}")


class DiskMedia:
    """The files of a job lie in `root/jobs/<id>`."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def folder(self, job_id: str) -> Path:
        folder = self._path(job_id)
        with _errors_mapped():
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    def keep_upload(self, job_id: str, upload: Path) -> Path:
        """Whoever sees the kept file sees all of it."""
        suffix = upload.suffix.lower()
        kept = self.folder(job_id) / f"upload{suffix if SUFFIX.fullmatch(suffix) else ''}"
        part = kept.with_name(f"{kept.name}.part")
        with _errors_mapped():
            try:
                shutil.copyfile(upload, part)
                part.replace(kept)
            finally:
                part.unlink(missing_ok=True)
        return kept

    def drop(self, job_id: str) -> None:
        """Gone already is as good."""
        with _errors_mapped():
            try:
                shutil.rmtree(self._path(job_id))
            except FileNotFoundError:
                return

    def job_ids(self, before: datetime) -> list[str]:
        """What lies there beside the jobs is nobody's to judge."""
        with _errors_mapped():
            jobs = self._root / "jobs"
            names = [path.name for path in jobs.iterdir()] if jobs.is_dir() else []
            ids = sorted(name for name in names if JOB_ID.fullmatch(name))
            moment = before.timestamp()
            return [job_id for job_id in ids if _untouched_since(jobs / job_id, moment)]

    def free_bytes(self) -> int:
        with _errors_mapped():
            self._root.mkdir(parents=True, exist_ok=True)
            return shutil.disk_usage(self._root).free

    def _path(self, job_id: str) -> Path:
        if not JOB_ID.fullmatch(job_id):
            raise MediaError(reason=f"no job has the id {job_id!r}")
        return self._root / "jobs" / job_id


def _untouched_since(folder: Path, moment: float) -> bool:
    """False for what goes while it is looked at: somebody is at work there."""
    try:
        return all(path.lstat().st_mtime < moment for path in (folder, *folder.rglob("*")))
    except FileNotFoundError:
        return False


@contextmanager
def _errors_mapped() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MediaError.of(error, error.filename or "") from error
