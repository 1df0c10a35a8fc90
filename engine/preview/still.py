"""A picture without a face that can be found still breathes: a tiny swelling of what is drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.preview.subject import inside_border, softened
from engine.preview.warp import Field

RISE = 0.006  # of the picture's height, at the top of what is drawn
SWAY = 0.25  # of the picture's shorter side: stands in for the distance of the eyes


def still_fields(subject: NDArray[np.bool_]) -> dict[str, Field]:
    """Breath and drift of all that is drawn, more the higher it is; the border stays."""
    height, width = subject.shape
    side = min(height, width)
    free = softened(subject, 0.03 * side) * inside_border(subject.shape, 0.12 * side)
    lifted = np.linspace(1, 0.15, height, dtype=np.float32)[:, None] * free
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    none = np.zeros_like(free)
    return {
        "breath": Field(0.3 * RISE * height * across * free, -RISE * height * lifted),
        "head_x": Field(SWAY * side * lifted, none),
        "head_y": Field(none, 0.5 * SWAY * side * lifted),
    }
