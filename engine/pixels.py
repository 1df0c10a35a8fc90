"""The pixels of pictures on disk: read from a clean one, written for a progress card."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.errors import MediaError
from engine.video.publish import part_of

PROGRESS_SIDE = 256


def read_pixels(picture: Path) -> NDArray[np.uint8]:
    """(height, width, 3) in RGB; only for pictures that the decoder made, which are safe.

    Raises `MediaError` where there is none.
    """
    try:
        with Image.open(picture) as image:
            return np.asarray(image.convert("RGB"))
    except OSError as error:
        raise MediaError(reason=f"{picture.name}: {error}") from error


def save_progress_picture(pixels: NDArray[np.uint8], folder: Path) -> Path:
    """A small picture for the card of a running job, (height, width, 3) in RGB.

    It is replaced whole, since somebody may be reading the last one. Raises `MediaError`.
    """
    target = folder / "preview.png"
    part = part_of(target)
    small = Image.fromarray(pixels)
    small.thumbnail((PROGRESS_SIDE, PROGRESS_SIDE))
    try:
        small.save(part, format="PNG")
        return part.replace(target)
    except OSError as error:
        raise MediaError.of(error, target.name) from error
