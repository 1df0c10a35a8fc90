"""Where the faces of a picture are: mediapipe's face mesh, fitted to pictures of any shape."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from itertools import product
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

NOSE_AT_CHEEK_DEGREES = 40  # a head turned so far has the tip of its nose above the far cheek

PAPER_MARGIN = 0.25  # around a face that fills the picture, in sides of the picture
CLOSER_MARGIN = 0.5  # around a face that is looked at again, in sides of its box
PARTS = (0.6, 0.36)  # sides of the parts that are searched; the mesh sees faces over 15 % of one
SMALLEST_SIDE = 192  # the mesh's own input is that large; smaller parts hold nothing new


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
        by_depth = abs(float(np.degrees(np.arctan2(right[2] - left[2], width))))
        nose_at = float((nose[:2] - left[:2]) @ across) / width**2  # 0.5 straight on
        slope = abs(nose_at - 0.5) / 0.5 * np.tan(np.radians(NOSE_AT_CHEEK_DEGREES))
        by_nose = float(np.degrees(np.arctan(slope)))
        return float(np.clip(1 - max(by_depth, by_nose) / 90, 0, 1))

    def holds(self, other: Landmarks) -> bool:
        left, top, right, bottom = self.box
        x, y = other.points[:, :2].mean(axis=0)
        return bool(left < x < right and top < y < bottom)

    def has_eyes_within(self, width: int, height: int) -> bool:
        eyes = self.points[[*LEFT_EYE, *RIGHT_EYE], :2]
        return bool((eyes >= 0).all() and (eyes < (width, height)).all())

    def agrees(self, other: Landmarks) -> bool:
        """Whether both are the same face, within what the mesh itself wavers."""
        apart = np.linalg.norm((self.points - other.points).mean(axis=0)[:2])
        alike = 0.75 < other.eye_distance / max(self.eye_distance, 1e-6) < 1.33
        return bool(alike and apart < 0.3 * self.eye_distance)

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
            # its threads go on starting, and chattering, until they have seen a picture
            self._mesh.process(np.zeros((SMALLEST_SIDE, SMALLEST_SIDE, 3), np.uint8))
        self._lock = threading.Lock()
        self._chatty = True  # until it has seen its first face, it writes to stderr

    def find(self, pixels: Pixels, *, thorough: bool = True) -> list[Landmarks]:
        """The faces of (height, width, 3) RGB pixels, largest first.

        `thorough` looks once more with paper around the picture (a face that fills it), and
        where there is still none, in parts of it (a small one); what a closer look does not
        confirm is dropped.
        """
        found = self._look(pixels, 0, 0)
        if not thorough:
            return _distinct(found)
        found = self._confirmed(pixels, found + self._look(pixels, 0, 0, PAPER_MARGIN))
        parts = () if found else _parts(pixels)
        for part in parts:
            if found := self._confirmed(pixels, self._look(*part)):
                break
        return _distinct(found)

    def close(self) -> None:
        with self._lock:
            self._mesh.close()

    def _look(self, pixels: Pixels, x: int, y: int, margin: float = 0.0) -> list[Landmarks]:
        """Faces of a part that begins at x, y, in pixels of the whole."""
        square, pad_x, pad_y = _squared(pixels, margin)
        return [face.moved(x - pad_x, y - pad_y) for face in self._process(square)]

    def _confirmed(self, pixels: Pixels, found: list[Landmarks]) -> list[Landmarks]:
        """Those with both eyes in the picture (the mesh makes up what is cut off) that are found
        again from nearer by (in textures it sees faces which change with the frame)."""
        height, width = pixels.shape[:2]
        whole = [face for face in found if face.has_eyes_within(width, height)]
        return [face for face in whole if any(map(face.agrees, self._look_closer(pixels, face)))]

    def _look_closer(self, pixels: Pixels, face: Landmarks) -> list[Landmarks]:
        left, top, right, bottom = face.box
        more = CLOSER_MARGIN * max(right - left, bottom - top)
        x, y = max(0, int(left - more)), max(0, int(top - more))
        part = pixels[y : max(y + 1, int(bottom + more)), x : max(x + 1, int(right + more))]
        return self._look(part, x, y, PAPER_MARGIN) if part.size else []

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


def _distinct(found: list[Landmarks]) -> list[Landmarks]:
    """Largest first, without those inside a larger one: at close range the mesh takes an eye
    for a face, and two looks see the same one twice."""
    kept: list[Landmarks] = []
    for face in sorted(found, key=lambda face: face.eye_distance, reverse=True):
        if not any(larger.holds(face) for larger in kept):
            kept.append(face)
    return kept


def _parts(pixels: Pixels) -> Iterator[tuple[Pixels, int, int]]:
    """Overlapping squares of the picture with their left and top, large ones first."""
    height, width = pixels.shape[:2]
    sides = [round(part * min(height, width)) for part in PARTS]
    for side in (side for side in sides if side >= SMALLEST_SIDE):
        for y, x in product(_starts(height, side), _starts(width, side)):
            yield pixels[y : y + side, x : x + side], x, y


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
