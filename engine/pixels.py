"""The pixels of a clean picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.errors import MediaError


def read_pixels(picture: Path) -> NDArray[np.uint8]:
    """(height, width, 3) in RGB; only for pictures that the decoder made, which are safe.

    Raises `MediaError` where there is none.
    """
    try:
        with Image.open(picture) as image:
            return np.asarray(image.convert("RGB"))
    except OSError as error:
        raise MediaError(reason=f"{picture.name}: {error}") from error
