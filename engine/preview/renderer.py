"""A picture and a request into frames, on a CPU."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.request import AnimationRequest
from engine.eyes.face import LEFT_EYE, RIGHT_EYE, FaceMesh, Landmarks
from engine.preview.eye import trace_eye
from engine.preview.gaze import Gaze
from engine.preview.lid import Lid
from engine.preview.score import Score, compose
from engine.preview.still import still_fields
from engine.preview.subject import subject_of
from engine.preview.warp import Warp, amounts_at, face_fields

Pixels = NDArray[np.uint8]


def render(
    pixels: Pixels, request: AnimationRequest, width: int, height: int, mesh: FaceMesh
) -> Iterator[Pixels]:
    """(height, width, 3) RGB frames, `request.frames_shown` of them, as they are made."""
    picture = np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_LANCZOS4))
    faces, score = mesh.find(picture), compose(request)
    yield from _animate(picture, faces[0], score) if faces else _breathe(picture, score)


def _animate(picture: Pixels, face: Landmarks, score: Score) -> Iterator[Pixels]:
    """The lids close over the eyes, then everything that is drawn moves."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    soft = picture.astype(np.float32)
    rings = (face.points[list(ring), :2] for ring in (LEFT_EYE, RIGHT_EYE))
    eyes = [trace_eye(grey, ring) for ring in rings]
    lids, gazes = [Lid(soft, eye) for eye in eyes], [Gaze(soft, eye) for eye in eyes]
    outline = cv2.convexHull(np.ascontiguousarray(face.points[:, :2]))[:, 0]
    warp = Warp(picture.shape, face_fields(face, subject_of(picture, [outline])))
    for frame in range(score.num_frames):
        canvas = soft.copy()
        for gaze in gazes:
            gaze.look(canvas, float(score.gaze_x[frame]), float(score.gaze_y[frame]))
        for lid, curve in zip(lids, (score.left_lid, score.right_lid), strict=True):
            lid.close(canvas, float(curve[frame]))
        drawn = np.clip(canvas + 0.5, 0, 255).astype(np.uint8)
        yield warp.move(drawn, amounts_at(score, frame))


def _breathe(picture: Pixels, score: Score) -> Iterator[Pixels]:
    """No face: the drawing swells and sways a little."""
    warp = Warp(picture.shape, still_fields(subject_of(picture, [])))
    for frame in range(score.num_frames):
        yield warp.move(picture, amounts_at(score, frame))
