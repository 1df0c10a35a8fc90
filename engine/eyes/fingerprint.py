"""By what a picture is known again, however it was scaled or compressed since: its pHash."""

from __future__ import annotations

import imagehash
import scipy.fftpack  # noqa: F401 - imagehash loads it with the first picture, which is waited for
from PIL import Image

from engine.eyes.face import Pixels


def fingerprint_of(pixels: Pixels) -> str:
    """16 hexadecimal digits of (height, width, 3) RGB; `bot.door.pictures` compares them."""
    return str(imagehash.phash(Image.fromarray(pixels)))
