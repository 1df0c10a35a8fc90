"""The bare skin (or paper) of a lid: what covers an eye that closes."""

from __future__ import annotations

from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.preview.patch import EyePatch

Floats = NDArray[np.float32]

STEPS = (-1.6, -0.9, -0.5, 0.0, 0.5, 0.9, 1.2, 1.6)  # where grain is looked for, in eye widths


def bare_skin(picture: Floats, patch: EyePatch) -> Floats:
    """The patch as if nothing but skin were there, (height, width, 3): the tone of the light
    places around the eye spread over everything, with the grain of a clean place nearby."""
    return _tone(picture[patch.box], patch) + _grain(picture, patch)


def _tone(pixels: Floats, patch: EyePatch) -> Floats:
    light = pixels.mean(axis=2)
    outside = (patch.below < -0.02) | (patch.below > patch.gap + 2 * patch.thick + 0.03)
    level = np.percentile(light[outside], 65)
    weight = (outside * np.clip(1 - np.abs(light - level) / 40, 0, 1)).astype(np.float32)
    sigma = 0.22 * patch.eye.frame.width
    spread = cv2.GaussianBlur(weight, (0, 0), sigma)
    sums = cv2.GaussianBlur(pixels * weight[..., None], (0, 0), sigma)
    return np.asarray(sums / np.maximum(spread, 1e-4)[..., None], np.float32)


def _grain(picture: Floats, patch: EyePatch) -> Floats:
    """Hatching, pencil or paper: the fine structure of the place with the fewest lines."""
    width = patch.eye.frame.width
    rows, columns = patch.box
    best, fewest = np.zeros_like(picture[patch.box]), np.inf
    for down, aside in product(STEPS, STEPS):
        top, left = rows.start + round(down * width), columns.start + round(aside * width)
        bottom, right = top + rows.stop - rows.start, left + columns.stop - columns.start
        if min(top, left) < 0 or bottom > picture.shape[0] or right > picture.shape[1]:
            continue
        place = picture[top:bottom, left:right]
        fine = place - cv2.GaussianBlur(place, (0, 0), 0.1 * width)
        lines = float(np.percentile(np.abs(fine), 98))
        if lines < fewest:
            best, fewest = fine, lines
    usual = float(np.median(np.abs(best)))
    return np.clip(best, -4 * usual, 4 * usual)  # so that a stray line leaves no trace
