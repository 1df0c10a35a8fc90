from __future__ import annotations

import numpy as np
import pytest

from engine.eyes.face import FaceMesh, Landmarks
from engine.eyes.track import Tracker, eye_aspect_ratios, pose_between
from tests.engine.eyes.portrait import Look, clip, portrait


def test_pose_finds_the_turn_the_scale_and_the_shift_of_a_head() -> None:
    points = np.random.default_rng(0).uniform(0, 500, (478, 3)).astype(np.float32)
    cos, sin = 1.1 * np.cos(0.2), 1.1 * np.sin(0.2)
    turn = np.array([[cos, -sin], [sin, cos]])
    there = np.c_[points[:, :2] @ turn.T + (30, -12), points[:, 2]].astype(np.float32)
    pose = pose_between(Landmarks(points), Landmarks(there))
    assert pose.turn == pytest.approx(turn, abs=1e-3)
    assert pose.shift == pytest.approx((30, -12), abs=0.2)
    assert pose.apply(points[:, :2]) == pytest.approx(there[:, :2], abs=0.2)


def test_a_tracked_eye_wavers_little_under_noise() -> None:
    mesh = FaceMesh()
    tracker = Tracker(mesh, mesh.find(portrait())[0])
    faces = [tracker.find(frame) for frame in clip([Look()] * 12, noise=6)]
    ratios = np.array([eye_aspect_ratios(face) for face in faces if face])
    mesh.close()
    assert len(ratios) == 12
    assert (ratios.std(axis=0) / ratios.mean(axis=0)).max() < 0.05


def test_a_face_that_is_gone_is_not_found() -> None:
    mesh = FaceMesh()
    tracker = Tracker(mesh, mesh.find(portrait())[0])
    assert tracker.find(np.full((512, 512, 3), 255, np.uint8)) is None
    mesh.close()
