"""Test drawings: a dark block and a grey one on a light sheet, and PNGs that Pillow can't write."""

from __future__ import annotations

import struct
import zlib

from PIL import Image, ImageDraw

INK_AT, GREY_AT, PAPER_AT = (60, 60), (200, 180), (150, 20)
INK, GREY, PAPER = 0, 128, 255


def sheet(size: tuple[int, int] = (300, 260)) -> Image.Image:
    """Grey levels: `INK` around `INK_AT`, `GREY` around `GREY_AT`, else `PAPER`."""
    image = Image.new("L", size, PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 40, 100, 100), fill=INK)
    draw.rectangle((170, 150, 240, 220), fill=GREY)
    return image


def transparent_sheet() -> Image.Image:
    """The same, its paper transparent, and black below, as drawing programs save it."""
    level = sheet()
    bare = level.point(lambda value: 0 if value == PAPER else value)
    ink = level.point(lambda value: 0 if value == PAPER else 255)
    return Image.merge("LA", (bare, ink))


def deep_png(
    width: int, height: int, colour_type: int, samples: bytes, depth: int = 16, extra: bytes = b""
) -> bytes:
    """A PNG of raw big-endian samples, row by row; `extra` are chunks before the pixels."""
    row_bytes = len(samples) // height
    rows = b"".join(
        b"\0" + samples[start : start + row_bytes] for start in range(0, len(samples), row_bytes)
    )
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return png_of(
        chunk(b"IHDR", header), extra, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    )


def png_of(*chunks: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def chunk(kind: bytes, body: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + checksum
