"""Clips whose blinks and smiles are known because every frame was drawn with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from bot.measurement import Eye, Measurement, Verdict
from engine.eyes.expression import measure
from engine.eyes.face import FaceMesh
from tests.engine.eyes.portrait import Look, Pixels, clip, portrait

FPS = 8
REST = [Look()] * 5
ONE_LID = [Look(left=0.5), Look(left=0.2), Look(left=0.6)]
BOTH = [Look(0.5, 0.5), Look(0, 0), Look(0, 0), Look(0.4, 0.8), Look(0.9, 1)]
SMILE = [Look(smile=lift) for lift in (1, 2, 3, 4, 4, 4)]


@pytest.fixture(scope="module")
def mesh() -> Iterator[FaceMesh]:
    mesh = FaceMesh()
    yield mesh
    mesh.close()


def measured(mesh: FaceMesh, looks: Sequence[Look], noise: float = 3) -> Measurement:
    """With grain, since drawn frames that repeat would not make the mesh waver."""
    return measure(clip(looks, noise), FPS, mesh)


def test_one_lid_then_both_then_a_smile_are_seen_as_they_were_drawn(mesh: FaceMesh) -> None:
    seen = measured(mesh, REST + ONE_LID + REST + BOTH + REST + SMILE)
    one, both = seen.blinks
    assert seen.verdict is Verdict.FINE
    assert one.eye is Eye.LEFT
    assert one.deepest_s == pytest.approx(6 / FPS, abs=0.07)
    assert one.depth > 0.5
    assert both.eye is Eye.BOTH
    assert both.leads is Eye.RIGHT
    assert 12 / FPS <= both.start_s <= 13 / FPS
    assert both.deepest_s == pytest.approx(14.5 / FPS, abs=0.07)
    assert 15.5 / FPS <= both.end_s <= 18 / FPS
    assert both.depth > 0.6
    assert seen.smile == pytest.approx(0.04, abs=0.015)
    assert seen.smile_at_s is not None
    assert seen.smile_at_s >= 25 / FPS


def test_a_wink_of_the_right_eye(mesh: FaceMesh) -> None:
    wink = [Look(right=0.4), Look(right=0), Look(right=0.1), Look(right=0.6)]
    (blink,) = measured(mesh, REST + wink + REST).blinks
    assert blink.eye is Eye.RIGHT


def test_no_blink_and_no_smile_are_seen_where_none_were_drawn(mesh: FaceMesh) -> None:
    swaying = [Look(x=2 * np.sin(frame / 4)) for frame in range(30)]
    seen = measured(mesh, swaying, noise=6)
    assert seen.verdict is Verdict.FINE
    assert seen.blinks == ()
    assert seen.smile is not None
    assert seen.smile < 0.015


def test_the_drift_of_a_head_is_told_in_eye_distances(mesh: FaceMesh) -> None:
    seen = measured(mesh, [Look(x=frame, y=-frame / 2) for frame in range(11)])
    assert seen.curves is not None
    assert seen.curves.drift_x[-1] == pytest.approx(0.10, abs=0.02)
    assert seen.curves.drift_y[-1] == pytest.approx(-0.05, abs=0.02)
    assert seen.drift == pytest.approx(0.11, abs=0.02)
    assert seen.smile is not None
    assert seen.smile < 0.02


def test_wide_eyes_do_not_make_the_resting_ones_a_blink(mesh: FaceMesh) -> None:
    surprised = [Look(1.4, 1.4)] * 10
    seen = measured(mesh, REST + surprised + REST)
    assert seen.verdict is Verdict.FINE
    assert seen.blinks == ()


def test_a_long_look_with_closed_eyes_is_one_blink_and_not_torn(mesh: FaceMesh) -> None:
    seen = measured(mesh, REST + [Look(0, 0)] * 12 + REST)
    assert seen.verdict is Verdict.FINE
    assert [blink.eye for blink in seen.blinks] == [Eye.BOTH]


def test_curves_are_one_number_a_frame_around_one_for_open(mesh: FaceMesh) -> None:
    looks = REST + BOTH + REST
    curves = measured(mesh, looks).curves
    assert curves is not None
    for curve in (curves.left_eye, curves.right_eye, curves.mouth, curves.drift_x, curves.drift_y):
        assert len(curve) == len(looks)
    assert curves.left_eye[0] == pytest.approx(1, abs=0.1)
    assert curves.mouth[0] == curves.drift_x[0] == curves.drift_y[0] == 0


def test_a_clip_that_does_not_move_is_frozen(mesh: FaceMesh) -> None:
    seen = measured(mesh, [Look()] * 8, noise=0)
    assert seen.verdict is Verdict.FROZEN
    assert seen.failed


@pytest.mark.parametrize("broken", ["noise", "black", "scrambled"])
def test_a_clip_that_falls_apart_is_torn(mesh: FaceMesh, broken: str) -> None:
    rng = np.random.default_rng(0)
    bad = {
        "noise": rng.integers(0, 255, (512, 512, 3)).astype(np.uint8),
        "black": np.zeros((512, 512, 3), np.uint8),
        "scrambled": portrait()[rng.permutation(512)],
    }[broken]
    frames = [*clip(REST + BOTH), bad, bad, *clip(REST)]
    seen = measure(frames, FPS, mesh)
    assert seen.verdict is Verdict.TORN
    assert seen.failed


def houses(shift: int) -> Pixels:
    sheet = np.full((300, 400, 3), 255, np.uint8)
    for x in range(40, 360, 80):
        sheet[80 + shift : 240, x : x + 40] = (60, 60, 60)
    return sheet


def test_a_breathing_picture_without_a_face_cannot_be_measured_and_has_not_failed(
    mesh: FaceMesh,
) -> None:
    seen = measure([houses(frame % 3) for frame in range(9)], FPS, mesh)
    assert seen.verdict is Verdict.UNMEASURED
    assert not seen.failed
    assert seen.curves is None
    assert seen.smile is None


def test_a_still_picture_without_a_face_is_frozen(mesh: FaceMesh) -> None:
    assert measure([houses(0)] * 9, FPS, mesh).verdict is Verdict.FROZEN


def test_a_face_that_the_mesh_loses_cannot_be_measured(mesh: FaceMesh) -> None:
    """Both eyes and the mouth are painted over: not torn, only nothing to measure."""
    hidden = portrait().copy()
    hidden[190:380, 160:352] = 255
    seen = measure([portrait(), *[hidden] * 5], FPS, mesh)
    assert not seen.failed
    assert seen.verdict is Verdict.UNMEASURED


def test_a_face_that_is_hidden_for_a_frame_is_still_measured(mesh: FaceMesh) -> None:
    frames = list(clip(REST + ONE_LID + REST + REST))
    hidden = frames[10].copy()
    hidden[190:380, 160:352] = 255
    frames[10] = hidden
    seen = measure(frames, FPS, mesh)
    assert seen.verdict is Verdict.FINE
    assert len(seen.blinks) == 1


def test_a_clip_without_frames_cannot_be_measured(mesh: FaceMesh) -> None:
    assert measure([], FPS, mesh) == Measurement(Verdict.UNMEASURED)


def test_frames_are_read_once_and_not_kept(mesh: FaceMesh) -> None:
    """A clip is measured while it is decoded; 49 frames of 1024² would be 150 MB."""
    page = portrait().copy()

    def one_buffer() -> Iterator[Pixels]:
        for look in REST + BOTH + REST:
            page[:] = portrait(look)
            yield page

    reused = measure(one_buffer(), FPS, mesh)
    assert reused == measured(mesh, [replace(look) for look in REST + BOTH + REST], noise=0)
