from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.inspection import Face
from engine.eyes.crop import crop_box, crop_to_face
from engine.eyes.face import FaceMesh, faces_of
from tests.engine.eyes.portrait import SIDE, portrait


def face_at(x: int, y: int, width: int = 100, height: int = 120) -> Face:
    return Face(x=x, y=y, width=width, height=height, frontal=1.0)


def test_hair_and_shoulders_stay_in_the_picture() -> None:
    left, top, right, bottom = crop_box(face_at(450, 400), 1000, 1000)
    assert left <= 450 - 50
    assert right >= 550 + 50
    assert top <= 400 - 80
    assert bottom >= 520 + 80


def test_the_crop_ends_at_the_border_of_the_picture() -> None:
    assert crop_box(face_at(0, 0), 150, 130) == (0, 0, 150, 130)


@pytest.mark.parametrize(("width", "height"), [(1000, 60), (40, 1000)])
def test_the_crop_is_never_more_oblong_than_a_request_may_be(width: int, height: int) -> None:
    face = face_at(10, 10, min(width, 300) - 10, min(height, 300) - 10)
    left, top, right, bottom = crop_box(face, width, height)
    assert max((right - left) / (bottom - top), (bottom - top) / (right - left)) <= 3
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height


@pytest.mark.parametrize("other", [(560, 400), (340, 400), (450, 530), (450, 270)])
def test_a_neighbour_is_left_out(other: tuple[int, int]) -> None:
    left, top, right, bottom = crop_box(face_at(450, 400), 1000, 1000, [face_at(*other)])
    inside_x = left <= other[0] + 50 <= right
    inside_y = top <= other[1] + 60 <= bottom
    assert not (inside_x and inside_y)
    assert left <= 450
    assert right >= 550
    assert top <= 400
    assert bottom >= 520


def test_of_two_people_one_remains(tmp_path: Path) -> None:
    picture, target = tmp_path / "two.png", tmp_path / "one.png"
    Image.fromarray(np.hstack([portrait(), portrait()])).save(picture)
    mesh = FaceMesh()
    left, right = sorted(
        faces_of(mesh.find(np.hstack([portrait(), portrait()])), 2 * SIDE, SIDE),
        key=lambda face: face.x,
    )
    size = crop_to_face(picture, right, target, [left])
    cropped = np.asarray(Image.open(target))
    assert (cropped.shape[1], cropped.shape[0]) == size
    assert len(mesh.find(cropped)) == 1
    mesh.close()
