"""A picture is known again after what people do to it, and no other is taken for it."""

from __future__ import annotations

from io import BytesIO
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from bot.door.pictures import SAME_WITHIN, is_same_picture
from engine.eyes.fingerprint import fingerprint_of

DRAWINGS = sorted((Path(__file__).parents[2] / "drawings").glob("*.png"))
TOO_SMALL = {"pixel_art"}  # 64 px: a third of it shows nothing any more


def drawing(path: Path) -> Image.Image:
    with Image.open(path) as image:
        seen = image.convert("RGBA")
    paper = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(paper, seen).convert("RGB")


def fingerprint(image: Image.Image) -> str:
    return fingerprint_of(np.asarray(image.convert("RGB")))


def scaled(image: Image.Image, factor: float) -> Image.Image:
    size = (round(image.width * factor), round(image.height * factor))
    return image.resize(size, Image.Resampling.LANCZOS)


def recompressed(image: Image.Image, quality: int) -> Image.Image:
    file = BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file)


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


@pytest.mark.parametrize(
    "path", [path for path in DRAWINGS if path.stem not in TOO_SMALL], ids=lambda path: path.stem
)
def test_a_picture_that_was_sent_once_more_in_another_file_is_known_again(path: Path) -> None:
    original = drawing(path)
    known = fingerprint(original)
    again = {
        "a third": scaled(original, 1 / 3),
        "twice": scaled(original, 2),
        "poor JPEG": recompressed(original, 10),
        "small and poor": recompressed(scaled(original, 1 / 3), 30),
        "blurred": original.filter(ImageFilter.GaussianBlur(1)),
        "grey": original.convert("L"),
    }
    for how, image in again.items():
        assert is_same_picture(known, fingerprint(image)), how


def test_no_two_drawings_are_taken_for_one_another() -> None:
    known = {path.stem: fingerprint(drawing(path)) for path in DRAWINGS}
    assert len(known) > 5
    for one, other in combinations(known, 2):
        assert distance(known[one], known[other]) >= 3 * SAME_WITHIN, (one, other)


def test_a_fingerprint_is_sixteen_digits() -> None:
    digits = fingerprint(drawing(DRAWINGS[0]))
    assert len(digits) == 16
    int(digits, 16)
