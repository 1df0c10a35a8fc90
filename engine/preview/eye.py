"""Where the lids of one drawn eye run: the mesh's rough rings, drawn to the ink by a best path."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

Floats = NDArray[np.float32]

REACH_U, REACH_UP, REACH_DOWN = 0.72, 0.55, 0.45  # of the eye's width around its middle
LASHES = 0.10  # how far above the lid's line lashes may stand, in eye widths
SAMPLES = 120  # of the patch across one eye's width


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
        offset = points - self.middle
        return np.stack([offset @ self.along, offset @ self.across], -1) / self.width

    def to_pixels(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        x = self.middle[0] + self.width * (u * self.along[0] + v * self.across[0])
        y = self.middle[1] + self.width * (u * self.along[1] + v * self.across[1])
        return x.astype(np.float32), y.astype(np.float32)


@dataclass(frozen=True)
class Eye:
    """The lines of an eye over a grid of `u`, all in eye widths.

    `upper`: the upper edge of the upper lid's line; `thick`: how thick that line is; `lower`:
    the lower edge of the lower lid's line; `crease`: the lower edge of the fold above, or as far
    up as lashes may stand. `gap` is how far the lid travels to close, zero at
    the corners and beyond.
    """

    frame: EyeFrame
    u: Floats
    upper: Floats
    thick: Floats
    lower: Floats
    crease: Floats
    gap: Floats


def trace_eye(grey: Floats, ring: Floats) -> Eye:
    """Find the lids near a ring of the mesh: (16, 2) pixels from one corner over the upper lid
    to the other and back. `grey` is (height, width), 0 black to 255."""
    frame, upper_ring, lower_ring = _frame_of(ring)
    u = np.linspace(-REACH_U, REACH_U, int(2 * REACH_U * SAMPLES) + 1, dtype=np.float32)
    v = np.linspace(-REACH_UP, REACH_DOWN, int((REACH_UP + REACH_DOWN) * SAMPLES) + 1)
    v = v.astype(np.float32)
    dark = _darkness(grey, frame, u, v)
    rough_upper = np.interp(u, upper_ring[:, 0], upper_ring[:, 1])
    rough_lower = np.interp(u, lower_ring[:, 0], lower_ring[:, 1])
    upper = _best_path(_edge(dark, below=True), v, rough_upper - 0.045, leeway=0.10)
    lower = _best_path(_edge(dark, below=False), v, rough_lower + 0.045, leeway=0.07)
    upper, lower = _smooth(upper), _gentle(u, lower)
    thick = _thickness(dark, u, v, upper)
    within = np.clip((0.62 - np.abs(u)) / 0.12, 0, 1)
    gap = np.clip(lower - upper - 0.9 * thick, 0, None) * within
    gap = gaussian_filter1d(gap, 0.03 * SAMPLES).astype(np.float32)
    return Eye(frame, u, upper, thick, lower, _crease(dark, u, v, upper), gap)


def _crease(dark: Floats, u: Floats, v: Floats, upper: Floats) -> Floats:
    """The lower edge of the fold over the lid, where one is drawn."""
    edge = _edge(dark, below=False)
    path = _smooth(_best_path(edge, v, upper - 0.17, leeway=0.09))
    rows = np.clip(np.searchsorted(v, path), 0, len(v) - 1)
    seen = edge[rows, np.arange(len(u))] > 0.12
    if seen[np.abs(u) < 0.4].mean() < 0.6:
        path = upper - LASHES
    return np.minimum(path, upper - 0.03).astype(np.float32)


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


def _darkness(grey: Floats, frame: EyeFrame, u: Floats, v: Floats) -> Floats:
    """A patch (v, u) of the eye: 0 as light as the skin around it, 1 as dark as its lines."""
    x, y = frame.to_pixels(u[None, :], v[:, None])
    patch = cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    skin, ink = np.percentile(patch, 75), np.percentile(patch, 2)
    return np.clip((skin - patch) / max(20.0, skin - ink), 0, 1).astype(np.float32)


def _edge(dark: Floats, *, below: bool) -> Floats:
    """How much darker it is below (or above) each place than on its other side, -1..1."""
    span = max(2, round(0.045 * SAMPLES))
    padded = np.cumsum(np.pad(dark, ((span + 1, span), (0, 0)), mode="edge"), axis=0)
    mean_above = (padded[span:-span] - padded[: -2 * span])[:-1] / span
    mean_below = (padded[2 * span :] - padded[span:-span])[:-1] / span
    rows = dark.shape[0]
    mean_above, mean_below = mean_above[:rows], mean_below[:rows]
    mean_above = np.pad(mean_above, ((0, rows - len(mean_above)), (0, 0)), mode="edge")
    mean_below = np.pad(mean_below, ((0, rows - len(mean_below)), (0, 0)), mode="edge")
    return (mean_below - mean_above) * (1 if below else -1)


def _best_path(score: Floats, v: Floats, expected: Floats, leeway: float) -> Floats:
    """The line from left to right that gathers most score near `expected` (Viterbi; from one
    column to the next it moves by one sample at most)."""
    prior = ((v[:, None] - expected[None, :]) / leeway) ** 2
    gain = score - 0.35 * prior
    total = gain[:, 0].copy()
    came = np.zeros(score.shape, np.int8)
    for column in range(1, score.shape[1]):
        steps = np.stack([np.roll(total, 1) - 0.05, total, np.roll(total, -1) - 0.05])
        steps[0, 0] = steps[2, -1] = -np.inf
        best = steps.argmax(axis=0)
        came[:, column] = best - 1
        total = steps.max(axis=0) + gain[:, column]
    row = int(total.argmax())
    path = np.empty(score.shape[1], np.float32)
    for column in range(score.shape[1] - 1, -1, -1):
        path[column] = v[row]
        row += came[row, column]
    return path


def _smooth(path: Floats) -> Floats:
    return gaussian_filter1d(path, 0.035 * SAMPLES, mode="nearest").astype(np.float32)


def _gentle(u: Floats, path: Floats) -> Floats:
    """The lower lid bends only once or twice, whatever strokes lie under it."""
    near = np.abs(u) < 0.58
    fit = np.polynomial.Polynomial.fit(u[near], path[near], 4, window=(-1, 1))
    return fit(np.clip(u, -0.58, 0.58)).astype(np.float32)


def _thickness(dark: Floats, u: Floats, v: Floats, upper: Floats) -> Floats:
    """How far the dark goes on below the upper edge; where the iris hangs on the line, as far
    as beside it."""
    step = float(v[1] - v[0])
    limit = round(0.2 / step)
    runs = np.empty(len(u), np.float32)
    for column, start in enumerate(np.searchsorted(v, upper)):
        light = dark[start + 3 : start + limit, column] < 0.4
        runs[column] = (3 + int(light.argmax()) if light.any() else limit) * step
    usual = float(np.percentile(runs[np.abs(u) < 0.45], 30))
    held = np.clip(runs, 0.6 * usual, min(1.2 * usual, 0.10))
    return gaussian_filter1d(held, 0.1 * SAMPLES, mode="nearest").astype(np.float32)
