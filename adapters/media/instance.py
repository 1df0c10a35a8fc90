"""Which instance a process is: the first free slot of its kind in the data folder."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bot.errors import SettingsError

SLOTS = 64


def make_folder(folder: Path) -> None:
    """What is new is its owner's alone: people's pictures and words lie in it. Raises
    `SettingsError`: every folder of ours lies in the one that the operator named."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(folder, error) from error


def folder_id(data_dir: Path) -> str:
    """What tells this data folder from all others, and moves with it. Raises `SettingsError`."""
    make_folder(data_dir)
    path = data_dir / "folder-id"
    draft = data_dir / f"folder-id.{os.getpid()}"
    try:
        if not path.exists():
            draft.write_text(secrets.token_hex(8))
            with contextlib.suppress(FileExistsError):  # of two starts at once, the first holds
                os.link(draft, path)
            draft.unlink()
        return path.read_text()
    except OSError as error:
        raise _unusable(path, error) from error


@contextmanager
def hold_instance(data_dir: Path, kind: str, slots: int = SLOTS) -> Iterator[str | None]:
    """Hold the name `kind-N` until the block or the process ends, however it ends.

    The lock is the kernel's (flock), so a killed process frees its name, and the next one to
    start takes the same name and with it the jobs that the killed one left. Yields None when
    all slots are held by living processes. Raises `SettingsError` for a folder that can't be
    written to.
    """
    make_folder(data_dir)
    folder = data_dir / "instances"
    make_folder(folder)
    for number in range(slots):
        name = f"{kind}-{number}"
        with _opened(folder / f"{name}.lock") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield name
            return
    yield None


def _opened(path: Path) -> IO[str]:
    try:
        return path.open("w")
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> SettingsError:
    return SettingsError("settings-folder", path=str(path), reason=error.strerror or str(error))
