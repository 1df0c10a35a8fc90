"""Smooth motions of the drawn: one field of displacements a gesture, added up for each frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.eyes.face import LEFT_EYE, RIGHT_EYE, Landmarks
from engine.preview.score import Score
from engine.preview.subject import inside_border, softened

Floats = NDArray[np.float32]

MOUTH = {"left": 61, "right": 291}
CHEEK = {"left": 50, "right": 280}
LOWER_LID = {"left": (163, 144, 145, 153, 154), "right": (390, 373, 374, 380, 381)}
UPPER_LID = {"left": (160, 159, 158), "right": (387, 386, 385)}
IRIS = {"left": 468, "right": 473}
BROWS = ((70, 63, 105, 66, 107), (300, 293, 334, 296, 336))
LIPS_BELOW, CHIN, NOSE = (84, 17, 314), 152, 1

PAPER_REACH = 0.008  # of the shorter side: how far outside the drawn anything may move


@dataclass(frozen=True)
class Field:
    """Displacements (height, width) in pixels for a gesture at 1: where content moves to."""

    dx: Floats
    dy: Floats


class Warp:
    """Moves a picture by the curves of a score; fields are made once."""

    def __init__(self, fields: dict[str, Field], *, crisp: bool = False) -> None:
        """`crisp` moves pixels without mixing them, as pixel art wants it."""
        self.fields = fields
        self.sampling = cv2.INTER_NEAREST if crisp else cv2.INTER_LANCZOS4
        shape = next(iter(fields.values())).dx.shape
        self.rows, self.columns = np.indices(shape, dtype=np.float32)

    def move(self, picture: NDArray[np.uint8], amounts: dict[str, float]) -> NDArray[np.uint8]:
        """The picture with the gestures at their amounts; what doesn't move stays as it is."""
        x, y = self.columns.copy(), self.rows.copy()
        for name, amount in amounts.items():
            if amount != 0 and name in self.fields:
                x -= amount * self.fields[name].dx
                y -= amount * self.fields[name].dy
        moved = cv2.remap(picture, x, y, self.sampling, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.uint8)


def amounts_at(score: Score, frame: int) -> dict[str, float]:
    """What each field of `face_fields` contributes to a frame."""
    curves = {
        "left_smile": score.left_smile,
        "right_smile": score.right_smile,
        "brows": score.brows,
        "surprise": score.surprise,
        "breath": score.breath,
        "head_x": score.head_x,
        "head_y": score.head_y,
        "roll": score.roll,
        "left_lower_lid": np.maximum(score.left_lid, 0.7 * score.left_smile),
        "right_lower_lid": np.maximum(score.right_lid, 0.7 * score.right_smile),
    }
    return {name: float(curve[frame]) for name, curve in curves.items()}


def face_fields(faces: list[Landmarks], subject: NDArray[np.bool_]) -> dict[str, Field]:
    """The gestures of the first face, by name; outside `subject` and in other faces nothing
    moves."""
    face = faces[0]
    points, unit = face.points[:, :2], face.eye_distance
    rows, columns = np.indices(subject.shape, dtype=np.float32)
    place = np.stack([columns, rows], -1)
    free = softened(subject, PAPER_REACH * min(subject.shape)) * inside_border(
        subject.shape, 0.08 * unit
    )
    for other in faces[1:]:
        free *= 1 - _head(other.points[:, :2], place, other.eye_distance)
    head = _head(points, place, unit) * free
    fields = {
        "breath": _breath(points, place, unit, free),
        "head_x": Field(head * _dome(points, place) * unit, np.zeros_like(head)),
        "head_y": Field(np.zeros_like(head), head * _dome(points, place) * unit),
        "roll": _roll(points, place, head),
        "brows": _toward(_along(place, points, BROWS, 0.17 * unit) * free, 0, -0.05 * unit),
        "surprise": _surprise(points, place, unit, free),
    }
    for side, outward in (("left", -1), ("right", 1)):
        fields[f"{side}_smile"] = _smile(points, place, unit, free, side, outward)
        lid = _along(place, points, (LOWER_LID[side],), 0.07 * unit)
        fields[f"{side}_lower_lid"] = _toward(lid * free, 0, -0.014 * unit)
    return fields


