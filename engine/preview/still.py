"""A picture without a face that can be found still breathes: a tiny swelling of what is drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.preview.canvas import Canvas
from engine.preview.score import Score
from engine.preview.subject import inside_border, softened, subject_of
from engine.preview.warp import Field, Warp, amounts_at

Pixels = NDArray[np.uint8]

RISE = 0.006  # of the picture's height, at the top of what is drawn
SWAY = 0.25  # of the picture's shorter side: stands in for the distance of the eyes


class BreathingPicture:
    """Draws frames of a picture in which everything drawn swells and sways a little."""

    def __init__(self, canvas: Canvas) -> None:
        self.picture = canvas.picture
        height = self.picture.shape[0]
        # pixel art moves by whole pixels of its own, or not at all
        rise = max(RISE * height, 0.0 if canvas.art is None else 0.9 * canvas.cell)
        subject = subject_of(self.picture, [])
        self.warp = Warp(_fields(subject, rise), crisp=canvas.art is not None)

    def frame(self, score: Score, number: int) -> Pixels:
        return self.warp.move(self.picture, amounts_at(score, number))


def _fields(subject: NDArray[np.bool_], rise: float) -> dict[str, Field]:
    """Breath and drift, more the higher a place is; the border stays."""
    height, width = subject.shape
    side = min(height, width)
    free = softened(subject, 0.03 * side) * inside_border(subject.shape, 0.12 * side)
    lifted = np.linspace(1, 0.15, height, dtype=np.float32)[:, None] * free
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    none = np.zeros_like(free)
    return {
        "breath": Field(0.3 * rise * across * free, -rise * lifted),
        "head_x": Field(SWAY * side * lifted, none),
        "head_y": Field(none, 0.5 * SWAY * side * lifted),
    }
