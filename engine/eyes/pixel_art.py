"""Small pixel art, enlarged so that no later step has a reason to blur it."""

from __future__ import annotations

import math

from PIL import Image

_SMALL_PX = 256
_FEW_COLOURS = 64
# Clips are at most 1,024² large: from here on their renderers reduce, which keeps edges crisp.
_LARGE_PX = 1024


def enlargement(picture: Image.Image) -> int:
    """The whole factor for an RGB picture: above 1 for pixel art, 1 for anything else."""
    longer = max(picture.size)
    if longer >= _SMALL_PX or picture.getcolors(_FEW_COLOURS) is None:
        return 1
    return math.ceil(_LARGE_PX / longer)


def enlarged(picture: Image.Image, factor: int) -> Image.Image:
    size = (picture.width * factor, picture.height * factor)
    return picture.resize(size, Image.Resampling.NEAREST)
