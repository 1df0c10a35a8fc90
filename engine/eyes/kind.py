"""Drawing or photo: a cheap guess, so that photos of people are asked about."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.inspection import PictureKind
from engine.eyes.face import Landmarks, Pixels

PICTURE_SIDE, FACE_WIDTH = 384, 160  # px to which a picture and a face are brought
LIGHT_SPREAD = 25  # px: light that falls unevenly on paper changes no faster

# Measured on some 40 photos of people and 30 drawings (inked, pencilled, anime, crayon, each
# also as JPEG, blurred and photographed under uneven light): skin in photos is shaded, in
# drawings left as paper or filled flat.
EMPTY_FACE = 0.62  # share of a face as bright as its brightest parts; photos reach 0.55
FLAT_FACE = 0.09  # share of a face without any shading; photos reach 0.07
PAPER = 0.4  # share of a picture that is empty paper; photos on white reach it too ...
COLOURLESS = 12  # ... but there what is not paper has colour (mean of max - min of RGB)
FLAT_PICTURE = 0.5  # share of a picture filled flat, where no face can be judged


def kind_of(pixels: Pixels, faces: Sequence[Landmarks]) -> PictureKind:
    """Guess from (height, width, 3) RGB and the faces in it, largest first.

    Shaded drawings in colour or on toned paper pass for photos, black and white photos on a
    white ground for drawings.
    """
    small = _scaled(pixels, min(1.0, PICTURE_SIDE / max(pixels.shape[:2])))
    drawn = _is_drawn_on_paper(small) or (_is_drawn_face(pixels, faces[0]) if faces else False)
    if not faces:
        drawn = _paper(small).mean() > PAPER or _flat(_grey(small)).mean() > FLAT_PICTURE
    return PictureKind.DRAWING if drawn else PictureKind.PHOTO


def _is_drawn_on_paper(pixels: Pixels) -> bool:
    paper = _paper(pixels)
    if paper.mean() < PAPER:
        return False
    white = np.median(pixels[paper], axis=0)
    rest = np.clip(pixels[~paper] / np.maximum(white, 1) * 255, 0, 255)
    return not rest.size or float(np.ptp(rest, axis=1).mean()) < COLOURLESS


def _is_drawn_face(pixels: Pixels, face: Landmarks) -> bool:
    left, top, right, bottom = (max(0, round(edge)) for edge in face.box)
    part = pixels[top:bottom, left:right]
    if not part.size:
        return False
    scale = FACE_WIDTH / part.shape[1]
    grey = _grey(_scaled(part, scale))
    inside = np.zeros(grey.shape, np.uint8)
    hull = cv2.convexHull((face.points[:, :2] - (left, top)).astype(np.float32) * scale)
    cv2.fillConvexPoly(inside, hull.astype(np.int32), (1,))
    skin = inside.astype(bool)
    empty = (_evenly_lit(grey) > 0.88)[skin].mean()
    return bool(empty > EMPTY_FACE or _flat(grey)[skin].mean() > FLAT_FACE)


def _paper(pixels: Pixels) -> NDArray[np.bool_]:
    """Where the picture is bright for its surroundings and without detail."""
    grey = _grey(pixels)
    bright = (_evenly_lit(grey) > 0.88) & (grey > 105)
    empty: NDArray[np.bool_] = bright & (_local_range(grey) < 14)
    return empty


def _flat(grey: NDArray[np.float32]) -> NDArray[np.bool_]:
    return np.asarray(_local_range(grey) < 2)


def _local_range(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    around = np.ones((3, 3), np.uint8)
    return np.asarray(cv2.dilate(grey, around) - cv2.erode(grey, around))


def _evenly_lit(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Brightness over that of the brightest places nearby: 1 on white paper in any light."""
    brightest = cv2.dilate(grey, np.ones((LIGHT_SPREAD, LIGHT_SPREAD), np.uint8))
    light = cv2.GaussianBlur(brightest, (2 * LIGHT_SPREAD + 1, 2 * LIGHT_SPREAD + 1), 0)
    return np.asarray(grey / np.maximum(light, 1))


def _grey(pixels: Pixels) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.float32)


def _scaled(pixels: Pixels, scale: float) -> Pixels:
    height, width = pixels.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)
