"""Where the lids of one drawn eye run: the mesh's rough rings, drawn to the ink by a best path."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.preview.lines import best_path, darkness, edge, lowest_near, smooth

Floats = NDArray[np.float32]

# In eye widths, like all that follows but the samples.
REACH_U, REACH_UP, REACH_DOWN = 0.72, 0.55, 0.45  # of the patch around the eye's middle
LASHES = 0.10  # how far above the lid's line lashes may stand
FOLD = 0.17  # how far above it the fold of the lid usually lies
ABOVE_RING, BELOW_RING = 0.045, 0.06  # drawn lines lie outside the mesh's ring by so much
THICKEST = 0.10
UNDER = (0.06, 0.10, 0.14, 0.18, 0.22)  # how far below the eye skin is looked for
SAMPLES = 120  # of the patch across one eye's width
EDGE = round(0.045 * SAMPLES)


@dataclass(frozen=True)
class EyeFrame:
    """Coordinates of one eye: u along the corners, v across it downwards, both in eye widths
    from the point midway between the corners."""

    middle: Floats
    along: Floats
    width: float  # pixels between the mesh's corners

    @property
    def across(self) -> Floats:
        return np.array([-self.along[1], self.along[0]], np.float32)

    def to_eye(self, points: Floats) -> Floats:
        """(..., 2) pixels into (..., 2) u and v."""
        axes = np.stack([self.along, self.across], axis=-1) / self.width
        return np.asarray((points - self.middle) @ axes, np.float32)

    def to_pixels(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        x = self.middle[0] + self.width * (u * self.along[0] + v * self.across[0])
        y = self.middle[1] + self.width * (u * self.along[1] + v * self.across[1])
        return x.astype(np.float32), y.astype(np.float32)


@dataclass(frozen=True)
class Eye:
    """The lines of an eye over a grid of `u`, all in eye widths.

    `upper`: the upper edge of the upper lid's line; `thick`: how thick that line is; `crease`:
    the lower edge of the fold above, or as far up as lashes may stand; `gap`: how far the lid
    travels to close, zero at the corners and beyond.
    """

    frame: EyeFrame
    u: Floats
    upper: Floats
    thick: Floats
    crease: Floats
    gap: Floats


def trace_eye(grey: Floats, ring: Floats) -> Eye | None:
    """Find the lids near a ring of the mesh: (16, 2) pixels from one corner over the upper lid
    to the other and back. `grey` is (height, width), 0 black to 255.

    None where there is no such eye: an anime eye that is much larger than the mesh believes.
    """
    frame, upper_ring, lower_ring = _frame_of(ring)
    u = np.arange(-REACH_U, REACH_U, 1 / SAMPLES, dtype=np.float32)
    v = np.arange(-REACH_UP, REACH_DOWN, 1 / SAMPLES, dtype=np.float32)
    x, y = frame.to_pixels(u[None, :], v[:, None])
    patch = cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    dark = darkness(np.asarray(patch, np.float32))
    darker_below = edge(dark, EDGE)
    expected = np.interp(u, upper_ring[:, 0], upper_ring[:, 1]) - ABOVE_RING
    upper = smooth(v[best_path(darker_below, v, expected, (0.10, 0.10))], 0.035 * SAMPLES)
    # the lower line is often faint, and the iris ends in a stronger edge above it
    expected = np.interp(u, lower_ring[:, 0], lower_ring[:, 1]) + BELOW_RING
    lower = _parabola(u, v[best_path(-darker_below, v, expected, (0.035, 0.09))])
    if _goes_on_below(dark, u, v, lower):
        return None
    thick = _thickness(dark, v, upper)
    gap = np.clip(lower - upper - 0.9 * thick, 0, None) * np.clip((0.62 - np.abs(u)) / 0.12, 0, 1)
    crease = _crease(-darker_below, u, v, upper)
    return Eye(frame, u, upper, thick, crease, smooth(gap.astype(np.float32), 0.03 * SAMPLES))


def _frame_of(ring: Floats) -> tuple[EyeFrame, Floats, Floats]:
    """The eye's own coordinates, and both lids of the mesh in them, from left to right."""
    half = len(ring) // 2
    first, second = ring[0], ring[half]
    left, right = (first, second) if first[0] < second[0] else (second, first)
    width = float(np.linalg.norm(right - left))
    frame = EyeFrame((left + right) / 2, (right - left) / width, width)
    upper = frame.to_eye(ring[: half + 1])
    lower = frame.to_eye(np.concatenate([ring[half:], ring[:1]]))
    return frame, upper[np.argsort(upper[:, 0])], lower[np.argsort(lower[:, 0])]


def _goes_on_below(dark: Floats, u: Floats, v: Floats, lower: Floats) -> bool:
    """Whether there is an iris, not skin, where the skin below the eye should be."""
    near = np.abs(u) < 0.35
    rows = np.searchsorted(v, lower[near] + np.array(UNDER)[:, None])
    return bool(dark[:, near][rows.clip(max=len(v) - 1), np.arange(near.sum())].mean() > 0.45)


def _crease(lighter_below: Floats, u: Floats, v: Floats, upper: Floats) -> Floats:
    """The lower edge of the fold over the lid, where one is drawn."""
    path = best_path(lighter_below, v, upper - FOLD, (0.09, 0.09))
    seen = lighter_below[path, np.arange(len(u))] > 0.12
    drawn = seen[np.abs(u) < 0.4].mean() > 0.6
    crease = smooth(v[path], 0.035 * SAMPLES) if drawn else upper - LASHES
    return np.minimum(crease, upper - 0.03)


def _parabola(u: Floats, path: Floats) -> Floats:
    """The lower lid bends only once, whatever strokes lie under it."""
    near = np.abs(u) < 0.5
    powers = np.stack([np.ones_like(u), u, u * u], axis=-1)
    fit = np.linalg.lstsq(powers[near], path[near], rcond=None)[0]
    held = np.clip(np.arange(len(u)), np.flatnonzero(near)[0], np.flatnonzero(near)[-1])
    return np.asarray((powers @ fit)[held], np.float32)


def _thickness(dark: Floats, v: Floats, upper: Floats) -> Floats:
    """How far the dark goes on below the upper edge; where the iris hangs on the line, as far
    as beside it."""
    runs = np.full(len(upper), THICKEST, np.float32)
    for column, start in enumerate(np.searchsorted(v, upper)):
        light = dark[start + 3 : start + round(THICKEST * SAMPLES), column] < 0.4
        if light.any():
            runs[column] = (3 + int(light.argmax())) / SAMPLES
    return smooth(lowest_near(runs, round(0.18 * SAMPLES)), 0.1 * SAMPLES)
