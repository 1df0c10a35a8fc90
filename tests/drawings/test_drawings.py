"""The drawings are what their programs draw, and are what other tests take them for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops

from engine.eyes.face import FaceMesh, Pixels
from engine.eyes.picture import clean_picture
from tests.drawings.draw import DRAWINGS, FOLDER

ONE_FACE = ("portrait.png", "coloured.png", "on_transparent.png", "pixel_art.png")
NO_FACE = ("profile.png", "half_face.png", "anime.png", "landscape.png")


@pytest.fixture(scope="module")
def mesh() -> Iterator[FaceMesh]:
    mesh = FaceMesh()
    yield mesh
    mesh.close()


def cleaned(name: str, folder: Path) -> Pixels:
    """The pixels of a drawing after it was uploaded."""
    clean_picture(FOLDER / name, folder / "clean.png")
    with Image.open(folder / "clean.png") as picture:
        return np.asarray(picture)


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_drawn_again_pixel_for_pixel(name: str) -> None:
    again = DRAWINGS[name]()
    with Image.open(FOLDER / name) as kept:
        assert kept.mode == again.mode
        assert ImageChops.difference(again, kept).getbbox(alpha_only=False) is None


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_small(name: str) -> None:
    with Image.open(FOLDER / name) as picture:
        assert max(picture.size) <= 512
    assert (FOLDER / name).stat().st_size <= 80_000


@pytest.mark.parametrize("name", ONE_FACE)
def test_one_face_is_found(mesh: FaceMesh, name: str, tmp_path: Path) -> None:
    (face,) = mesh.find(cleaned(name, tmp_path))
    assert face.frontal > 0.75


@pytest.mark.parametrize("name", NO_FACE)
def test_no_face_is_found(mesh: FaceMesh, name: str, tmp_path: Path) -> None:
    assert mesh.find(cleaned(name, tmp_path)) == []


def test_two_faces_are_found_the_larger_on_the_left(mesh: FaceMesh, tmp_path: Path) -> None:
    larger, smaller = mesh.find(cleaned("two_faces.png", tmp_path))
    assert larger.eye_distance > 1.25 * smaller.eye_distance
    assert larger.box[2] < smaller.box[0]


def test_on_transparent_has_ink_alone_and_no_paper() -> None:
    with Image.open(FOLDER / "on_transparent.png") as picture:
        pixels = np.asarray(picture)
    assert not pixels[..., :3].any()
    assert pixels[..., 3].min() == 0
    assert pixels[..., 3].max() > 200


def test_pixel_art_has_few_colours() -> None:
    with Image.open(FOLDER / "pixel_art.png") as picture:
        assert picture.size == (64, 64)
        assert len(picture.getcolors() or []) <= 8
