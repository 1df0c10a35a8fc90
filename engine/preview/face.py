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


class MovingFace:
    """Draws frames of a picture: the eyes first, where they are, then everything moves."""

    def __init__(self, canvas: Canvas, faces: list[Landmarks]) -> None:
        """The first of `faces` moves, the others stay."""
        self.picture = canvas.picture.astype(np.float32)
        rings = [faces[0].points[list(ring), :2] for ring in (LEFT_EYE, RIGHT_EYE)]
        self.lids, self.gazes = _eyes(self.picture, rings, canvas.cell)
        subject = subject_of(canvas.picture, [_outline(face) for face in faces])
        self.warp = Warp(face_fields(faces, subject), crisp=canvas.art is not None)

    def frame(self, score: Score, number: int) -> Pixels:
        canvas = self.picture.copy()
        for gaze in self.gazes:
            gaze.look(canvas, float(score.gaze_x[number]), float(score.gaze_y[number]))
        for lid, curve in zip(self.lids, (score.left_lid, score.right_lid), strict=True):
            lid.close(canvas, float(curve[number]))
        drawn = np.clip(canvas + 0.5, 0, 255).astype(np.uint8)
        return self.warp.move(drawn, amounts_at(score, number))


def _eyes(
    picture: Floats, rings: list[Floats], finest: float
) -> tuple[Sequence[Lid | Shutter], list[Gaze]]:
    """The lids of both eyes and what moves between them; round eyes look straight on.
    `finest` is the thinnest line that can be drawn, in pixels."""
    left, right = (round_eye(picture, ring, finest) for ring in rings)
    if left is not None and right is not None:
        return [Shutter(picture, eye, crisp=finest > 1) for eye in (left, right)], []
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)
    eyes = [trace_eye(grey, ring) for ring in rings]
    return [Lid(picture, eye) for eye in eyes], [Gaze(picture, eye) for eye in eyes]


def _outline(face: Landmarks) -> NDArray[np.float32]:
    points = np.ascontiguousarray(face.points[:, :2])
    return np.asarray(cv2.convexHull(points)[:, 0], np.float32)
