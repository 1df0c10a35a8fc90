"""The pixels around one eye, each with its place in the eye's own coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.preview.eye import Eye

Floats = NDArray[np.float32]

AROUND_U, ABOVE, BENEATH = 0.75, 0.75, 0.6  # of the eye's width around its middle


@dataclass(frozen=True)
class EyePatch:
    """A box of the picture and, for each of its pixels (height, width), in eye widths: `u` along
    the eye, how far it lies `below` the upper edge of the lid's line, and the eye's `thick`,
    `gap` and `crease` (as far above that edge) in its column."""

    eye: Eye
    box: tuple[slice, slice]
    u: Floats
    below: Floats
    thick: Floats
    gap: Floats
    crease: Floats

    @property
    def pixel(self) -> float:
        return 1 / self.eye.frame.width

    def carried(self, layer: Floats, down: Floats, along: Floats | None = None) -> Floats:
        """A layer (height, width, ...) with its content moved by so many eye widths."""
        rows, columns = np.indices(self.below.shape, dtype=np.float32)
        (ax, ay), (bx, by) = self.eye.frame.along, self.eye.frame.across
        width, aside = self.eye.frame.width, np.float32(0) if along is None else along
        x = columns - width * (down * bx + aside * ax)
        y = rows - width * (down * by + aside * ay)
        moved = cv2.remap(layer, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.float32)


def patch_of(eye: Eye, shape: tuple[int, ...]) -> EyePatch:
    """The patch of an eye in a picture of that shape."""
    u, v = np.meshgrid([-AROUND_U, AROUND_U], [-ABOVE, BENEATH])
    x, y = eye.frame.to_pixels(u.astype(np.float32), v.astype(np.float32))
    columns = slice(max(0, int(x.min())), min(shape[1], int(x.max()) + 1))
    rows = slice(max(0, int(y.min())), min(shape[0], int(y.max()) + 1))
    grid = np.mgrid[rows, columns].astype(np.float32)
    place = eye.frame.to_eye(np.stack([grid[1], grid[0]], -1))
    u, v = place[..., 0], place[..., 1]

    def in_columns(line: Floats) -> Any:
        return np.interp(u, eye.u, line).astype(np.float32)

    return EyePatch(
        eye,
        (rows, columns),
        u,
        v - in_columns(eye.upper),
        in_columns(eye.thick),
        in_columns(eye.gap),
        in_columns(eye.crease - eye.upper),
    )


def rising(values: Floats | float, low: Floats | float, high: Floats | float) -> Any:
    """0 up to `low`, 1 from `high` on, smooth between."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)
