"""What a person sends: only from our own pages, never more than a picture may weigh."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.types import Message

from adapters.web.access import Access
from adapters.web.seal import Seal
from adapters.web.visitors import Visitor
from bot.errors import MediaError, NotAllowedError, PictureError
from bot.inspection import LARGEST_MB

MB = 10**6
LIMIT_BYTES = (LARGEST_MB + 1) * MB  # with what stands around it
PATIENCE = 4  # so many times the limit is still read to its end: who sends it sees why not
FIELDS = 40
FIELD_BYTES = 8192
TOKEN = "csrf"
UPLOAD = "upload"
NUL = "\0"


class TooHeavyError(PictureError):
    """What comes after it on the connection is not worth reading."""


class _TooMuchError(OSError):
    """An `OSError`, since after one the parser closes the files that it began."""


async def read_form(request: Request, access: Access, seal: Seal, visitor: Visitor) -> FormData:
    """Raises `NotAllowedError` for what no page of ours sent, `TooHeavyError` for too much,
    `MediaError` where there is no room for it."""
    access.require_same_page(request)
    await _require_size(request)
    _count(request)
    try:
        form = await request.form(max_files=1, max_fields=FIELDS, max_part_size=FIELD_BYTES)
    except _TooMuchError:
        raise _too_heavy() from None
    except OSError as error:
        raise MediaError.of(error, UPLOAD) from error
    if not seal.is_name(text_of(form, TOKEN), "csrf", visitor.id):
        raise NotAllowedError("web-page-too-old")
    return form


def csrf_token(seal: Seal, visitor: Visitor) -> str:
    return seal.name("csrf", visitor.id)


def text_of(form: FormData, name: str) -> str:
    """Without NUL, which no browser types and PostgreSQL does not store."""
    value = form.get(name)
    return value.replace(NUL, "").strip() if isinstance(value, str) else ""


@asynccontextmanager
async def file_in(form: FormData, name: str) -> AsyncIterator[Path]:
    """The picture as a file that is there inside the block; what its sender called it is of no
    interest. Raises `PictureError`, `MediaError`."""
    upload = form.get(name)
    if not isinstance(upload, UploadFile) or not upload.size:
        raise PictureError("web-no-picture")
    if upload.size > LARGEST_MB * MB:
        raise _too_heavy()
    try:
        folder = await asyncio.to_thread(_keep, upload.file)
    except OSError as error:
        raise MediaError.of(error, UPLOAD) from error
    with folder:
        yield Path(folder.name) / UPLOAD


def _keep(source: IO[bytes]) -> tempfile.TemporaryDirectory[str]:
    """Piece by piece: many pictures at once are never in memory."""
    folder = tempfile.TemporaryDirectory(prefix="sketchlife-")
    try:
        with (Path(folder.name) / UPLOAD).open("wb") as kept:
            shutil.copyfileobj(source, kept)
    except OSError:
        folder.cleanup()
        raise
    return folder


async def _require_size(request: Request) -> None:
    """By what is announced, before anything is kept."""
    said = request.headers.get("content-length", "0")
    announced = int(said) if said.isdecimal() else 0
    if announced <= LIMIT_BYTES:
        return
    if announced <= PATIENCE * LIMIT_BYTES:
        async for _ in request.stream():
            pass
    raise _too_heavy()


def _count(request: Request) -> None:
    """What announces nothing is counted while it comes."""
    receive, taken = request._receive, 0

    async def receive_at_most() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LIMIT_BYTES:
            raise _TooMuchError
        return message

    request._receive = receive_at_most


def _too_heavy() -> TooHeavyError:
    return TooHeavyError("picture-too-heavy", limit_mb=LARGEST_MB)
