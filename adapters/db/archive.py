"""A backup as one file: a tar of the database, the jobs' folders and what else a house needs."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from bot.errors import MediaError, SettingsError

ABOUT = "about.json"
JOBS = "jobs"
IN_MEMORY = 64 * 2**20  # bytes: most masters fit
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """`at` is when it was begun, `database` the kind of database in it."""

    at: str
    database: str
    format: int = FORMAT


def write_archive(
    target: Path, about: About, files: Mapping[str, Path], data_dir: Path, job_ids: Iterable[str]
) -> int:
    """All of it or nothing: it gets its name when it is on the disk. `files` by their names in
    the archive. How many jobs' folders are in it. Raises `MediaError`."""
    with _errors_mapped(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")
        try:
            with open(part, "wb", opener=_private) as out:
                with tarfile.open(fileobj=out, mode="w") as tar:
                    _add_about(tar, about)
                    for name, path in files.items():
                        _add(tar, path, name)
                    folders = sum([_add_folder(tar, data_dir / JOBS / each) for each in job_ids])
                out.flush()
                os.fsync(out.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    return folders


def unpack(archive: Path, folder: Path) -> About:
    """Raises `SettingsError` for what is no backup, or one of a newer version."""
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                _take_out(tar, member, folder)
        about = About(**json.loads((folder / ABOUT).read_text()))
    except (OSError, tarfile.TarError, ValueError, TypeError) as error:
        reason = str(error).partition("\n")[0]
        raise SettingsError("restore-no-backup", path=str(archive), reason=reason) from error
    if about.format != FORMAT:
        raise SettingsError("restore-newer", path=str(archive))
    return about


def _take_out(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """A backup holds nothing but files, below its top; tarfile's own filter for that came with
    Python 3.11.4, and Debian has 3.11.2. Raises `ValueError`."""
    path, source = PurePosixPath(member.name), tar.extractfile(member)
    if source is None or not member.isfile() or path.is_absolute() or ".." in path.parts:
        raise ValueError(member.name)
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with source, open(target, "wb", opener=_private) as out:
        shutil.copyfileobj(source, out)


def put_aside(paths: Iterable[Path], folder: Path) -> Path:
    """Move what is there into a new folder beside it, numbered from 1."""
    with _errors_mapped(folder):
        number = 1
        while (aside := folder.with_name(f"{folder.name}-{number}")).exists():
            number += 1
        aside.mkdir(mode=0o700)
        for path in paths:
            if path.exists():
                path.rename(aside / path.name)
    return aside


def put_in_place(staged: Path, place: Path) -> None:
    with _errors_mapped(place):
        if staged.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(staged, place)


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A folder that is empty at first and gone afterwards."""
    with _errors_mapped(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _add_about(tar: tarfile.TarFile, about: About) -> None:
    with tempfile.SpooledTemporaryFile() as text:
        text.write(json.dumps(asdict(about)).encode())
        _add_stream(tar, tarfile.TarInfo(ABOUT), text)


def _add_folder(tar: tarfile.TarFile, folder: Path) -> bool:
    """False where it is gone: its job was deleted since, and a restored bot clears its row."""
    if not folder.is_dir():
        return False
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix != ".part":
            _add(tar, path, f"{JOBS}/{folder.name}/{path.relative_to(folder)}")
    return True


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    """As it was when it was read: a render may be writing into it, and its job begins anew in a
    restored bot anyway; what was deleted meanwhile is left out."""
    try:
        with path.open("rb") as source, tempfile.SpooledTemporaryFile(IN_MEMORY) as copy:
            shutil.copyfileobj(source, copy)
            info = tar.gettarinfo(arcname=name, fileobj=source)
            info.uid = info.gid = 0
            info.uname = info.gname = ""
            _add_stream(tar, info, copy)
    except FileNotFoundError:
        return


def _add_stream(tar: tarfile.TarFile, info: tarfile.TarInfo, stream: IO[bytes]) -> None:
    info.size = stream.tell()
    stream.seek(0)
    tar.addfile(info, stream)


def _private(path: str, flags: int) -> int:
    """It holds all that people sent."""
    return os.open(path, flags, 0o600)


@contextmanager
def _errors_mapped(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MediaError.of(error, error.filename or str(path)) from error
