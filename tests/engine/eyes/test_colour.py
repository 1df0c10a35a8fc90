"""Whatever a file stores its pixels as, they look in the clean picture as they were drawn."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, ImageCms

from engine.eyes.picture import clean_picture
from tests.engine.eyes.sheets import (
    GREY,
    GREY_AT,
    INK,
    INK_AT,
    PAPER,
    PAPER_AT,
    chunk,
    deep_png,
    sheet,
    transparent_sheet,
)

pillow_heif.register_heif_opener()

RED = (200, 30, 30)
GREY_INK, TRUECOLOUR, GREY_ALPHA, TRUECOLOUR_ALPHA = 0, 2, 4, 6  # PNG's colour types


def cleaned(folder: Path, name: str, write: Callable[[Path], object]) -> Image.Image:
    upload = folder / name
    write(upload)
    clean_picture(upload, folder / "picture.png")
    with Image.open(folder / "picture.png") as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGB")
        picture.load()
        return picture


def assert_drawn(picture: Image.Image, tolerance: int = 3) -> None:
    for place, level in ((INK_AT, INK), (GREY_AT, GREY), (PAPER_AT, PAPER)):
        shown = picture.getpixel(place)
        assert isinstance(shown, tuple)
        assert all(abs(value - level) <= tolerance for value in shown), (place, shown, level)


GREY_SHEETS: dict[str, Callable[[Path], object]] = {
    "grey.png": lambda path: sheet().save(path),
    "colour.png": lambda path: sheet().convert("RGB").save(path),
    "palette.png": lambda path: sheet().convert("P").save(path),
    "grey.jpg": lambda path: sheet().save(path, quality=95),
    "colour.jpg": lambda path: sheet().convert("RGB").save(path, quality=95),
    "progressive.jpg": lambda path: sheet().save(path, quality=95, progressive=True),
    "inverted-by-adobe.jpg": lambda path: sheet().convert("CMYK").save(path, quality=95),
    "lossy.webp": lambda path: sheet().save(path, quality=95),
    "lossless.webp": lambda path: sheet().save(path, lossless=True),
    "plain.gif": lambda path: sheet().save(path),
    "grey.bmp": lambda path: sheet().save(path),
    "colour.bmp": lambda path: sheet().convert("RGB").save(path),
    "grey.tif": lambda path: sheet().save(path),
    "colour.tif": lambda path: sheet().convert("RGB").save(path, compression="tiff_lzw"),
    "print.tif": lambda path: sheet().convert("CMYK").save(path),
    "video.tif": lambda path: sheet().convert("YCbCr").save(path),
    "phone.heic": lambda path: sheet().convert("RGB").save(path, quality=95),
}


@pytest.mark.parametrize("name", GREY_SHEETS)
def test_a_drawing_keeps_its_greys_in_every_format(name: str, tmp_path: Path) -> None:
    assert_drawn(cleaned(tmp_path, name, GREY_SHEETS[name]))


def _palette_with_one_clear_entry(path: Path) -> None:
    image = sheet().quantize(8)
    clear = image.getpixel(PAPER_AT)
    assert isinstance(clear, int)
    palette = image.getpalette() or []
    palette[clear * 3 : clear * 3 + 3] = [0, 0, 0]
    image.putpalette(palette)
    image.save(path, transparency=clear)


def _palette_with_alpha(path: Path) -> None:
    image = sheet().quantize(8)
    clear = image.getpixel(PAPER_AT)
    image.save(path, transparency=bytes(0 if entry == clear else 255 for entry in range(8)))


def _grey_with_one_clear_level(path: Path) -> None:
    """Black is the transparent level, so the ink is drawn in nearly black."""
    levels = sheet().point(lambda value: 0 if value == PAPER else max(value, 2))
    levels.save(path, transparency=0)


def _premultiplied(path: Path) -> None:
    """Pillow reads such files and can't write them: its own, with another tag for the alpha."""
    levels = transparent_sheet().convert("La")
    Image.frombytes("LA", levels.size, levels.tobytes()).save(path)
    straight, associated = (struct.pack("<HHII", 338, 3, 1, alpha) for alpha in (2, 1))
    written = path.read_bytes()
    assert written.count(straight) == 1
    path.write_bytes(written.replace(straight, associated))


