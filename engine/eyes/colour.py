"""Pixels of every mode that a picture file can hold, as the 8-bit RGB that the rest works on."""

from __future__ import annotations

from typing import cast

from PIL import Image

# What the brightest pixel of a mode deeper than 8 bits may stand for: floats from 0 to 1, bytes in
# a wide container, 12-bit scans, full 16 bits. The files don't say which.
_WHITES = (1, 255, 4095, 65535)
_DEEP_MODES = ("I", "I;16", "I;16L", "I;16B", "I;16N", "F")


def eight_bit(image: Image.Image) -> Image.Image:
    """The picture as RGB, or as RGBA where a part of it is transparent; it may be resized then."""
    image.load()  # which can change its mode
    if image.mode in _DEEP_MODES:
        image = _scaled(image)
    if not image.has_transparency_data:
        return _as(image, "RGB")
    _narrow_transparent_colour(image)
    return _as(image.convert("LA") if image.mode == "La" else image, "RGBA")


def on_white(image: Image.Image) -> Image.Image:
    """RGBA laid on white paper, as RGB; RGB as it is.

    The colour below full transparency is mostly black: dropping the alpha channel alone would
    turn a line drawing into a black sheet.
    """
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image.convert("RGB"), mask=image.getchannel("A"))
    return paper


def _as(image: Image.Image, mode: str) -> Image.Image:
    """Pillow's `convert` copies even where nothing is to be done: 80 MB of a large picture."""
    return image if image.mode == mode else image.convert(mode)


def _scaled(image: Image.Image) -> Image.Image:
    """A grey picture of integers or floats as 8-bit grey; Pillow's own conversion clips at 255."""
    wide = image if image.mode == "F" else image.convert("I")
    _, brightest = cast("tuple[float, float]", wide.getextrema())
    white = next((white for white in _WHITES if brightest <= white), brightest)
    grey = wide.point(lambda value: value * (255 / white) + 0).convert("L")
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        grey.info["transparency"] = min(255, round(transparent * 255 / white))
    else:
        grey.info.pop("transparency", None)
    return grey


def _narrow_transparent_colour(image: Image.Image) -> None:
    """16-bit RGB is read as 8-bit, its one transparent colour is not."""
    transparent = image.info.get("transparency")
    if image.mode == "RGB" and isinstance(transparent, tuple) and max(transparent) > 255:
        image.info["transparency"] = tuple(value >> 8 for value in transparent)
