"""One face of a picture, made to follow a score."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.eyes.face import LEFT_EYE, RIGHT_EYE, Landmarks
from engine.preview.canvas import Canvas
from engine.preview.eye import trace_eye
from engine.preview.gaze import Gaze
from engine.preview.lid import Lid
from engine.preview.round_eye import Shutter, round_eye
from engine.preview.score import Score
from engine.preview.subject import subject_of
from engine.preview.warp import Warp, amounts_at, face_fields

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


JAW = (149, 176, 148, 152, 377, 400, 378)  # of the mesh, left to right
NECK = 0.45  # how far below the jaw a nodding chin must not meet the still paper

Lids = Sequence[Lid | Shutter]


class MovingFace:
    """Draws frames of a picture: the eyes first, where they are, then everything moves."""

    def __init__(self, picture: Floats, lids: Lids, gazes: Sequence[Gaze], warp: Warp) -> None:
        """`lids` are the left one and the right one."""
        self.picture, self.lids, self.gazes, self.warp = picture, lids, gazes, warp

    def frame(self, score: Score, number: int) -> Pixels:
        canvas = self.picture.copy()
        for gaze in self.gazes:
            gaze.look(canvas, float(score.gaze_x[number]), float(score.gaze_y[number]))
        for lid, curve in zip(self.lids, (score.left_lid, score.right_lid), strict=True):
            lid.close(canvas, float(curve[number]))
        drawn = np.clip(canvas + 0.5, 0, 255).astype(np.uint8)
        return self.warp.move(drawn, amounts_at(score, number))


def moving_face(canvas: Canvas, faces: list[Landmarks]) -> MovingFace | None:
    """The first of `faces`, the others stay; None where there is no face whose eyes are drawn
    where the mesh sees them."""
    if not faces:
        return None
    picture = canvas.picture.astype(np.float32)
    rings = [faces[0].points[list(ring), :2] for ring in (LEFT_EYE, RIGHT_EYE)]
    eyes = _eyes(picture, rings, canvas.cell)
    if eyes is None:
        return None
    subject = subject_of(canvas.picture, [_outline(face) for face in faces])
    warp = Warp(face_fields(faces, subject), crisp=canvas.art is not None)
    return MovingFace(picture, *eyes, warp)


def _eyes(
    picture: Floats, rings: list[Floats], finest: float
) -> tuple[Lids, Sequence[Gaze]] | None:
    """The lids of both eyes and what moves between them; round eyes look straight on.
    `finest` is the thinnest line that can be drawn, in pixels."""
    left, right = (round_eye(picture, ring, finest) for ring in rings)
    if left is not None and right is not None:
        return [Shutter(picture, eye, crisp=finest > 1) for eye in (left, right)], []
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)
    eyes = [eye for ring in rings if (eye := trace_eye(grey, ring)) is not None]
    if len(eyes) < len(rings):
        return None
    return [Lid(picture, eye) for eye in eyes], [Gaze(picture, eye) for eye in eyes]


def _outline(face: Landmarks) -> NDArray[np.float32]:
    """Around the face and the beginning of the neck, which is often not drawn."""
    neck = face.points[list(JAW), :2] + (0, NECK * face.eye_distance)
    points = np.concatenate([face.points[:, :2], neck]).astype(np.float32)
    return np.asarray(cv2.convexHull(points)[:, 0], np.float32)
