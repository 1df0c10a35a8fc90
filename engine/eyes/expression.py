"""What a face does in a clip: eyes, mouth and head from frame to frame, and a verdict."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bot.measurement import Curves, Measurement, Verdict
from engine.eyes.blinks import SHUT, blinks_of
from engine.eyes.face import FaceMesh, Landmarks, Pixels
from engine.eyes.structure import Structure
from engine.eyes.track import MOUTH_CORNERS, Tracker, eye_aspect_ratios, pose_between

MOST_UNSEEN = 1 / 3  # share of frames without a face beyond which a clip can't be measured
RESTING = 0.12  # how far from its first frames an eye is still as open as it is at rest

Rows = NDArray[np.float64]


def measure(frames: Iterable[Pixels], fps: int, mesh: FaceMesh) -> Measurement:
    """Measure a clip from its frames, (height, width, 3) RGB, which are read once and not kept.

    Eyes are measured by the mesh alone: the aspect ratio of its eye outlines, averaged over
    several looks. On drawings it understates how far a lid sinks (a closed eye reads 0.1 to
    0.7, by how its lid is drawn); `Curves` and the depth of blinks pass that on as it is.
    """
    stream = iter(frames)
    first = next(stream, None)
    if first is None:
        return Measurement(Verdict.UNMEASURED)
    structure, face = Structure(first), _FaceInClip.of(mesh, first)
    for frame in stream:
        structure.feed(frame)
        if face:
            face.feed(frame)
    curves = face.curves() if face else None
    if structure.torn:
        return Measurement(Verdict.TORN, curves=curves)
    verdict = Verdict.FROZEN if structure.frozen else Verdict.FINE
    if curves is None:
        return Measurement(verdict if structure.frozen else Verdict.UNMEASURED)
    return _described(verdict, curves, fps)


class _FaceInClip:
    """The first frame's face, and a row of numbers for each frame: both eye aspect ratios, lift
    of the mouth corners, x and y of the head; NaN where the face was not seen."""

    def __init__(self, tracker: Tracker, start: Landmarks) -> None:
        self._tracker = tracker
        self._start = start
        self._rows = [self._row(start)]

    @classmethod
    def of(cls, mesh: FaceMesh, first: Pixels) -> _FaceInClip | None:
        faces = mesh.find(first)
        if not faces:
            return None
        tracker = Tracker(mesh, faces[0])
        return cls(tracker, tracker.find(first) or faces[0])

    def feed(self, frame: Pixels) -> None:
        face = self._tracker.find(frame)
        self._rows.append(self._row(face) if face else (np.nan,) * 5)

    def curves(self) -> Curves | None:
        """None where the face was lost for too long; short gaps are bridged."""
        rows = np.array(self._rows)
        seen = np.flatnonzero(~np.isnan(rows[:, 0]))
        if len(seen) < (1 - MOST_UNSEEN) * len(rows):
            return None
        frames = np.arange(len(rows))
        columns = [np.interp(frames, seen, column[seen]) for column in rows.T]
        left, right = (eye / _open_value(eye) for eye in columns[:2])
        return Curves(*(_plain(curve) for curve in (left, right, *columns[2:])))

    def _row(self, face: Landmarks) -> tuple[float, ...]:
        pose = pose_between(face, self._start)
        lifted = (
            self._start.points[MOUTH_CORNERS, 1] - pose.apply(face.points[MOUTH_CORNERS, :2])[:, 1]
        )
        middle = self._start.points[:, :2].mean(axis=0).astype(np.float64)
        moved = pose_between(self._start, face).apply(middle) - middle
        unit = self._start.eye_distance
        x, y = moved / unit
        return (*eye_aspect_ratios(face), float(lifted.mean()) / unit, float(x), float(y))


def _open_value(eye: Rows) -> float:
    """The aspect ratio of an eye at rest: the middle of those that are near the first frames'
    (which show the sketch), so that neither long blinks nor wide eyes shift it."""
    begin = float(np.median(eye[:3]))
    resting = eye[np.abs(eye / max(begin, 1e-6) - 1) < RESTING]
    return max(float(np.median(resting)) if resting.size else begin, 1e-6)


def _plain(curve: Rows) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in curve)


def _described(verdict: Verdict, curves: Curves, fps: int) -> Measurement:
    smile, smile_at = _smile(curves)
    drift = np.hypot(_steadied(np.array(curves.drift_x)), _steadied(np.array(curves.drift_y)))
    return Measurement(
        verdict,
        blinks=blinks_of(curves.left_eye, curves.right_eye, fps),
        smile=round(smile, 4),
        smile_at_s=round(smile_at / fps, 3),
        drift=round(float(drift.max()), 4),
        curves=curves,
    )


def _smile(curves: Curves) -> tuple[float, int]:
    """The largest lift and its frame, while both eyes are open: where a lid falls, the mesh
    moves the mouth along by up to 0.03."""
    mouth = _steadied(np.array(curves.mouth))
    eyes_open = np.minimum(curves.left_eye, curves.right_eye) > SHUT
    seen = np.where(eyes_open, mouth, -np.inf) if eyes_open.any() else mouth
    peak = int(seen.argmax())
    return max(0.0, float(seen[peak])), peak


def _steadied(curve: Rows) -> Rows:
    """The median of each value and its neighbours: one wavering frame makes no maximum."""
    padded = np.pad(curve, 1, mode="edge")
    return np.asarray(np.median([padded[:-2], padded[1:-1], padded[2:]], axis=0))
