"""A picture and a request into frames, on a CPU."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bot.request import AnimationRequest
from engine.eyes.face import FaceMesh
from engine.preview.canvas import canvas_of
from engine.preview.face import moving_face
from engine.preview.score import compose
from engine.preview.still import BreathingPicture

Pixels = NDArray[np.uint8]


def render(
    pixels: Pixels, request: AnimationRequest, width: int, height: int, mesh: FaceMesh
) -> Iterator[Pixels]:
    """(height, width, 3) RGB frames, `request.frames_shown` of them, as they are made.

    The largest face blinks and smiles; a picture in which no eyes can be found breathes.
    """
    canvas, score = canvas_of(pixels, width, height), compose(request)
    faces = mesh.find(canvas.picture)
    moving = moving_face(canvas, faces) or BreathingPicture(canvas)
    for number in range(score.num_frames):
        yield canvas.finished(moving.frame(score, number))