def _toward(weight: Floats, x: float, y: float) -> Field:
    return Field((weight * x).astype(np.float32), (weight * y).astype(np.float32))


def _bump(place: Floats, centre: Floats, sigma: float) -> Floats:
    away = ((place - centre) ** 2).sum(axis=-1)
    return np.asarray(np.exp(-away / (2 * sigma * sigma)), np.float32)


def _along(
    place: Floats, points: Floats, lines: tuple[tuple[int, ...], ...], sigma: float
) -> Floats:
    """1 on lines through landmarks, falling off beside them."""
    drawn = np.ones(place.shape[:2], np.uint8)
    for line in lines:
        cv2.polylines(drawn, [points[list(line)].astype(np.int32)], False, (0,))
    away = cv2.distanceTransform(drawn, cv2.DIST_L2, 5)
    weight = np.exp(-(away**2) / (2 * sigma * sigma))
    return np.asarray(cv2.GaussianBlur(weight, (0, 0), 0.3 * sigma), np.float32)


def _smile(
    points: Floats, place: Floats, unit: float, free: Floats, side: str, outward: int
) -> Field:
    """A corner of the mouth goes up and outward, the cheek above it lifts."""
    corner = _bump(place, points[MOUTH[side]], 0.17 * unit)
    cheek = _bump(place, points[CHEEK[side]], 0.22 * unit)
    dx = free * outward * unit * (0.035 * corner + 0.006 * cheek)
    dy = -free * unit * (0.062 * corner + 0.022 * cheek)
    return Field(dx.astype(np.float32), dy.astype(np.float32))


def _surprise(points: Floats, place: Floats, unit: float, free: Floats) -> Field:
    """Brows high, upper lids a little up, chin and lower lip down."""
    brows = _along(place, points, BROWS, 0.2 * unit)
    lids = sum(_bump(place, points[list(UPPER_LID[s])].mean(0), 0.1 * unit) for s in UPPER_LID)
    jaw = _along(place, points, (LIPS_BELOW,), 0.2 * unit) + _bump(place, points[CHIN], 0.3 * unit)
    return _toward((-0.075 * brows - 0.022 * lids + 0.03 * jaw) * free, 0, unit)


def _head(points: Floats, place: Floats, unit: float) -> Floats:
    """1 in the face, fading through hair and neck."""
    left, right = points[list(LEFT_EYE)].mean(0), points[list(RIGHT_EYE)].mean(0)
    centre = 0.5 * (left + right) + (points[NOSE] - 0.5 * (left + right)) * 0.6
    offset = (place - centre) / unit
    away = np.sqrt(
        offset[..., 0] ** 2 + (offset[..., 1] * np.where(offset[..., 1] > 0, 1, 0.85)) ** 2
    )
    share = np.clip((2.6 - away) / 1.5, 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def _dome(points: Floats, place: Floats) -> Floats:
    """What is near the viewer moves farther, as on a turning head."""
    width = np.linalg.norm(points[454] - points[234])
    away = np.linalg.norm(place - points[NOSE], axis=-1) / width
    return np.asarray(0.7 + 0.5 * np.exp(-2 * away**2), np.float32)


def _roll(points: Floats, place: Floats, head: Floats) -> Field:
    """A degree of tilt around the neck."""
    offset = place - points[CHIN]
    angle = np.radians(1.0)
    return Field(-head * angle * offset[..., 1], head * angle * offset[..., 0])


def _breath(points: Floats, place: Floats, unit: float, free: Floats) -> Field:
    """Shoulders rise, and the head on them a little; never more than two pixels."""
    below = np.clip((place[..., 1] - points[CHIN][1]) / (0.5 * unit) + 0.2, 0, 1)
    weight = 0.35 + 0.65 * below * below * (3 - 2 * below)
    return _toward(weight * free, 0, -min(1.6, 0.009 * unit))
