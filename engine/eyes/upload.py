"""What is looked at before any pixel of an upload is decoded: its size, its kind, its header."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from bot.errors import MediaError, PictureError
from bot.inspection import LARGEST_MB

with suppress(ImportError):  # the extra "heic"
    from pillow_heif import register_heif_opener

    # One thread, since every further one costs address space, of which the decoder has little;
    # no embedded thumbnails, which need not show what the picture shows.
    register_heif_opener(thumbnails=False, decode_threads=1)

MAX_BYTES = LARGEST_MB * 10**6
MAX_PIXELS = 20 * 10**6
MIN_SIDE_PX = 32
MAX_RATIO = 3

# Only these decoders ever see a file from outside. Named by class, so that they are loaded with
# this module and not with the first upload.
_FORMATS = tuple(
    plugin.format
    for plugin in (
        PngImagePlugin.PngImageFile,
        JpegImagePlugin.JpegImageFile,
        WebPImagePlugin.WebPImageFile,
        GifImagePlugin.GifImageFile,
        BmpImagePlugin.BmpImageFile,
        TiffImagePlugin.TiffImageFile,
    )
)
_HEIF = "HEIF"
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_HEAD_BYTES = 4096


@contextmanager
def opened(upload: Path) -> Iterator[Image.Image]:
    """An upload that may be decoded: its header was read, its pixels weren't.

    Whatever goes wrong, in here or while the caller decodes, is a `PictureError`; a file that
    can't be opened at all is a `MediaError`. Changes settings of Pillow meanwhile, so it belongs
    in a process that does nothing else at the same time.
    """
    try:
        file = upload.open("rb")
    except OSError as error:
        raise MediaError("error-media") from error
    with file, _wary_pillow(), _refusing():
        _check_file(file)
        with Image.open(file, formats=_formats()) as image:
            _check_size(*image.size)
            yield image


@contextmanager
def _wary_pillow() -> Iterator[None]:
    """Pillow raises on a bomb where its decoders would allocate, and keeps quiet otherwise."""
    usual = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # it warns from here on and raises at twice this
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = usual


@contextmanager
def _refusing() -> Iterator[None]:
    """Maps what Pillow raises; on damaged files that is any exception at all."""
    try:
        yield
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except MemoryError as error:
        raise PictureError("picture-undecodable") from error
    except Exception as error:
        raise PictureError("picture-truncated") from error


def _formats() -> tuple[str, ...]:
    return (*_FORMATS, _HEIF) if _HEIF in Image.OPEN else _FORMATS


def _check_file(file: BinaryIO) -> None:
    """Refuse what its first bytes and its length already give away."""
    size_bytes = os.fstat(file.fileno()).st_size
    if size_bytes == 0:
        raise PictureError("picture-empty")
    if size_bytes > MAX_BYTES:
        raise PictureError("picture-too-heavy", limit_mb=LARGEST_MB)
    head = file.read(_HEAD_BYTES)
    if _is_svg(head):
        raise PictureError("picture-svg")
    if not any(_accepts(name, head) for name in _formats()):
        raise PictureError("picture-heic" if _is_heif(head) else "picture-unknown")


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()
    if min(width, height) < MIN_SIDE_PX:
        raise PictureError("picture-too-small", width=width, height=height, least=MIN_SIDE_PX)
    if max(width, height) > MAX_RATIO * min(width, height):
        raise PictureError("picture-too-long", width=width, height=height, ratio=MAX_RATIO)


def _too_many_pixels() -> PictureError:
    return PictureError("picture-too-many-pixels", limit_megapixels=MAX_PIXELS // 10**6)


def _accepts(name: str, head: bytes) -> bool:
    """Whether a file that begins like this claims to be of that format."""
    accept = Image.OPEN[name][1]
    return accept is not None and accept(head[:16]) is True


def _is_svg(head: bytes) -> bool:
    text = head.replace(b"\0", b"").lstrip(
        b"\xef\xbb\xbf\xff\xfe \t\r\n"
    )  # UTF-16, byte order marks
    return text.startswith(b"<") and b"<svg" in text


def _is_heif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS
