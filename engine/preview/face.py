"""One face of a picture, made to follow a score."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.eyes.face import LEFT_EYE, RIGHT_EYE, Landmarks
from engine.preview.eye import trace_eye
from engine.preview.gaze import Gaze
from engine.preview.lid import Lid
from engine.preview.round_eye import Shutter, round_eye
from engine.preview.score import Score
from engine.preview.subject import subject_of
from engine.preview.warp import Warp, amounts_at, face_fields

Pixels = NDArray[np.uint8]


class MovingFace:
    """Draws frames of a picture: the eyes first, where they are, then everything moves."""

    def __init__(self, picture: Pixels, faces: list[Landmarks]) -> None:
        """The first of `faces` moves, the others stay."""
        self.picture = picture.astype(np.float32)
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
        self.lids: list[Lid | Shutter] = []
        self.gazes: list[Gaze] = []
        for ring in (LEFT_EYE, RIGHT_EYE):
            self._add_eye(grey, faces[0].points[list(ring), :2])
        subject = subject_of(picture, [_outline(face) for face in faces])
        self.warp = Warp(face_fields(faces, subject))

    def frame(self, score: Score, number: int) -> Pixels:
        canvas = self.picture.copy()
        for gaze in self.gazes:
            gaze.look(canvas, float(score.gaze_x[number]), float(score.gaze_y[number]))
        for lid, curve in zip(self.lids, (score.left_lid, score.right_lid), strict=True):
            lid.close(canvas, float(curve[number]))
        drawn = np.clip(canvas + 0.5, 0, 255).astype(np.uint8)
        return self.warp.move(drawn, amounts_at(score, number))

    def _add_eye(self, grey: NDArray[np.float32], ring: NDArray[np.float32]) -> None:
        shape = round_eye(grey, ring)
        if shape is not None:
            self.lids.append(Shutter(self.picture, shape))
            return
        eye = trace_eye(grey, ring)
        self.lids.append(Lid(self.picture, eye))
        self.gazes.append(Gaze(self.picture, eye))


def _outline(face: Landmarks) -> NDArray[np.float32]:
    points = np.ascontiguousarray(face.points[:, :2])
    return np.asarray(cv2.convexHull(points)[:, 0], np.float32)
