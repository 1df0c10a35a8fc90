"""Lids on eyes whose place and colours are known, since the tests draw them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.preview.eye import Eye, trace_eye
from engine.preview.gaze import Gaze
from engine.preview.lid import Lid
from engine.preview.round_eye import Shutter, round_eye

Floats = NDArray[np.float32]

SKIN, INK, IRIS, WHITE = (236, 188, 160), (40, 20, 20), (60, 90, 160), (250, 250, 250)
MIDDLE, WIDTH, TALL = (200.0, 150.0), 90.0, 34.0


def almond(grow: float = 0.0) -> NDArray[np.int32]:
    """The outline of an eye, from its left corner over the upper lid and back; (32, 2)."""
    across = np.linspace(-1, 1, 17)
    upper = np.stack([across, -(0.6 + grow) * (1 - across**2)], -1)
    lower = np.stack([across[::-1], (0.4 + grow) * (1 - across**2)[::-1]], -1)
    ring = np.concatenate([upper[:-1], lower[:-1]]) * (WIDTH / 2, TALL)
    return np.round(ring + MIDDLE).astype(np.int32)


def drawn_eye(skin: tuple[int, int, int] = SKIN) -> Floats:
    """(300, 400, 3): skin with one almond eye, its lids in ink."""
    picture = np.full((300, 400, 3), skin, np.uint8)
    outline = almond()
    cv2.fillPoly(picture, [outline], WHITE)
    cv2.circle(picture, (200, 146), 17, IRIS, -1, cv2.LINE_AA)
    cv2.polylines(picture, [outline[:17]], False, INK, 5, cv2.LINE_AA)
    cv2.polylines(picture, [np.vstack([outline[16:], outline[:1]])], False, INK, 2, cv2.LINE_AA)
    return picture.astype(np.float32)


def mesh_ring() -> Floats:
    """As the mesh sees that eye: sixteen points, a little inside its lines."""
    return np.asarray((almond()[::2] - MIDDLE) * 0.9 + MIDDLE, np.float32)


def traced(picture: Floats) -> Eye:
    eye = trace_eye(picture.mean(axis=2), mesh_ring())
    assert eye is not None
    return eye


def closed(picture: Floats, share: float) -> Floats:
    shut = picture.copy()
    Lid(picture, traced(picture)).close(shut, share)
    return shut


def count_of(picture: Floats, colour: tuple[int, int, int]) -> int:
    return int((np.abs(picture - np.array(colour)).max(axis=2) < 25).sum())


def test_the_traced_lids_lie_on_the_drawn_ones() -> None:
    eye = traced(drawn_eye())
    middle = len(eye.u) // 2
    x, top = eye.frame.to_pixels(eye.u, eye.upper)
    _, bottom = eye.frame.to_pixels(eye.u, eye.upper + eye.gap + eye.thick)
    assert x[middle] == pytest.approx(MIDDLE[0], abs=2)
    assert top[middle] == pytest.approx(MIDDLE[1] - 0.6 * TALL - 2.5, abs=2)
    assert bottom[middle] == pytest.approx(MIDDLE[1] + 0.4 * TALL + 1, abs=3)


def test_an_eye_that_goes_on_below_the_mesh_is_not_traced() -> None:
    picture = drawn_eye()
    cv2.ellipse(picture, (200, 175), (34, 50), 0, 0, 360, INK, -1, cv2.LINE_AA)
    assert trace_eye(picture.mean(axis=2), mesh_ring()) is None


def test_an_open_lid_changes_nothing() -> None:
    picture = drawn_eye()
    assert np.array_equal(closed(picture, 0.0), picture)


def test_a_closed_lid_hides_iris_and_white_behind_skin_of_its_colour() -> None:
    picture = drawn_eye()
    shut = closed(picture, 1.0)
    assert count_of(picture, IRIS) > 500 and count_of(picture, WHITE) > 500
    assert count_of(shut, IRIS) == 0
    assert count_of(shut, WHITE) < 20
    assert np.abs(shut[140, 200] - np.array(SKIN)).max() < 8


def test_a_closed_lid_leaves_a_line_from_corner_to_corner() -> None:
    shut = closed(drawn_eye(), 1.0)
    for column in range(165, 236, 5):
        dark = np.flatnonzero(shut[130:180, column].mean(axis=1) < 100)
        assert len(dark), column
        assert np.ptp(dark) < 9, column  # one line, not two


def test_a_lid_covers_from_above_and_squeezes_nothing() -> None:
    """What is still to be seen of the iris is where and what it was."""
    picture = drawn_eye()
    half = closed(picture, 0.5)
    assert 0 < count_of(half, IRIS) < 0.75 * count_of(picture, IRIS)
    still = np.abs(half - np.array(IRIS)).max(axis=2) < 5
    assert np.abs(picture[still] - np.array(IRIS)).max() < 5
    assert np.argwhere(still)[:, 0].min() > 143


def test_a_lid_takes_the_tone_of_a_shaded_face() -> None:
    shade = np.linspace(0.75, 1.0, 400, dtype=np.float32)[None, :, None]
    shut = closed(drawn_eye() * shade, 1.0)
    for column in (180, 220):
        assert np.abs(shut[142, column] - np.array(SKIN) * shade[0, column]).max() < 14


def test_a_lid_has_the_grain_of_the_skin_around_it() -> None:
    grain = np.random.default_rng(1).normal(0, 6, (300, 400, 1)).astype(np.float32)
    shut = closed(drawn_eye() + grain, 1.0)
    assert shut[134:144, 185:215].std(axis=(0, 1)).mean() == pytest.approx(6, abs=2.5)


def test_far_from_the_eye_nothing_changes() -> None:
    picture = drawn_eye()
    changed = np.abs(closed(picture, 1.0) - picture).max(axis=2) > 0
    rows, columns = np.nonzero(changed)
    assert rows.min() > 150 - 0.75 * WIDTH and rows.max() < 150 + 0.5 * WIDTH
    assert columns.min() > 200 - 0.75 * WIDTH and columns.max() < 200 + 0.75 * WIDTH


def test_a_glance_moves_the_iris_and_leaves_the_lids() -> None:
    picture = drawn_eye()
    moved = picture.copy()
    Gaze(picture, traced(picture)).look(moved, 0.3, 0.0)

    def iris_x(pixels: Floats) -> float:
        return float(np.argwhere(np.abs(pixels - np.array(IRIS)).max(axis=2) < 25)[:, 1].mean())

    assert iris_x(moved) - iris_x(picture) > 2
    assert np.array_equal(moved[:128], picture[:128])
    assert np.array_equal(moved[168:], picture[168:])


def round_drawing() -> Floats:
    picture = np.full((300, 400, 3), SKIN, np.uint8)
    cv2.ellipse(picture, (200, 150), (52, 46), 0, 0, 360, WHITE, -1, cv2.LINE_AA)
    cv2.circle(picture, (206, 154), 16, IRIS, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (200, 150), (52, 46), 0, 0, 360, INK, 5, cv2.LINE_AA)
    return picture.astype(np.float32)


def test_a_round_cartoon_eye_is_recognised_and_an_almond_is_not() -> None:
    assert round_eye(round_drawing(), mesh_ring(), 1.0) is not None
    assert round_eye(drawn_eye(), mesh_ring(), 1.0) is None


def test_a_round_eye_closes_inside_its_outline() -> None:
    picture = round_drawing()
    eye = round_eye(picture, mesh_ring(), 1.0)
    assert eye is not None
    shut = picture.copy()
    Shutter(picture, eye, crisp=False).close(shut, 1.0)
    assert count_of(shut, IRIS) == 0
    assert count_of(shut, WHITE) < 40
    assert np.array_equal(shut[150, 147:149], picture[150, 147:149])  # the outline stays
    assert (shut[150:200, 200].mean(axis=1) < 100).any()
