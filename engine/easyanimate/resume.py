"""One large file from a Hugging Face hub, from where an earlier attempt broke off.

The hub's library throws away what it has of a file when it is stopped; ours may hold 14 GB.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import httpx2
from filelock import FileLock, Timeout
from huggingface_hub import constants, get_session
from huggingface_hub.utils._headers import build_hf_headers
from huggingface_hub.utils._http import hf_raise_for_status

from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.hub import HubAwayError

ATTEMPTS = 5  # in a row without a single byte
PAUSE_S = 1.0
SHA256 = re.compile(r"[0-9a-f]{64}")  # the etag of a large file; a small one's is git's
PARTIAL = 206


@dataclass(frozen=True, slots=True)
class Source:
    """A file on the hub; `etag` is its SHA-256 where the hub stores it as a large one."""

    url: str
    etag: str
    size_bytes: int


def part_of(target: Path) -> Path:
    """The name by which the library's releases before 2 kept, and resumed, what broke off."""
    return target.with_name(f"{target.name}.incomplete")


def fetch_rest(source: Source, target: Path, on_bytes: Callable[[int], None]) -> None:
    """Make `target` whole; it has its name only then. `on_bytes` gets how many more bytes came,
    a negative number where they were in vain.

    Raises `HubAwayError` for a damaged file, `CheckpointError` where another process is at it,
    and what the hub's library raises.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target):
        if target.exists():
            return
        part = part_of(target)
        with part.open("ab", buffering=0) as file:
            _append(source, file, on_bytes)
        _check(source, part, on_bytes)
        part.replace(target)


def _append(source: Source, file: BinaryIO, on_bytes: Callable[[int], None]) -> None:
    """As many requests as it takes, as long as each brings something."""
    _forget_beyond(source.size_bytes, file, on_bytes)
    in_vain = 0
    while (before := file.tell()) < source.size_bytes:
        try:
            _request(source, file, on_bytes)
        except httpx2.TransportError as error:
            if isinstance(error, httpx2.ProxyError) or in_vain >= ATTEMPTS:
                raise
            time.sleep(PAUSE_S)
        in_vain = 0 if file.tell() > before else in_vain + 1
        if in_vain > ATTEMPTS:
            raise HubAwayError(f"{source.url} holds less than the hub says.")
    _forget_beyond(source.size_bytes, file, on_bytes)


def _request(source: Source, file: BinaryIO, on_bytes: Callable[[int], None]) -> None:
    start = file.tell()
    headers = build_hf_headers() | {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    with get_session().stream(
        "GET", source.url, headers=headers, timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT
    ) as response:
        hf_raise_for_status(response)
        if response.status_code != PARTIAL:  # it knows no ranges: all of it comes again
            _forget_beyond(-1, file, on_bytes)
        for piece in response.iter_raw():
            file.write(piece)
            on_bytes(len(piece))


def _forget_beyond(size_bytes: int, file: BinaryIO, on_bytes: Callable[[int], None]) -> None:
    """What is longer than the file can be is another file."""
    if (here := file.seek(0, 2)) > size_bytes:
        file.truncate(0)
        file.seek(0)
        on_bytes(-here)


def _check(source: Source, part: Path, on_bytes: Callable[[int], None]) -> None:
    """Pieces of several attempts may be pieces of several files."""
    if not SHA256.fullmatch(source.etag):
        return
    with part.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    if digest != source.etag:
        on_bytes(-part.stat().st_size)
        part.unlink()
        raise HubAwayError(
            f"{source.url} arrived damaged (its SHA-256 is not the hub's) and was thrown away; "
            "the same command fetches it again."
        )


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Two that append to one file would spoil it."""
    try:
        with FileLock(target.with_name(f"{target.name}.lock"), timeout=0):
            yield
    except Timeout:
        raise CheckpointError(
            "This model is being downloaded already, by another process."
        ) from None
