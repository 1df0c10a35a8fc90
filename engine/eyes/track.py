"""One face through the frames of a clip, steadier than the mesh alone sees it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.eyes.face import LEFT_EYE, RIGHT_EYE, FaceMesh, Landmarks, Pixels

Matrix = NDArray[np.float64]

# The mesh wavers by some percent with the frame around a face. Looking at the same frame with
# different margins and averaging brings an open eye's aspect ratio from ±10 % to ±3 %.
LOOKS = ((1.7, 0.0), (2.0, 0.03), (2.4, -0.03))  # side and offset, in sides of the face's box
VIEW = 288  # px of a look; the mesh reduces the face in it to 192

# Points that expressions leave alone: nose, corners of the eyes, forehead, temples, ears.
RIGID = [33, 133, 263, 362, 168, 6, 197, 195, 5, 4, 1, 10, 151, 9, 8]
RIGID += [234, 454, 127, 356, 54, 284, 93, 323]
MOUTH_CORNERS = [61, 76, 62, 78, 291, 306, 292, 308]


@dataclass(frozen=True, slots=True)
class Pose:
    """How a head moved from one frame to another: first `turn` (2, 2), which also scales, then
    `shift` (2,), in pixels."""

    turn: Matrix
    shift: Matrix

    def apply(self, points: NDArray[np.float32] | Matrix) -> Matrix:
        moved: Matrix = points @ self.turn.T + self.shift
        return moved


class Tracker:
    """Follows the face that was found in a clip's first frame."""

    def __init__(self, mesh: FaceMesh, face: Landmarks) -> None:
        self._mesh = mesh
        self._looks = [_look_at(face, side, offset) for side, offset in LOOKS]

    def find(self, pixels: Pixels) -> Landmarks | None:
        """The face in (height, width, 3) RGB, averaged over the looks that see it."""
        seen = [face.points for look in self._looks if (face := self._see(pixels, look))]
        return Landmarks(np.mean(seen, axis=0)) if seen else None

    def _see(self, pixels: Pixels, look: Matrix) -> Landmarks | None:
        how = cv2.INTER_AREA if look[0, 0] < 1 else cv2.INTER_LINEAR
        view = cv2.warpAffine(
            pixels, look, (VIEW, VIEW), flags=how, borderMode=cv2.BORDER_REPLICATE
        )
        faces = self._mesh.find(np.asarray(view, np.uint8), thorough=False)
        if not faces:
            return None
        points = faces[0].points / look[0, 0]
        points[:, :2] -= look[:, 2] / look[0, 0]
        return Landmarks(points.astype(np.float32))


def _look_at(face: Landmarks, side: float, offset: float) -> Matrix:
    """The affine map (2, 3) from a frame into a look."""
    left, top, right, bottom = face.box
    size = max(right - left, bottom - top)
    scale = VIEW / (side * size)
    x, y = (left + right) / 2 + offset * size, (top + bottom) / 2 + offset * size
    return np.array([[scale, 0, VIEW / 2 - scale * x], [0, scale, VIEW / 2 - scale * y]])


def pose_between(start: Landmarks, end: Landmarks) -> Pose:
    """The similarity that moves the rigid points of one face nearest to the other's."""
    here, there = (face.points[RIGID, :2].astype(np.float64) for face in (start, end))
    a, b = here - here.mean(axis=0), there - there.mean(axis=0)
    scaled_cos = (a * b).sum() / (a * a).sum()
    scaled_sin = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / (a * a).sum()
    turn = np.array([[scaled_cos, -scaled_sin], [scaled_sin, scaled_cos]])
    return Pose(turn, there.mean(axis=0) - turn @ here.mean(axis=0))


def eye_aspect_ratios(face: Landmarks) -> tuple[float, float]:
    """Height over width of the left and the right eye."""
    return _aspect_ratio(face, LEFT_EYE), _aspect_ratio(face, RIGHT_EYE)


def _aspect_ratio(face: Landmarks, ring: tuple[int, ...]) -> float:
    """Soukupová and Čech (2016), with three pairs of lid points, which is steadier than two."""
    eye = face.points[list(ring), :2]
    width = np.linalg.norm(eye[0] - eye[8])
    heights = np.linalg.norm(eye[[3, 4, 5]] - eye[[13, 12, 11]], axis=1)
    return float(heights.mean() / max(float(width), 1e-6))
