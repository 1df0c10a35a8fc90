"""Where the eyes look: what lies between the lids moves a little, the lids stay."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.preview.eye import Eye
from engine.preview.patch import patch_of, rising

Floats = NDArray[np.float32]

IRIS_RADIUS = 0.2  # in eye widths: of the iris, by anatomy and in most drawings
STILL_FROM = 0.5  # how far from the middle of the iris nothing moves, in eye widths


class Gaze:
    """Moves the iris of one eye inside its opening."""

    def __init__(self, picture: Floats, eye: Eye) -> None:
        """`picture` is (height, width, 3), 0..255."""
        self.patch = patch_of(eye, picture.shape)
        patch, dark = self.patch, 255 - picture[self.patch.box].mean(axis=2)
        opening = rising(patch.below, 0.6 * patch.thick, 1.3 * patch.thick) * (
            1 - rising(patch.below - patch.gap, -0.3 * patch.thick, 0.4 * patch.thick)
        )
        mass = opening * (np.abs(patch.u) < 0.35) * dark
        middle = float((mass * patch.u).sum() / max(1.0, mass.sum()))
        self.free = opening * (1 - rising(np.abs(patch.u - middle), IRIS_RADIUS, STILL_FROM))

    def look(self, picture: Floats, x: float, y: float) -> None:
        """Turn the eye in `picture` by so many radii of the iris, right and down."""
        if x == 0 and y == 0:
            return
        reach = IRIS_RADIUS * self.free
        pixels = picture[self.patch.box]
        pixels[:] = self.patch.carried(pixels.copy(), y * reach, x * reach)
