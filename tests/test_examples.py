"""The sample sketch is what its program draws, and the face finder sees in it what is drawn."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops

from engine.eyes.face import LEFT_EYE, RIGHT_EYE, FaceMesh, Landmarks
from examples.draw_sketch import LOOK, SKETCH, draw, sitter
from examples.features import corners_of_mouth, pupil
from examples.ink import Paper

IRISES = {-1: 468, 1: 473}  # the middle of each iris in the mesh, by the side of the picture
MOUTH_CORNERS = (61, 291)
EYE_WIDTH = 70  # of the drawn eyes, in pixels


@pytest.fixture(scope="module")
def sketch() -> Image.Image:
    with Image.open(SKETCH) as picture:
        picture.load()
    return picture


@pytest.fixture(scope="module")
def seen(sketch: Image.Image) -> Landmarks:
    """The one face of the sketch."""
    mesh = FaceMesh()
    (face,) = mesh.find(np.asarray(sketch))
    mesh.close()
    return face


def test_the_program_draws_the_sketch_again_pixel_for_pixel(sketch: Image.Image) -> None:
    assert ImageChops.difference(draw(), sketch).getbbox() is None


def test_the_sketch_is_a_small_clean_picture(sketch: Image.Image) -> None:
    assert (sketch.format, sketch.mode, sketch.size) == ("PNG", "RGB", (768, 960))
    assert sketch.info == {}
    assert Path(SKETCH).stat().st_size < 300_000


def test_she_is_seen_nearly_from_the_front(seen: Landmarks) -> None:
    assert seen.frontal > 0.75


@pytest.mark.parametrize("side", IRISES)
def test_the_found_iris_lies_on_the_drawn_pupil(seen: Landmarks, side: int) -> None:
    drawn = pupil(sitter(Paper(1, 1, seed=0)), side, LOOK)
    assert math.dist(seen.points[IRISES[side], :2], drawn) < 0.12 * EYE_WIDTH


@pytest.mark.parametrize("ring", [LEFT_EYE, RIGHT_EYE])
def test_the_found_lids_lie_on_drawn_lines(
    sketch: Image.Image, seen: Landmarks, ring: tuple[int, ...]
) -> None:
    ink = np.argwhere(np.asarray(sketch.convert("L")) < 128)[:, ::-1]
    away = [np.linalg.norm(ink - seen.points[index, :2], axis=1).min() for index in ring]
    assert max(away) < 0.08 * EYE_WIDTH


def test_the_found_corners_of_the_mouth_are_the_drawn_ones(seen: Landmarks) -> None:
    drawn = corners_of_mouth(sitter(Paper(1, 1, seed=0)), LOOK)
    for index, corner in zip(MOUTH_CORNERS, drawn, strict=True):
        assert math.dist(seen.points[index, :2], corner) < 0.15 * EYE_WIDTH


def test_a_lid_has_room_between_brow_and_eye(seen: Landmarks) -> None:
    """A blink pulls skin down from under the brow, nearly as much as the eye is high."""
    for brow, lid, below in ((52, 159, 145), (282, 386, 374)):
        room = seen.points[lid, 1] - seen.points[brow, 1]
        assert room > 0.9 * (seen.points[below, 1] - seen.points[lid, 1])
