"""Eyes drawn as a closed round shape, as in cartoons: the lid comes down like a shutter."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.preview.patch import rising

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

ROUND_FROM = 0.62  # height over width: lower eyes are almonds, whose lids can be traced
LARGER = 1.3  # than the mesh's ring, in area: else the mesh has seen the eye as it is
OTHER_COLOUR = 48  # 0..255: how far from the skin's colour
SHUTS_AT = 0.84  # of the eye's height: where the upper lid meets the lower


@dataclass(frozen=True)
class RoundEye:
    """`hull` is the (n, 2) outline of the opening in pixels, `stroke` the thickness of the
    line around it, in pixels."""

    hull: NDArray[np.int32]
    stroke: float


def round_eye(picture: Floats, ring: Floats, finest: float) -> RoundEye | None:
    """The round shape that an eye's ring of the mesh (n, 2) lies in, if there is one: enclosed
    by a dark line, or in pixel art (`finest` is the thinnest line there, in pixels) of other
    colours than the skin. `picture` is (height, width, 3)."""
    middle, reach = ring.mean(axis=0), 1.3 * float(np.ptp(ring[:, 0]))
    left, top = np.maximum(0, middle - reach).astype(int)
    window = picture[top : int(middle[1] + reach), left : int(middle[0] + reach)]
    near = np.zeros(window.shape[:2], np.uint8)
    cv2.fillPoly(near, [(ring - (left, top)).astype(np.int32)], (1,))
    dark = _dark(window)
    inside = _of_other_colour(window, near > 0) if finest > 1 else _enclosed(~dark, near > 0)
    hull = _round_hull(inside, cv2.contourArea(ring))
    if hull is None:
        return None
    return RoundEye(hull + np.array([left, top], np.int32), max(finest, _stroke(dark, hull)))


def _dark(window: Floats) -> Mask:
    grey = window.mean(axis=2)
    light, ink = np.percentile(grey, 80), np.percentile(grey, 2)
    return np.asarray(grey < (light + ink) / 2)


def _enclosed(free: Mask, near: Mask) -> Mask:
    """Places near the ring that no free path joins to the window's border."""
    _, labels = cv2.connectedComponents(free.astype(np.uint8), connectivity=4)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.isin(labels, np.setdiff1d(labels[near], np.append(border, 0)))


def _of_other_colour(window: Floats, near: Mask) -> Mask:
    """What is joined to the middle of the ring and neither skin nor a thin line."""
    coarse = (window // 16).astype(np.int32) @ np.array([256, 16, 1])
    usual = coarse == np.bincount(coarse.ravel()).argmax()
    skin = np.median(window[usual], axis=0)
    other = (np.abs(window - skin).max(axis=2) > OTHER_COLOUR).astype(np.uint8)
    kernel = np.ones((int(0.05 * window.shape[1]) | 1,) * 2, np.uint8)
    solid = cv2.morphologyEx(other, cv2.MORPH_OPEN, kernel)
    solid = cv2.dilate(solid, kernel, iterations=3) & other  # with the ends of a drawn lid
    found = _enclosed(solid > 0, near)
    rows, columns = found.any(axis=1), found.any(axis=0)
    return np.asarray(
        np.logical_and.outer(rows, columns)
    )  # the whole box: pixel art has level lids


def _round_hull(inside: Mask, ring_area: float) -> NDArray[np.int32] | None:
    """The outline of a shape that is round enough and larger than what the mesh saw."""
    if not inside.any():
        return None
    hull = cv2.convexHull(np.argwhere(inside)[:, ::-1].astype(np.int32))[:, 0]
    width, height = np.ptp(hull, axis=0) + 1
    fits = height > ROUND_FROM * width and cv2.contourArea(hull) > LARGER * ring_area
    return np.asarray(hull, np.int32) if fits else None


def _stroke(dark: Mask, hull: NDArray[np.int32]) -> float:
    """How thick the line around the shape is, or would be."""
    width = float(np.ptp(hull[:, 0]))
    shape = cv2.fillPoly(np.zeros(dark.shape, np.uint8), [hull], (1,))
    reach = 2 * int(0.12 * width) + 1
    around = cv2.dilate(shape, np.ones((reach, reach), np.uint8)) - shape
    return max(0.06 * width, float((dark & (around > 0)).sum() / cv2.arcLength(hull, True)))


class Shutter:
    """The lid of a round eye: skin comes down inside its outline, with a line on its edge."""

    def __init__(self, picture: Floats, eye: RoundEye, *, crisp: bool) -> None:
        """`picture` is (height, width, 3), 0..255; `crisp` draws lines without soft edges."""
        self.crisp, self.stroke = crisp, eye.stroke
        margin = round(3 * eye.stroke) + 4
        left, top = np.maximum(0, eye.hull.min(axis=0) - margin)
        right, bottom = eye.hull.max(axis=0) + margin
        self.box = slice(top, bottom), slice(left, right)
        pixels = picture[self.box]
        filled = np.zeros(pixels.shape[:2], np.uint8)
        cv2.fillPoly(filled, [eye.hull - (left, top)], (1,))
        inside = filled.astype(np.float32)
        self.inside = inside if crisp else cv2.GaussianBlur(inside, (0, 0), 0.7)
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
        if self.crisp:
            line = np.round(line)
        line *= self.inside * rising(edge * self.tall.max(), 0, 0.5 * self.stroke)
        pixels += line[..., None] * (self.ink - pixels)


def _columns(filled: NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """How tall the shape is in each column, and how deep each place lies in it (0 top, 1 end)."""
    rows = np.arange(filled.shape[0], dtype=np.float32)[:, None]
    tall = filled.sum(axis=0, dtype=np.float32)[None, :]
    top = filled.argmax(axis=0).astype(np.float32)[None, :] - 0.5
    tall = np.maximum(tall, 1)
    return tall, (rows - top) / tall
