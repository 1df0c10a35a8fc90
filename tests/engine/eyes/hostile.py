"""Files that mean harm: bombs, loops, endless ones, and valid pictures mutated from a seed."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO

import pillow_heif
from PIL import Image

from tests.engine.eyes.sheets import chunk, png_of, sheet, transparent_sheet

pillow_heif.register_heif_opener()

MEGABYTE = 10**6
_STILL_A_FILE = 100  # bytes; what is shorter needs no further damage


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def png_header(width: int, height: int, depth: int = 8, colour_type: int = 2) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0))


def png_promising(width: int, height: int) -> bytes:
    """A size, and no pixels."""
    return png_of(png_header(width, height), chunk(b"IDAT", b""))


def gif_promising(width: int, height: int, screen: int = 100) -> bytes:
    """A frame that is larger than its screen."""
    frame = struct.pack("<BHHHHB", 0x2C, 0, 0, width, height, 0)
    return b"GIF89a" + struct.pack("<HHBBB", screen, screen, 0, 0, 0) + frame + b"\x08\x00;"


def webp_promising(width: int, height: int) -> bytes:
    size = struct.pack("<BI", 0x2F, (width - 1) | (height - 1) << 14)
    return b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8L" + struct.pack("<I", 10) + size + b"\0" * 5


def tiff_of(*entries: tuple[int, int, int, int], next_ifd: int = 0) -> bytes:
    """A little-endian TIFF of one directory: (tag, type, count, value) each."""
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    directory = struct.pack("<H", len(entries)) + packed + struct.pack("<I", next_ifd)
    return b"II*\0" + struct.pack("<I", 8) + directory


def tiff_promising(width: int, height: int, *more: tuple[int, int, int, int]) -> bytes:
    size = (256, 4, 1, width), (257, 4, 1, height)
    return tiff_of(*size, (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 64), *more)


def slow_jpeg(scans: int = 4000) -> bytes:
    """Small, valid enough, and minutes of work: every scan goes over all 19 megapixels again."""
    file = encoded(Image.new("L", (4400, 4400), 200), "JPEG", progressive=True)
    last_scan = file[file.rindex(b"\xff\xda") : -2]
    return file[:-2] + last_scan * scans + file[-2:]


def greedy_webp() -> bytes:
    """Just within 20 megapixels, with alpha: what takes the most memory of all that is allowed."""
    image = Image.new("RGBA", (5000, 4000), (9, 9, 9, 255))
    image.paste((255, 255, 255, 0), (0, 0, 2500, 4000))
    return encoded(image, "WEBP", lossless=True, quality=0, method=0)


def _png_with(*chunks: bytes) -> bytes:
    rows = zlib.compress(b"".join(b"\0" + bytes([y, 0, 255 - y] * 64) for y in range(64)))
    return png_of(png_header(64, 64), *chunks, chunk(b"IDAT", rows), chunk(b"IEND", b""))


@cache
def _inflating(megabytes: int = 300) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b"\0" * MEGABYTE) for _ in range(megabytes)) + packer.flush()


def _deep_exif() -> bytes:
    """An EXIF directory that names itself as its own sub-directory."""
    loop = tiff_of((0x8769, 4, 1, 8), (0x0112, 3, 1, 6), (0x8825, 4, 1, 8), next_ifd=8)
    return encoded(sheet(), "JPEG", exif=b"Exif\0\0" + loop)


BOMBS: dict[str, Callable[[], bytes]] = {
    "png of 60,000 px": lambda: png_promising(60_000, 60_000),
    "png of 2 billion px": lambda: png_promising(2**31 - 1, 2**31 - 1),
    "png of no width": lambda: png_promising(0, 500),
    "png just within": lambda: png_promising(5000, 4000),
    "png that inflates its pixels": lambda: png_of(
        png_header(100, 100), chunk(b"IDAT", _inflating()), chunk(b"IEND", b"")
    ),
    "png that inflates a text": lambda: _png_with(chunk(b"zTXt", b"k\0\0" + _inflating())),
    "png of many texts": lambda: _png_with(
        *[chunk(b"zTXt", b"k%d\0\0" % n + _inflating(1)) for n in range(300)]
    ),
    "png that inflates a profile": lambda: _png_with(chunk(b"iCCP", b"k\0\0" + _inflating())),
    "png that inflates a comment": lambda: _png_with(chunk(b"iTXt", b"k\0\1\0\0\0" + _inflating())),
    "png of empty pixels without end": lambda: png_of(
        png_header(300, 300), chunk(b"IDAT", b"") * 300_000
    ),
    "png whose chunk is longer than the file": lambda: png_of(
        png_header(300, 300), struct.pack(">I", 2**31 - 1) + b"IDAT" + b"\0" * 99
    ),
    "png of endless animation": lambda: png_of(
        png_header(300, 300),
        chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)),
        chunk(b"IDAT", zlib.compress(b"\0" * 901 * 300)),
    ),
    "png with two headers": lambda: png_of(
        png_header(64, 64),
        png_header(9000, 2000),
        chunk(b"IDAT", _inflating(54)),
        chunk(b"IEND", b""),
    ),
    "gif of 65,535 px": lambda: gif_promising(65_535, 65_535, screen=65_535),
    "gif with a frame beyond its screen": lambda: gif_promising(65_535, 65_535),
    "gif just within": lambda: gif_promising(5000, 4000),
    "gif of endless extensions": lambda: (
        gif_promising(64, 64)[:13] + b"\x21\xfe\x01a\0" * 2_000_000
    ),
    "gif of endless comment": lambda: (
        gif_promising(64, 64)[:13] + b"\x21\xfe" + (b"\xff" + b"a" * 255) * 70_000
    ),
    "gif of many frames": lambda: (
        gif_promising(64, 64)[:13] + gif_promising(64, 64)[13:-1] * 500_000
    ),
    "webp of 16,000 px": lambda: webp_promising(16_000, 16_000),
    "webp just within": lambda: webp_promising(5000, 4000),
    "webp of a giant canvas": lambda: b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0" + b"\xff" * 6,
    "greedy webp": greedy_webp,
    "slow jpeg": slow_jpeg,
    "jpeg of 65,500 px": lambda: _with_jpeg_size(65_500, 65_500),
    "jpeg just within": lambda: _with_jpeg_size(5000, 4000),
    "jpeg of markers without end": lambda: b"\xff\xd8" + b"\xff\xe1\0\2" * 4_000_000,
    "jpeg of padding without end": lambda: b"\xff\xd8" + b"\xff" * 15_000_000,
    "jpeg whose exif loops": _deep_exif,
    "bmp of 60,000 px": lambda: _bmp(60_000, 60_000),
    "bmp upside down": lambda: _bmp(300, -(2**31)),
    "bmp of negative width": lambda: _bmp(-300, 300),
    "bmp just within": lambda: _bmp(5000, 4000),
    "bmp of a giant palette": lambda: _bmp(300, 300, colours=2**31 - 1),
    "bmp of runs without end": lambda: (
        _bmp(4000, 4000, depth=8, compression=1) + b"\0\2\1\0" * 400_000
    ),
    "tiff of 4 billion px": lambda: tiff_promising(2**32 - 1, 2**32 - 1),
    "tiff just within": lambda: tiff_promising(5000, 4000),
    "tiff that loops": lambda: tiff_of((256, 4, 1, 300), (257, 4, 1, 300), next_ifd=8),
    "tiff whose directory is itself": lambda: tiff_of((0x8769, 4, 1, 8), (330, 4, 1, 8)),
    "tiff of giant tags": lambda: tiff_of(*[(tag, 2, 2**31 - 1, 8) for tag in range(256, 456)]),
    "tiff of a billion strips": lambda: tiff_promising(300, 300, (278, 4, 2**30, 8)),
    "tiff with giant tiles": lambda: tiff_promising(
        300, 300, (322, 4, 1, 2**31 - 16), (323, 4, 1, 2**31 - 16), (324, 4, 1, 8), (325, 4, 1, 9)
    ),
    "tiff of many samples": lambda: tiff_promising(300, 300, (277, 3, 1, 65_535)),
    "tiff of inflated pixels": lambda: tiff_promising(4000, 4000, (259, 3, 1, 8)) + _inflating(16),
    "heic of a giant box": lambda: b"\xff\xff\xff\xffftypheic" + b"\xff" * 1000,
    "heic of nested boxes": lambda: (
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
        + b"".join(struct.pack(">I", 80_000 - 8 * n) + b"meta\0\0\0\0"[:4] for n in range(9_999))
    ),
    "heic of 4 billion px": lambda: _heic_with_size(2**32 - 1, 2**32 - 1),
    "heic just within": lambda: _heic_with_size(5000, 4000),
    "heic of 16,000 px": lambda: _heic_with_size(16_000, 16_000),
}


def _with_jpeg_size(width: int, height: int) -> bytes:
    file = encoded(sheet(), "JPEG")
    frame = file.index(b"\xff\xc0")
    return file[: frame + 5] + struct.pack(">HH", height, width) + file[frame + 9 :]


def _heic_with_size(width: int, height: int) -> bytes:
    file = valid_pictures()["phone.heic"]
    ispe = file.index(b"ispe") + 8
    return file[:ispe] + struct.pack(">II", width, height) + file[ispe + 8 :]


def _bmp(width: int, height: int, depth: int = 24, compression: int = 0, colours: int = 0) -> bytes:
    header = struct.pack(
        "<IiiHHIIiiII", 40, width, height, 1, depth, compression, 0, 0, 0, colours, 0
    )
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + header + b"\0" * 1024


@cache
def valid_pictures() -> dict[str, bytes]:
    """One of every format and of most variants, small enough that a mutation hits what matters."""
    grey, clear = sheet((120, 110)), transparent_sheet().resize((120, 110))
    colour = Image.merge("RGB", (grey, grey.transpose(Image.Transpose.ROTATE_180), grey))
    colour = colour.resize((120, 110))
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "somebody"
    moving = {"save_all": True, "append_images": [clear.convert("RGBA")], "duration": 90}
    return {
        "grey.png": encoded(grey, "PNG", exif=exif),
        "alpha.png": encoded(clear, "PNG"),
        "palette.png": encoded(colour.quantize(16), "PNG", transparency=bytes(range(240, 256))),
        "moving.png": encoded(clear.convert("RGBA"), "PNG", **moving),
        "grey.jpg": encoded(grey, "JPEG", exif=exif),
        "progressive.jpg": encoded(colour, "JPEG", progressive=True, icc_profile=b"p" * 600),
        "print.jpg": encoded(colour.convert("CMYK"), "JPEG"),
        "lossy.webp": encoded(colour, "WEBP", exif=exif),
        "lossless.webp": encoded(clear.convert("RGBA"), "WEBP", lossless=True),
        "moving.webp": encoded(clear.convert("RGBA"), "WEBP", **moving),
        "plain.gif": encoded(grey, "GIF"),
        "moving.gif": encoded(clear.convert("RGBA"), "GIF", **moving),
        "colour.bmp": encoded(colour, "BMP"),
        "palette.bmp": encoded(colour.quantize(16), "BMP"),
        "plain.tif": encoded(colour, "TIFF", exif=exif),
        "lzw.tif": encoded(clear.convert("RGBA"), "TIFF", compression="tiff_lzw"),
        "deflate.tif": encoded(grey.convert("F"), "TIFF", compression="tiff_adobe_deflate"),
        "fax.tif": encoded(grey.convert("1"), "TIFF", compression="group4"),
        "jpeg.tif": encoded(colour, "TIFF", compression="jpeg"),
        "phone.heic": encoded(colour, "HEIF", exif=exif),
        "alpha.heic": encoded(clear.convert("RGBA"), "HEIF"),
    }


def mutations(seed: int) -> Iterator[tuple[str, bytes]]:
    """(name, file) without end: every valid picture in turn, damaged in one to four ways."""
    luck = random.Random(seed)
    number = 0
    while True:
        for name, file in valid_pictures().items():
            damaged = bytearray(file)
            for _ in range(luck.randint(1, 4)):
                if len(damaged) > _STILL_A_FILE:
                    luck.choice(_DAMAGES)(damaged, luck)
            yield f"{number:05}-{name}", bytes(damaged)
            number += 1


def _flip_bits(file: bytearray, luck: random.Random) -> None:
    for _ in range(luck.choice((1, 1, 3, 30))):
        file[luck.randrange(len(file))] ^= 1 << luck.randrange(8)


def _cut(file: bytearray, luck: random.Random) -> None:
    del file[luck.randrange(1, len(file)) :]


def _drop(file: bytearray, luck: random.Random) -> None:
    start = luck.randrange(len(file) // 2)
    del file[start : start + luck.randint(1, 64)]


def _repeat(file: bytearray, luck: random.Random) -> None:
    start = luck.randrange(len(file))
    file[start:start] = file[start : start + luck.randint(1, 200)] * luck.choice((1, 3, 400))


def _write_extreme(file: bytearray, luck: random.Random) -> None:
    """A length, a size or an offset becomes the largest, the smallest or a likely one."""
    start = luck.randrange(min(len(file), luck.choice((40, 400, 10**9))))
    value = luck.choice((0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 5000))
    order = luck.choice(("<I", ">I"))
    file[start : start + 4] = struct.pack(order, value)


def _splice(file: bytearray, luck: random.Random) -> None:
    """The rest of another picture behind the beginning of this one."""
    other = luck.choice(list(valid_pictures().values()))
    file[luck.randrange(1, len(file)) :] = other[luck.randrange(len(other)) :] or b"\0"


_DAMAGES = (_flip_bits, _flip_bits, _write_extreme, _write_extreme, _cut, _drop, _repeat, _splice)