def _deep_samples(*bands: Image.Image) -> bytes:
    """16 bits a sample, of 8-bit bands."""
    pixels = zip(*(band.tobytes() for band in bands), strict=True)
    return b"".join(struct.pack(">H", value * 257) for pixel in pixels for value in pixel)


def _deep_grey_alpha(path: Path) -> None:
    samples = _deep_samples(*transparent_sheet().split())
    path.write_bytes(deep_png(300, 260, GREY_ALPHA, samples))


def _deep_colour_alpha(path: Path) -> None:
    samples = _deep_samples(*transparent_sheet().convert("RGBA").split())
    path.write_bytes(deep_png(300, 260, TRUECOLOUR_ALPHA, samples))


CLEAR_SHEETS: dict[str, Callable[[Path], object]] = {
    "grey-alpha.png": lambda path: transparent_sheet().save(path),
    "colour-alpha.png": lambda path: transparent_sheet().convert("RGBA").save(path),
    "one-clear-entry.png": _palette_with_one_clear_entry,
    "palette-alpha.png": _palette_with_alpha,
    "one-clear-level.png": _grey_with_one_clear_level,
    "deep-grey-alpha.png": _deep_grey_alpha,
    "deep-colour-alpha.png": _deep_colour_alpha,
    "one-clear-entry.gif": _palette_with_one_clear_entry,
    "lossy-alpha.webp": lambda path: transparent_sheet().convert("RGBA").save(path, quality=95),
    "alpha.webp": lambda path: transparent_sheet().convert("RGBA").save(path, lossless=True),
    "grey-alpha.tif": lambda path: transparent_sheet().save(path),
    "colour-alpha.tif": lambda path: transparent_sheet().convert("RGBA").save(path),
    "premultiplied.tif": _premultiplied,
    "alpha.heic": lambda path: transparent_sheet().convert("RGBA").save(path, quality=95),
}


@pytest.mark.parametrize("name", CLEAR_SHEETS)
def test_a_drawing_on_transparent_ground_lies_on_white_paper(name: str, tmp_path: Path) -> None:
    assert_drawn(cleaned(tmp_path, name, CLEAR_SHEETS[name]))


def test_half_transparent_ink_is_half_as_dark(tmp_path: Path) -> None:
    image = transparent_sheet().convert("RGBA")
    image.paste((0, 0, 0, 127), (40, 40, 100, 100))
    picture = cleaned(tmp_path, "soft.png", image.save)
    assert picture.getpixel(INK_AT) == (128, 128, 128)


def _levels(image: Image.Image, white: float, mode: str) -> Image.Image:
    scaled = image.convert("F").point(lambda value: value * (white / 255) + 0)
    return scaled if mode == "F" else scaled.convert("I").convert(mode)


DEEP_SHEETS: dict[str, Callable[[Path], object]] = {
    "16-bit.png": lambda path: _levels(sheet(), 65535, "I;16").save(path),
    "16-bit.tif": lambda path: _levels(sheet(), 65535, "I;16").save(path),
    "16-bit-big-endian.tif": lambda path: _levels(sheet(), 65535, "I;16B").save(path),
    "12-bit-scan.tif": lambda path: _levels(sheet(), 4095, "I;16").save(path),
    "32-bit.tif": lambda path: _levels(sheet(), 65535, "I").save(path),
    "floats-to-1.tif": lambda path: _levels(sheet(), 1, "F").save(path),
    "floats-to-255.tif": lambda path: _levels(sheet(), 255, "F").save(path),
    "16-bit-colour.png": lambda path: path.write_bytes(
        deep_png(300, 260, TRUECOLOUR, _deep_samples(*sheet().convert("RGB").split()))
    ),
}


