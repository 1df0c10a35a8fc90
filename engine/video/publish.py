"""Files appear under their final names complete, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import MediaError


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
        raise MediaError(reason=f"{target.name}: {error}") from error


@contextmanager
def workshop(target: Path) -> Iterator[Path]:
    """A folder beside `target` for the files on the way to it, gone afterwards."""
    folder = part_of(target)
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    except OSError as error:
        raise MediaError(reason=f"{folder.name}: {error}") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
