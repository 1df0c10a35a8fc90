"""Eyes drawn as a closed round shape, as in cartoons: the lid comes down like a shutter."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.preview.patch import rising

Floats = NDArray[np.float32]

ROUND_FROM = 0.62  # height over width: lower eyes are almonds, whose lids can be traced
LARGER = 1.3  # than the mesh's ring, in area: else the mesh has seen the eye as it is
SHUTS_AT = 0.84  # of the eye's height: where the upper lid meets the lower


@dataclass(frozen=True)
class RoundEye:
    """`hull` is the (n, 2) outline of the opening in pixels, `stroke` the thickness of the
    line around it, in pixels."""

    hull: NDArray[np.int32]
    stroke: float


def round_eye(grey: Floats, ring: Floats) -> RoundEye | None:
    """The closed round shape that an eye's ring of the mesh lies in, if there is one."""
    middle, reach = ring.mean(axis=0), 1.3 * float(np.ptp(ring[:, 0]))
    left, top = np.maximum(0, middle - reach).astype(int)
    window = grey[top : int(middle[1] + reach), left : int(middle[0] + reach)]
    inside, dark = _enclosed(window, (ring - (left, top)).astype(np.int32))
    if not inside.any():
        return None
    hull = cv2.convexHull(np.argwhere(inside)[:, ::-1].astype(np.int32))[:, 0]
    width, height = np.ptp(hull, axis=0) + 1
    area = cv2.contourArea(hull)
    if height < ROUND_FROM * width or area < LARGER * cv2.contourArea(ring):
        return None
    shape = cv2.fillPoly(np.zeros(window.shape, np.uint8), [hull], 1)
    around = cv2.dilate(shape, np.ones((2 * (int(0.12 * width) | 1) + 1,) * 2, np.uint8)) - shape
    stroke = float((dark & (around > 0)).sum() / cv2.arcLength(hull, True))
    return RoundEye(hull + np.array([left, top], np.int32), max(1.5, stroke))


def _enclosed(
    window: Floats, ring: NDArray[np.int32]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Light places near the ring that no light path joins to the window's border; what is dark."""
    light, ink = np.percentile(window, 80), np.percentile(window, 2)
    dark = window < (light + ink) / 2
    _, labels = cv2.connectedComponents((~dark).astype(np.uint8), connectivity=4)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    near = cv2.fillPoly(np.zeros(window.shape, np.uint8), [ring], 1) > 0
    kept = np.setdiff1d(labels[near], np.append(border, 0))
    return np.isin(labels, kept), dark


class Shutter:
    """The lid of a round eye: skin comes down inside its outline, with a line on its edge."""

    def __init__(self, picture: Floats, eye: RoundEye) -> None:
        """`picture` is (height, width, 3), 0..255."""
        self.stroke, margin = eye.stroke, round(3 * eye.stroke) + 4
        left, top = np.maximum(0, eye.hull.min(axis=0) - margin)
        right, bottom = eye.hull.max(axis=0) + margin
        self.box = slice(top, bottom), slice(left, right)
        pixels = picture[self.box]
        filled = np.zeros(pixels.shape[:2], np.uint8)
        cv2.fillPoly(filled, [eye.hull - (left, top)], 1)
        self.inside = np.clip(cv2.GaussianBlur(filled.astype(np.float32), (0, 0), 0.7), 0, 1)
        self.tall, self.deep = _columns(filled)
        outside = cv2.distanceTransform(1 - filled, cv2.DIST_L2, 5) > 1.5 * eye.stroke
        self.skin = np.median(pixels[outside], axis=0).astype(np.float32)
        self.ink = np.percentile(pixels[~outside], 3, axis=0).astype(np.float32)

    def close(self, picture: Floats, share: float) -> None:
        """Paint the lid over the eye in `picture`, 0 open (nothing is changed) to 1 closed."""
        if share <= 0:
            return
        pixels, edge = picture[self.box], SHUTS_AT * share
        lower = 1 - (1 - SHUTS_AT) * share**3  # comes up at the last moment
        from_edge = (self.deep - edge) * self.tall
        above = np.clip(0.5 - from_edge, 0, 1)
        below = np.clip(0.5 + (self.deep - lower) * self.tall, 0, 1)
        covered = self.inside * np.maximum(above, below)
        pixels += covered[..., None] * (self.skin - pixels)
        line = np.clip(0.5 + self.stroke / 2 - np.abs(from_edge), 0, 1)
        line *= self.inside * rising(np.float32(edge * self.tall.max()), 0, self.stroke)
        pixels += line[..., None] * (self.ink - pixels)


def _columns(filled: NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """How tall the shape is in each column, and how deep each place lies in it (0 top, 1 end)."""
    rows = np.arange(filled.shape[0], dtype=np.float32)[:, None]
    tall = filled.sum(axis=0, dtype=np.float32)[None, :]
    top = filled.argmax(axis=0).astype(np.float32)[None, :] - 0.5
    tall = np.maximum(tall, 1)
    return tall, (rows - top) / tall