@pytest.mark.parametrize("name", DEEP_SHEETS)
def test_deep_greys_are_scaled_and_not_clipped(name: str, tmp_path: Path) -> None:
    assert_drawn(cleaned(tmp_path, name, DEEP_SHEETS[name]))


@pytest.mark.parametrize("clear", [0, 0x8080])
def test_the_one_clear_level_of_a_16_bit_grey_is_clear(clear: int, tmp_path: Path) -> None:
    """The block of that level turns into paper, everything else stays."""
    png = deep_png(
        300,
        260,
        GREY_INK,
        _deep_samples(sheet()),
        extra=chunk(b"tRNS", struct.pack(">H", clear)),
    )
    picture = cleaned(tmp_path, "clear.png", lambda path: path.write_bytes(png))
    place, other = (INK_AT, GREY_AT) if clear == 0 else (GREY_AT, INK_AT)
    assert picture.getpixel(place) == (255, 255, 255)
    assert picture.getpixel(other) != (255, 255, 255)


def test_the_one_clear_colour_of_a_16_bit_picture_is_clear(tmp_path: Path) -> None:
    png = deep_png(
        300,
        260,
        TRUECOLOUR,
        _deep_samples(*sheet().convert("RGB").split()),
        extra=chunk(b"tRNS", struct.pack(">HHH", 0x8080, 0x8080, 0x8080)),
    )
    picture = cleaned(tmp_path, "clear.png", lambda path: path.write_bytes(png))
    assert picture.getpixel(GREY_AT) == (255, 255, 255)
    assert picture.getpixel(INK_AT) == (0, 0, 0)


@pytest.mark.parametrize("name", ["lines.png", "lines.bmp", "lines.tif", "fax.tif"])
def test_one_bit_lines_stay_black_on_white(name: str, tmp_path: Path) -> None:
    options = {"compression": "group4"} if name == "fax.tif" else {}
    lines = sheet().point(lambda value: 255 if value == PAPER else 0).convert("1")
    picture = cleaned(tmp_path, name, lambda path: lines.save(path, **options))
    assert picture.getpixel(INK_AT) == (0, 0, 0)
    assert picture.getpixel(PAPER_AT) == (255, 255, 255)


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("red.png", "RGB"),
        ("red.png", "P"),
        ("red.gif", "RGB"),
        ("red.jpg", "CMYK"),
        ("red.tif", "CMYK"),
        ("red.tif", "LAB"),
        ("red.bmp", "P"),
        ("red.webp", "RGB"),
        ("red.heic", "RGB"),
    ],
)
def test_a_red_line_stays_red(name: str, mode: str, tmp_path: Path) -> None:
    image = sheet().convert("RGB")
    image.paste(RED, (40, 40, 100, 100))
    picture = cleaned(tmp_path, name, _in_mode(image, mode).save)
    shown = picture.getpixel(INK_AT)
    assert isinstance(shown, tuple)
    assert all(abs(value - red) <= 12 for value, red in zip(shown, RED, strict=True)), shown


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    if mode == "P":
        return image.quantize(8)
    if mode != "LAB":
        return image.convert(mode)
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    converted = ImageCms.profileToProfile(image, srgb, lab, outputMode="LAB")
    assert converted is not None
    return converted


@pytest.mark.parametrize("name", ["moving.gif", "moving.webp", "moving.png"])
def test_of_a_moving_picture_the_first_frame_is_taken(name: str, tmp_path: Path) -> None:
    second = Image.new("L", (300, 260), 60)
    picture = cleaned(
        tmp_path,
        name,
        lambda path: sheet().save(path, save_all=True, append_images=[second], duration=100),
    )
    assert_drawn(picture, tolerance=8)
