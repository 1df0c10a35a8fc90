"""How far one clip is from another: its pixels, and what a face does in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log10

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.clip import FPS
from bot.measurement import Curves
from engine.eyes.expression import measure
from engine.eyes.face import FaceMesh

Frame = NDArray[np.uint8]  # (height, width, 3), RGB
Grey = NDArray[np.float64]

LARGEST = 255.0
WINDOW, SIGMA = 11, 1.5  # of the structural similarity, as its authors have it
C1, C2 = (0.01 * LARGEST) ** 2, (0.03 * LARGEST) ** 2


@dataclass(frozen=True, slots=True)
class CurvesApart:
    """The largest difference in any frame: of an eye's opening, in shares of the open eye, and of
    the lift of the mouth's corners, in eye distances."""

    lids: float
    mouth: float


def psnr(one: Sequence[Frame], other: Sequence[Frame]) -> float:
    """Of all frames together, in dB; infinite where they are equal."""
    errors = [
        np.square(np.subtract(a, b, dtype=np.float64)).mean()
        for a, b in zip(one, other, strict=True)
    ]
    error = float(np.mean(errors))
    return 10 * log10(LARGEST**2 / error) if error else inf


def ssim(one: Sequence[Frame], other: Sequence[Frame]) -> float:
    """The mean over all frames, of grey; 1 where they are equal.

    Wang et al., "Image Quality Assessment: From Error Visibility to Structural Similarity" (2004).
    """
    pairs = zip(one, other, strict=True)
    return float(np.mean([_similarity(_grey(a), _grey(b)) for a, b in pairs]))


def curves_apart(
    one: Sequence[Frame], other: Sequence[Frame], mesh: FaceMesh
) -> CurvesApart | None:
    """None where one of the clips shows no face."""
    ours, theirs = (measure(iter(frames), FPS, mesh).curves for frames in (one, other))
    return None if ours is None or theirs is None else _apart(ours, theirs)


def _apart(one: Curves, other: Curves) -> CurvesApart:
    eyes = [
        np.abs(np.subtract(a, b)).max()
        for a, b in ((one.left_eye, other.left_eye), (one.right_eye, other.right_eye))
    ]
    return CurvesApart(float(max(eyes)), float(np.abs(np.subtract(one.mouth, other.mouth)).max()))


def _grey(frame: Frame) -> Grey:
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.float64)


def _similarity(one: Grey, other: Grey) -> float:
    mean, other_mean = _blurred(one), _blurred(other)
    variance = _blurred(one * one) - mean**2
    other_variance = _blurred(other * other) - other_mean**2
    covariance = _blurred(one * other) - mean * other_mean
    alike = (2 * mean * other_mean + C1) * (2 * covariance + C2)
    at_most = (mean**2 + other_mean**2 + C1) * (variance + other_variance + C2)
    return float((alike / at_most).mean())


def _blurred(grey: Grey) -> Grey:
    return np.asarray(cv2.GaussianBlur(grey, (WINDOW, WINDOW), SIGMA), np.float64)
