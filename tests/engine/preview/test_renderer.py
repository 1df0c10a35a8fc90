"""Whole clips of this project's own drawings."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.clip import FPS
from bot.measurement import Eye, Measurement, Verdict
from bot.request import AnimationRequest, Expression
from engine.eyes.expression import measure
from engine.eyes.face import FaceMesh
from engine.preview.canvas import canvas_of
from engine.preview.renderer import render
from engine.preview.score import compose
from engine.preview.subject import subject_of
from tests.engine.preview.conftest import Draw

Clip = NDArray[np.uint8]  # (frames, height, width, 3)

SIZE = (432, 512)
FULL = AnimationRequest(seed=1)
SHORT = AnimationRequest(seed=3, num_frames=13)


@pytest.fixture(scope="module")
def clip(drawing: Draw, mesh: FaceMesh) -> Clip:
    return np.array(list(render(drawing("portrait"), FULL, *SIZE, mesh)))


@pytest.fixture(scope="module")
def measured(clip: Clip, mesh: FaceMesh) -> Measurement:
    return measure(iter(clip), FPS, mesh)


def test_a_clip_has_all_its_frames_in_the_size_asked_for(clip: Clip) -> None:
    assert clip.shape == (49, 512, 432, 3) and clip.dtype == np.uint8


def test_the_first_frame_is_the_drawing_itself(clip: Clip, drawing: Draw) -> None:
    assert np.array_equal(clip[0], canvas_of(drawing("portrait"), *SIZE).picture)


def test_the_mesh_sees_the_planned_blinks(measured: Measurement) -> None:
    planned = compose(FULL).blinks
    assert measured.verdict is Verdict.FINE
    assert [blink.eye for blink in measured.blinks] == [blink.eye for blink in planned]
    for seen, plan in zip(measured.blinks, planned, strict=True):
        assert seen.deepest_s == pytest.approx(plan.deepest_s, abs=0.3)
    assert measured.blinks[-1].eye is Eye.BOTH and measured.blinks[-1].depth > 0.6


def test_both_eyes_open_again_fully(measured: Measurement) -> None:
    assert measured.curves is not None
    last = round(compose(FULL).blinks[-1].end_s * FPS) + 1
    for eye in (measured.curves.left_eye, measured.curves.right_eye):
        assert np.median(eye[last:]) > 0.9


def test_the_corners_of_the_mouth_lift_gently_at_the_end(measured: Measurement) -> None:
    assert measured.smile is not None and measured.smile_at_s is not None
    assert 0.02 < measured.smile < 0.12
    assert measured.smile_at_s > 4.5


def test_the_paper_stays_as_it_is(clip: Clip, mesh: FaceMesh) -> None:
    outlines = [face.points[:, :2] for face in mesh.find(clip[0])]
    paper = ~_spread(subject_of(clip[0], outlines), 8)
    assert paper.mean() > 0.2
    assert np.array_equal(clip[:, paper], np.broadcast_to(clip[0, paper], clip[:, paper].shape))


def test_but_for_lids_and_mouth_a_frame_is_near_the_one_before(clip: Clip) -> None:
    """Seen coarsely, so that lines which drift by a part of a pixel count little."""
    coarse = clip.astype(np.float32).reshape(49, 32, 16, 27, 16, 3).mean(axis=(2, 4, 5))
    steps = np.abs(np.diff(coarse, axis=0))
    assert np.percentile(steps, 99) < 6


def test_the_same_request_gives_the_same_frames_and_another_seed_others(
    drawing: Draw, mesh: FaceMesh
) -> None:
    def frames(seed: int) -> Clip:
        request = dataclasses.replace(SHORT, seed=seed)
        return np.array(list(render(drawing("portrait"), request, 240, 288, mesh)))

    assert np.array_equal(frames(3), frames(3))
    assert not np.array_equal(frames(3), frames(4))


def test_a_loop_ends_where_it_began(drawing: Draw, mesh: FaceMesh) -> None:
    request = AnimationRequest(seed=5, num_frames=33, loop=True)
    frames = np.array(list(render(drawing("portrait"), request, 320, 384, mesh))).astype(int)
    steps = [np.abs(after - before).mean() for before, after in pairwise(frames)]
    assert len(frames) == 32
    assert np.abs(frames[-1] - frames[0]).mean() < max(steps)


@pytest.mark.parametrize("expression", list(Expression))
def test_every_expression_moves_the_face(
    drawing: Draw, mesh: FaceMesh, expression: Expression
) -> None:
    request = dataclasses.replace(SHORT, expression=expression)
    frames = np.array(list(render(drawing("coloured"), request, 240, 288, mesh))).astype(int)
    assert np.abs(frames - frames[0]).max(axis=(1, 2, 3)).max() > 60


@pytest.mark.parametrize("name", ["profile", "half_face", "anime", "landscape"])
def test_a_picture_without_a_face_breathes_gently_with_a_still_border(
    drawing: Draw, mesh: FaceMesh, name: str
) -> None:
    request = AnimationRequest(seed=2, num_frames=17)
    frames = np.array(list(render(drawing(name), request, 416, 480, mesh))).astype(int)
    moved = np.abs(frames - frames[0])
    assert (moved.max(axis=(0, 3)) > 40).mean() > 0.005
    assert moved[:, :6].max() == moved[:, -6:].max() == moved[:, :, :6].max() == 0
    a_little_shift = np.abs(np.roll(frames[0], 5, axis=0) - frames[0]).mean()
    assert moved.mean(axis=(1, 2, 3)).max() < a_little_shift


def test_of_two_faces_the_larger_one_moves(drawing: Draw, mesh: FaceMesh) -> None:
    picture = drawing("two_faces")
    frames = np.array(list(render(picture, SHORT, 512, 432, mesh))).astype(int)
    moved = np.abs(frames - frames[0]).max(axis=(0, 3)) > 60
    for index, face in enumerate(mesh.find(frames[0].astype(np.uint8))):
        left, top, right, bottom = map(int, face.box)
        inside = moved[top:bottom, left:right].mean()
        assert inside > 0.02 if index == 0 else inside < 0.002


def test_pixel_art_blinks_in_its_own_pixels_and_colours(drawing: Draw, mesh: FaceMesh) -> None:
    art = drawing("pixel_art")
    frames = list(render(art.repeat(8, 0).repeat(8, 1), SHORT, 512, 512, mesh))
    colours = {tuple(colour) for colour in art.reshape(-1, 3)}
    small = [frame[::8, ::8] for frame in frames]
    assert all(
        np.array_equal(s.repeat(8, 0).repeat(8, 1), f) for s, f in zip(small, frames, strict=True)
    )
    assert all({tuple(c) for c in frame.reshape(-1, 3)} <= colours for frame in small)
    assert max((frame != small[0]).any(axis=2).sum() for frame in small) > 40


@pytest.mark.parametrize(("width", "height"), [(512, 512), (256, 640), (768, 272)])
def test_any_size_of_clip_can_be_rendered(
    drawing: Draw, mesh: FaceMesh, width: int, height: int
) -> None:
    request = AnimationRequest(seed=9, num_frames=5)
    frames = list(render(drawing("portrait"), request, width, height, mesh))
    assert [frame.shape for frame in frames] == [(height, width, 3)] * 5


def _spread(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """True up to `reach` pixels around, counted along rows and columns."""
    spread = mask.copy()
    for _ in range(reach):
        padded = np.pad(spread, 1)
        spread = padded[1:-1, 1:-1] | padded[:-2, 1:-1] | padded[2:, 1:-1]
        spread |= padded[1:-1, :-2] | padded[1:-1, 2:]
    return spread
