"""The picture at the clip's size: resampled well, or, if it is pixel art, kept on its grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

LARGEST_ART = 256  # pixels of its own on the longer side
MOST_COLOURS = 256


@dataclass(frozen=True)
class Canvas:
    """`picture` is (height, width, 3); `art` the pixel art that it shows enlarged, or None."""

    picture: Pixels
    art: Pixels | None = None

    @property
    def cell(self) -> float:
        """The side in pixels of the smallest thing that can be drawn."""
        return 1.0 if self.art is None else self.picture.shape[0] / self.art.shape[0]

    def finished(self, frame: Pixels) -> Pixels:
        """A frame as it is shown: pixel art moves by whole pixels of its own, in its colours."""
        if self.art is None:
            return frame
        sampled = frame[self._centres(0)][:, self._centres(1)]
        offset = sampled[..., None, :].astype(np.int32) - self._palette.astype(np.int32)
        snapped = self._palette[(offset**2).sum(axis=-1).argmin(axis=-1)]
        return _enlarged(snapped, frame.shape[1], frame.shape[0])

    @cached_property
    def _palette(self) -> Pixels:
        assert self.art is not None
        return np.unique(self.art.reshape(-1, 3), axis=0)

    def _centres(self, axis: int) -> NDArray[np.intp]:
        assert self.art is not None
        count, length = self.art.shape[axis], self.picture.shape[axis]
        return ((np.arange(count) + 0.5) * length / count).astype(np.intp)


def canvas_of(pixels: Pixels, width: int, height: int) -> Canvas:
    """Fit (rows, columns, 3) pixels to the size of a clip."""
    art = _pixel_art(pixels)
    if art is not None:
        return Canvas(_enlarged(art, width, height), art)
    fitted = Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS)
    return Canvas(np.array(fitted))


def _enlarged(art: Pixels, width: int, height: int) -> Pixels:
    rows = np.arange(height) * art.shape[0] // height
    columns = np.arange(width) * art.shape[1] // width
    return np.ascontiguousarray(art[rows][:, columns])


def _pixel_art(pixels: Pixels) -> Pixels | None:
    """The original of pixel art that was enlarged by a whole factor."""
    rows, columns = pixels.shape[:2]
    smallest = -(-max(rows, columns) // LARGEST_ART)
    for factor in range(64, max(2, smallest) - 1, -1):
        if rows % factor or columns % factor:
            continue
        art = pixels[::factor, ::factor]
        if np.array_equal(art.repeat(factor, 0).repeat(factor, 1), pixels):
            colours = len(np.unique(art.reshape(-1, 3), axis=0))
            return np.ascontiguousarray(art) if colours <= MOST_COLOURS else None
    return None
