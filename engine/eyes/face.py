"""Where the faces of a picture are: mediapipe's face mesh, fitted to pictures of any shape."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.inspection import Face
from engine.eyes.quiet import quiet_stderr

Pixels = NDArray[np.uint8]

# Rings of the eyes in the mesh, from the outer corner over the upper lid to the inner corner
# and back below; left and right as the viewer sees them (mediapipe names the person's side).
LEFT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
RIGHT_EYE = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
LEFT_CHEEK, RIGHT_CHEEK, NOSE_TIP = 234, 454, 1

PAPER_MARGIN = 0.25  # around a face that fills the picture, in sides of the picture
SMALLEST_SIDE = 192  # the mesh's own input is that large; smaller tiles hold nothing new


@dataclass(frozen=True)
class Landmarks:
    """`points` is (478, 3): x and y in pixels of the picture, z the mesh's relative depth in
    pixels (smaller is nearer); mediapipe's indices, the irises are 468..477."""

    points: NDArray[np.float32]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the mesh: forehead to chin, ear to ear."""
        left, top = self.points[:, :2].min(axis=0)
        right, bottom = self.points[:, :2].max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    @cached_property
    def eye_distance(self) -> float:
        """Between the centres of the eyes, in pixels."""
        left, right = self.points[list(LEFT_EYE)], self.points[list(RIGHT_EYE)]
        return float(np.linalg.norm(left.mean(axis=0)[:2] - right.mean(axis=0)[:2]))

    @property
    def frontal(self) -> float:
        """1 straight on, 0 in profile: how far the head is turned, by depth and by the nose's
        place between the cheeks, whichever says more."""
        left, right, nose = self.points[[LEFT_CHEEK, RIGHT_CHEEK, NOSE_TIP]]
        across = right[:2] - left[:2]
        width = float(np.linalg.norm(across)) or 1.0
        by_depth = abs(np.degrees(np.arctan2(float(right[2] - left[2]), width))) / 90
        nose_at = float((nose[:2] - left[:2]) @ across) / width**2  # 0.5 straight on
        return float(np.clip(1 - max(by_depth, 2 * abs(nose_at - 0.5)), 0, 1))

    def moved(self, x: float, y: float) -> Landmarks:
        return Landmarks(self.points + np.array([x, y, 0], np.float32))


class FaceMesh:
    """The mesh of the faces in single pictures; one instance may be shared by threads."""

    def __init__(self, max_faces: int = 4) -> None:
        with quiet_stderr():
            from mediapipe.python.solutions import face_mesh  # half a second, and it chatters

            self._mesh: Any = face_mesh.FaceMesh(
                static_image_mode=True, max_num_faces=max_faces, refine_landmarks=True
            )
        self._lock = threading.Lock()
        self._chatty = True  # until it has seen its first face, it writes to stderr

    def find(self, pixels: Pixels, *, thorough: bool = True) -> list[Landmarks]:
        """The faces of (height, width, 3) RGB pixels, largest first.

        `thorough` looks again where there seems to be none: with more paper around the picture
        (a face that fills it), then in parts of it (a small one).
        """
        views = _views(pixels) if thorough else iter([(0, 0, pixels, 0.0)])
        for x, y, view, margin in views:
            square, pad_x, pad_y = _squared(view, margin)
            if faces := self._process(square):
                placed = [face.moved(x - pad_x, y - pad_y) for face in faces]
                return sorted(placed, key=lambda face: face.eye_distance, reverse=True)
        return []

    def close(self) -> None:
        with self._lock:
            self._mesh.close()

    def _process(self, square: Pixels) -> list[Landmarks]:
        with self._lock, self._hushed():
            found = self._mesh.process(square).multi_face_landmarks or []
            self._chatty = self._chatty and not found
        side = square.shape[0]
        return [
            Landmarks(np.array([(p.x, p.y, p.z) for p in face.landmark], np.float32) * side)
            for face in found
        ]

    def _hushed(self) -> AbstractContextManager[None]:
        return quiet_stderr() if self._chatty else nullcontext()


def faces_of(landmarks: list[Landmarks], width: int, height: int) -> tuple[Face, ...]:
    """The boxes of found faces, cut to the picture, in the order given."""
    return tuple(_face_of(face, width, height) for face in landmarks)


def _face_of(face: Landmarks, width: int, height: int) -> Face:
    left, top, right, bottom = face.box
    x, y = max(0, round(left)), max(0, round(top))
    return Face(
        x=x,
        y=y,
        width=min(width, round(right)) - x,
        height=min(height, round(bottom)) - y,
        frontal=round(face.frontal, 3),
    )


def _views(pixels: Pixels) -> Iterator[tuple[int, int, Pixels, float]]:
    """Left, top, pixels and margin of each look at the picture, the likeliest first."""
    yield 0, 0, pixels, 0.0
    yield 0, 0, pixels, PAPER_MARGIN
    height, width = pixels.shape[:2]
    side = round(0.6 * min(height, width))
    if side < SMALLEST_SIDE:
        return
    for y in _starts(height, side):
        for x in _starts(width, side):
            yield x, y, pixels[y : y + side, x : x + side], 0.0


def _starts(length: int, side: int) -> list[int]:
    """Where tiles of `side` begin so that neighbours overlap by a third or more."""
    count = 1 + int(np.ceil((length - side) / (side * 2 / 3)))
    return [int(start) for start in np.linspace(0, length - side, count)]


def _squared(pixels: Pixels, margin: float) -> tuple[Pixels, int, int]:
    """On a square of the border's own colour, since the mesh misplaces points of oblong
    pictures; also what was added at the left and at the top."""
    height, width = pixels.shape[:2]
    side = round(max(height, width) * (1 + 2 * margin))
    if side == height == width:
        return np.ascontiguousarray(pixels), 0, 0
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    square = np.empty((side, side, 3), np.uint8)
    square[:] = np.median(border, axis=0)
    x, y = (side - width) // 2, (side - height) // 2
    square[y : y + height, x : x + width] = pixels
    return square, x, y
