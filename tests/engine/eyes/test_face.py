from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from engine.eyes.face import FaceMesh, Landmarks, Pixels, faces_of
from tests.engine.eyes.portrait import SIDE, portrait


@pytest.fixture(scope="module")
def mesh() -> Iterator[FaceMesh]:
    mesh = FaceMesh()
    yield mesh
    mesh.close()


def on_paper(picture: Pixels, width: int, height: int, x: int, y: int) -> Pixels:
    sheet = np.full((height, width, 3), 255, np.uint8)
    sheet[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
    return sheet


def reduced(picture: Pixels, side: int) -> Pixels:
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def test_a_drawn_face_is_found_with_its_eyes_where_they_were_drawn(mesh: FaceMesh) -> None:
    (face,) = mesh.find(portrait())
    assert face.points.shape == (478, 3)
    assert face.eye_distance == pytest.approx(100, rel=0.1)
    left, right = face.points[468], face.points[473]
    assert left[:2] == pytest.approx((206, 253), abs=8)
    assert right[:2] == pytest.approx((306, 253), abs=8)


def test_a_blank_sheet_has_no_face(mesh: FaceMesh) -> None:
    assert mesh.find(np.full((600, 400, 3), 255, np.uint8)) == []


def test_textures_are_not_taken_for_faces(mesh: FaceMesh) -> None:
    rng = np.random.default_rng(0)
    for cells in (12, 24, 48):
        coarse = rng.integers(0, 255, (cells, cells, 3)).astype(np.uint8)
        assert mesh.find(np.asarray(cv2.resize(coarse, (512, 512)), np.uint8)) == []


@pytest.mark.parametrize("kept", [0.5, 0.55, 0.6])
def test_half_a_face_is_none_since_its_other_eye_would_be_made_up(
    mesh: FaceMesh, kept: float
) -> None:
    assert mesh.find(portrait()[:, : round(kept * SIDE)]) == []


def test_a_small_face_in_a_corner_of_a_large_sheet_is_found(mesh: FaceMesh) -> None:
    sheet = on_paper(reduced(portrait(), 300), 1600, 1200, x=1250, y=850)
    assert mesh.find(sheet, thorough=False) == []
    (face,) = mesh.find(sheet)
    left, top, right, bottom = face.box
    assert 1250 < left < right < 1550
    assert 850 < top < bottom < 1150


@pytest.mark.parametrize("margin", [30, 0, -10])
def test_a_face_that_fills_the_picture_is_found_whole(mesh: FaceMesh, margin: int) -> None:
    left, top, right, bottom = (round(edge) for edge in mesh.find(portrait())[0].box)
    tight = portrait()[top - margin : bottom + margin, left - margin : right + margin]
    (face,) = mesh.find(tight)
    assert face.eye_distance == pytest.approx(100, rel=0.1)


@pytest.mark.parametrize(("width", "height"), [(1200, 512), (512, 1200)])
def test_an_oblong_picture_does_not_distort_the_mesh(
    mesh: FaceMesh, width: int, height: int
) -> None:
    (square,) = mesh.find(portrait())
    (oblong,) = mesh.find(on_paper(portrait(), width, height, x=0, y=0))
    irises = [468, 473]
    assert oblong.eye_distance == pytest.approx(square.eye_distance, rel=0.05)
    assert oblong.points[irises, :2] == pytest.approx(square.points[irises, :2], abs=5)


def test_of_two_faces_the_larger_comes_first(mesh: FaceMesh) -> None:
    sheet = on_paper(reduced(portrait(), 360), 1000, SIDE, x=0, y=100)
    sheet[:, 400 : 400 + SIDE] = portrait()
    faces = faces_of(mesh.find(sheet), 1000, SIDE)
    assert len(faces) == 2
    assert faces[0].x > 400 > faces[1].x
    assert faces[0].area > faces[1].area


def test_boxes_are_cut_to_the_picture(mesh: FaceMesh) -> None:
    left, top, right, bottom = (round(edge) for edge in mesh.find(portrait())[0].box)
    tight = portrait()[top + 10 : bottom - 10, left + 10 : right - 10]
    height, width = tight.shape[:2]
    (face,) = faces_of(mesh.find(tight), width, height)
    assert face.x >= 0
    assert face.y >= 0
    assert face.x + face.width <= width
    assert face.y + face.height <= height


def test_frontal_falls_from_one_to_zero_as_a_head_turns(mesh: FaceMesh) -> None:
    (face,) = mesh.find(portrait())
    middle = face.points.mean(axis=0)

    def frontal_at(degrees: float) -> float:
        cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        turn = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
        return Landmarks(((face.points - middle) @ turn.T + middle).astype(np.float32)).frontal

    assert face.frontal > 0.9
    for side in (-1, 1):
        turned = [frontal_at(side * degrees) for degrees in (0, 20, 45, 70, 90)]
        assert turned == sorted(turned, reverse=True)
        assert turned[2] == pytest.approx(0.5, abs=0.15)
        assert turned[4] < 0.1


def test_threads_share_a_mesh(mesh: FaceMesh) -> None:
    shifted = [on_paper(portrait(), 612, 612, x=10 * n, y=0) for n in range(10)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(mesh.find, shifted))
    lefts = [faces[0].box[0] for faces in found]
    assert np.diff(lefts) == pytest.approx(10, abs=3)


def test_nothing_noisy_reaches_a_person() -> None:
    script = (
        "from engine.eyes.face import FaceMesh\n"
        "from tests.engine.eyes.portrait import portrait\n"
        "assert FaceMesh().find(portrait())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stderr == b""
    assert done.stdout == b""
