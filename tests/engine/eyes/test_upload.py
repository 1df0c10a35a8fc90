"""Every upload that can't be used has a sentence of its own, and leaves nothing behind."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from bot.errors import PictureError
from bot.texts import Texts
from engine.eyes.picture import clean_picture
from tests.engine.eyes.hostile import encoded, gif_promising, png_promising, webp_promising
from tests.engine.eyes.sheets import sheet

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>'


REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("picture-empty", lambda: b""),
    "a text": ("picture-unknown", lambda: b"Dear bot, please animate my drawing."),
    "noise": ("picture-unknown", lambda: bytes(range(256)) * 9),
    "a video": ("picture-unknown", lambda: b"\0\0\0\x20ftypisom" + b"\0" * 400),
    "a document": ("picture-unknown", lambda: b"%PDF-1.7\n" + b"\0" * 400),
    "a web page": ("picture-unknown", lambda: b"<!doctype html><html><p>hello</p></html>"),
    "a format left out": ("picture-unknown", lambda: encoded(sheet(), "PPM")),
    "an svg": ("picture-svg", lambda: SVG),
    "an svg with a prologue": ("picture-svg", lambda: b'\xef\xbb\xbf<?xml version="1.0"?>\n' + SVG),
    "a wide svg": ("picture-svg", lambda: SVG.decode().encode("utf-16")),
    "half a png": ("picture-truncated", lambda: _half(encoded(sheet(), "PNG"))),
    "half a jpeg": ("picture-truncated", lambda: _half(encoded(sheet(), "JPEG"))),
    "half a webp": ("picture-truncated", lambda: _half(encoded(sheet(), "WEBP"))),
    "half a gif": ("picture-truncated", lambda: _half(encoded(sheet(), "GIF"))),
    "half a bmp": ("picture-truncated", lambda: _half(encoded(sheet(), "BMP"))),
    "half a tiff": ("picture-truncated", lambda: _half(encoded(sheet(), "TIFF"))),
    "the first bytes of a png": ("picture-truncated", lambda: encoded(sheet(), "PNG")[:20]),
    "the first bytes of a jpeg": ("picture-truncated", lambda: encoded(sheet(), "JPEG")[:20]),
    "a tiff of 64-bit floats": ("picture-truncated", lambda: _with_64_bit_samples()),
    "too many bytes": (
        "picture-too-heavy",
        lambda: encoded(sheet(), "PNG").ljust(20_000_001, b"\0"),
    ),
    "too many pixels": ("picture-too-many-pixels", lambda: png_promising(5001, 4000)),
    "a png bomb": ("picture-too-many-pixels", lambda: png_promising(60_000, 60_000)),
    "a gif bomb": ("picture-too-many-pixels", lambda: gif_promising(65_535, 65_535)),
    "a webp bomb": ("picture-too-many-pixels", lambda: webp_promising(16_000, 16_000)),
    "too small a picture": ("picture-too-small", lambda: encoded(sheet((300, 31)), "PNG")),
    "a single pixel": ("picture-too-small", lambda: encoded(sheet((1, 1)), "GIF")),
    "too wide a picture": ("picture-too-long", lambda: encoded(sheet((301, 100)), "PNG")),
    "too high a picture": ("picture-too-long", lambda: encoded(sheet((100, 301)), "JPEG")),
    "an empty sheet": ("picture-blank", lambda: encoded(Image.new("L", (300, 300), 250), "PNG")),
    "nothing but clear": ("picture-blank", lambda: encoded(Image.new("RGBA", (99, 99)), "PNG")),
}


def _half(file: bytes) -> bytes:
    return file[: len(file) // 2]


def _with_64_bit_samples() -> bytes:
    depth, deeper = (struct.pack("<HHII", 258, 3, 1, bits) for bits in (8, 64))
    file = encoded(sheet(), "TIFF")
    assert depth in file
    return file.replace(depth, deeper)


@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_a_sentence_and_nothing_left_behind(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, content = REFUSED[what]
    (tmp_path / "upload").write_bytes(content())
    with pytest.raises(PictureError) as refusal:
        clean_picture(tmp_path / "upload", tmp_path / "picture.png")
    assert refusal.value.key == key
    assert [path.name for path in tmp_path.iterdir()] == ["upload"]
    monkeypatch.setattr(Texts, "strict", True)
    for locale in ("en", "zh"):
        assert Texts(locale).say(key, **refusal.value.args_of_text)


def test_20_mb_and_20_megapixels_are_not_yet_too_much(tmp_path: Path) -> None:
    file = encoded(sheet().resize((5000, 4000)), "PNG")
    (tmp_path / "upload").write_bytes(file.ljust(20_000_000, b"\0"))
    clean = clean_picture(tmp_path / "upload", tmp_path / "picture.png")
    assert clean.reduced_from == (5000, 4000)


def test_a_side_of_32_px_and_a_ratio_of_3_to_1_are_enough(tmp_path: Path) -> None:
    image = Image.new("L", (96, 32), 255)
    image.paste(0, (5, 5, 20, 20))
    image.save(tmp_path / "strip.png")
    assert clean_picture(tmp_path / "strip.png", tmp_path / "picture.png").enlarged_by == 11


def test_the_name_of_an_upload_says_nothing_about_its_format(tmp_path: Path) -> None:
    (tmp_path / "drawing.tiff").write_bytes(encoded(sheet(), "PNG"))
    assert clean_picture(tmp_path / "drawing.tiff", tmp_path / "picture.png").width == 300


def test_heic_without_its_extra_is_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(Image.OPEN, "HEIF")
    (tmp_path / "upload").write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 400)
    with pytest.raises(PictureError) as refusal:
        clean_picture(tmp_path / "upload", tmp_path / "picture.png")
    assert refusal.value.key == "picture-heic"
