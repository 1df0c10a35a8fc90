"""Drawn lines in a small patch: how dark, where the edges are, the best path along them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PRIOR_WEIGHT = 0.35  # against a clean edge, which scores 1
TURN_COST = 0.05  # of moving by a sample from one column to the next


def darkness(patch: Floats) -> Floats:
    """0 as light as the skin around, 1 as dark as the lines; `patch` is grey, 0..255."""
    skin, ink = np.percentile(patch, 75), np.percentile(patch, 2)
    return np.clip((skin - patch) / max(20.0, float(skin - ink)), 0, 1).astype(np.float32)


def edge(dark: Floats, span: int) -> Floats:
    """How much darker it is below a place than above it, over `span` rows; -1..1."""
    kernel = np.repeat(np.array([-1, 1], np.float32) / span, span)[:, None]
    anchor = (0, span)
    found = cv2.filter2D(dark, -1, kernel, anchor=anchor, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)


def best_path(
    score: Floats, rows: Floats, expected: Floats, leeway: tuple[float, float]
) -> NDArray[np.intp]:
    """The row in each column of the line that gathers most score (Viterbi; from one column to
    the next it moves by one row at most).

    `rows` are the places of the rows, `expected` the place of the line in each column; by
    `leeway` above or below that it must be worth `PRIOR_WEIGHT`.
    """
    above = rows[:, None] < expected[None, :]
    away = (rows[:, None] - expected[None, :]) / np.where(above, leeway[0], leeway[1])
    gain = score - PRIOR_WEIGHT * away**2
    total, came = gain[:, 0].copy(), np.zeros(score.shape, np.int8)
    for column in range(1, score.shape[1]):
        steps = np.stack([np.roll(total, 1) - TURN_COST, total, np.roll(total, -1) - TURN_COST])
        steps[0, 0] = steps[2, -1] = -np.inf
        came[:, column] = steps.argmax(axis=0) - 1
        total = steps.max(axis=0) + gain[:, column]
    path = np.empty(score.shape[1], np.intp)
    path[-1] = total.argmax()
    for column in range(score.shape[1] - 1, 0, -1):
        path[column - 1] = path[column] + came[path[column], column]
    return path


def smooth(line: Floats, sigma: float) -> Floats:
    """A line over columns, blurred by `sigma` columns."""
    blurred = cv2.GaussianBlur(line[None, :], (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred[0], np.float32)


def lowest_near(line: Floats, reach: int) -> Floats:
    """The smallest value within `reach` columns in all."""
    return np.asarray(cv2.erode(line[None, :], np.ones((1, reach), np.uint8))[0], np.float32)
