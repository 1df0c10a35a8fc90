"""Files appear under their final names complete, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import MediaError

ABANDONED_AFTER_S = 3600.0  # no file takes that long


def part_of(target: Path) -> Path:
    """Where a file is made before it is published: beside it, so that a rename suffices.

    The name is always the same, so that the next try sweeps away what a killed one left.
    """
    return target.with_name(f".{target.name}.part")


def publish(made: Path, target: Path) -> None:
    """Move a finished file to its name, safe on the disk before anybody sees it."""
    try:
        with made.open("rb") as file:
            os.fsync(file.fileno())
        made.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise MediaError.of(error, target.name) from error


@contextmanager
def workshop(target: Path) -> Iterator[Path]:
    """A folder beside `target` for the files on the way to it, gone afterwards.

    Each has one of its own, as the same file may be asked for twice at once; what a killed
    process left behind is swept away by a later one.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for old in target.parent.glob(f".{target.name}.*.part"):
            if time.time() - old.stat().st_mtime > ABANDONED_AFTER_S:
                shutil.rmtree(old, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(".part", f".{target.name}.", target.parent))
    except OSError as error:
        raise MediaError.of(error, target.name) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
