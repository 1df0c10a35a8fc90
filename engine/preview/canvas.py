"""The picture at the clip's size: resampled well, or, if it is pixel art, kept on its grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

LARGEST_ART = 256  # pixels of its own on the longer side
LARGEST_FACTOR = 64
MOST_COLOURS = 256


class PixelArt:
    """Pixel art in its own size, (rows, columns, 3)."""

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = pixels
        self.palette: Pixels = np.unique(pixels.reshape(-1, 3), axis=0)

    def enlarged(self, width: int, height: int) -> Pixels:
        """Without blur; where the factor isn't whole, some of its pixels are one wider."""
        return _enlarged(self.pixels, width, height)

    def snapped(self, frame: Pixels) -> Pixels:
        """A frame of the enlarged picture, brought back to the grid and the palette."""
        height, width = frame.shape[:2]
        rows, columns = (
            ((np.arange(count) + 0.5) * length / count).astype(np.intp)
            for count, length in zip(self.pixels.shape, (height, width), strict=False)
        )
        sampled = frame[rows][:, columns, None].astype(np.int32)
        nearest = ((sampled - self.palette.astype(np.int32)) ** 2).sum(axis=-1).argmin(axis=-1)
        return _enlarged(self.palette[nearest], width, height)


@dataclass(frozen=True)
class Canvas:
    """`picture` is (height, width, 3), `art` the pixel art that it shows enlarged, or None."""

    picture: Pixels
    art: PixelArt | None = None

    @property
    def cell(self) -> float:
        """The side in pixels of the smallest thing that can be drawn."""
        return 1.0 if self.art is None else self.picture.shape[0] / self.art.pixels.shape[0]

    def finished(self, frame: Pixels) -> Pixels:
        """A frame as it is shown: pixel art moves by whole pixels of its own, in its colours."""
        return frame if self.art is None else self.art.snapped(frame)


def canvas_of(pixels: Pixels, width: int, height: int) -> Canvas:
    """Fit (rows, columns, 3) pixels to the size of a clip."""
    art = _pixel_art(pixels)
    if art is not None:
        return Canvas(art.enlarged(width, height), art)
    fitted = Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS)
    return Canvas(np.array(fitted))


def _enlarged(pixels: Pixels, width: int, height: int) -> Pixels:
    rows = np.arange(height) * pixels.shape[0] // height
    columns = np.arange(width) * pixels.shape[1] // width
    return np.ascontiguousarray(pixels[rows][:, columns])


def _pixel_art(pixels: Pixels) -> PixelArt | None:
    """The original of pixel art that was enlarged by a whole factor."""
    rows, columns = pixels.shape[:2]
    smallest = max(2, -(-max(rows, columns) // LARGEST_ART))
    for factor in range(LARGEST_FACTOR, smallest - 1, -1):
        if rows % factor or columns % factor:
            continue
        small = np.ascontiguousarray(pixels[::factor, ::factor])
        if np.array_equal(small.repeat(factor, 0).repeat(factor, 1), pixels):
            art = PixelArt(small)
            return art if len(art.palette) <= MOST_COLOURS else None
    return None
