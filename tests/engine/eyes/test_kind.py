from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from matplotlib.cbook import get_sample_data
from PIL import Image

from bot.inspection import PictureKind
from engine.eyes.face import FaceMesh, Pixels
from engine.eyes.kind import kind_of
from tests.engine.eyes.portrait import portrait


@pytest.fixture(scope="module")
def mesh() -> Iterator[FaceMesh]:
    mesh = FaceMesh()
    yield mesh
    mesh.close()


def as_jpeg(picture: Pixels) -> Pixels:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 40])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def blurred(picture: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 2), np.uint8)


def photographed(picture: Pixels) -> Pixels:
    """Yellow light from one side, and a sensor's noise."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    light = 0.55 + 0.4 * (0.6 * x / width + 0.4 * y / height)
    lit = picture * light[..., None] * np.array([1, 0.95, 0.85])
    noise = np.random.default_rng(0).normal(0, 4, picture.shape)
    return np.asarray(np.clip(lit + noise, 0, 255), np.uint8)


def coloured_flat(picture: Pixels) -> Pixels:
    """Skin and a background without any paper left, as in a cartoon."""
    flat = picture.copy()
    white = (picture > 200).all(axis=2)
    flat[white] = (250, 214, 180)
    flat[:120][white[:120]] = (120, 190, 230)
    return flat


def hatched(picture: Pixels) -> Pixels:
    """Pencil strokes over the darker half of the face, paper around it."""
    y, x = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    face = ((x - 256) / 100) ** 2 + ((y - 270) / 130) ** 2 < 1
    strokes = ((x + 2 * y) % 9 < 3) & face & (x > 230)
    grain = np.random.default_rng(0).normal(0, 14, picture.shape[:2])
    grey = np.where(strokes, np.clip(150 + grain, 0, 255), picture[..., 0])
    return np.repeat(np.minimum(grey, picture[..., 0])[..., None], 3, axis=2).astype(np.uint8)


def photo() -> Pixels:
    return np.asarray(Image.open(get_sample_data("grace_hopper.jpg", asfileobj=False)))


def grey_photo() -> Pixels:
    return np.repeat(cv2.cvtColor(photo(), cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def photo_on_white() -> Pixels:
    """A portrait cut out and put on white, as in an advertisement."""
    sheet = np.full((900, 900, 3), 255, np.uint8)
    sheet[200:800, 200:712] = photo()
    return sheet


@pytest.mark.parametrize(
    "change",
    [np.copy, as_jpeg, blurred, photographed, coloured_flat, hatched],
    ids=lambda change: change.__name__,
)
def test_a_drawing_is_a_drawing_however_it_was_made_and_sent(mesh: FaceMesh, change) -> None:  # type: ignore[no-untyped-def]
    picture = change(portrait())
    faces = mesh.find(picture)
    assert faces
    assert kind_of(picture, faces) is PictureKind.DRAWING


@pytest.mark.parametrize(
    "make", [photo, grey_photo, photo_on_white], ids=lambda make: make.__name__
)
def test_a_photo_of_a_person_is_a_photo(mesh: FaceMesh, make) -> None:  # type: ignore[no-untyped-def]
    picture = make()
    faces = mesh.find(picture)
    assert faces
    assert kind_of(picture, faces) is PictureKind.PHOTO


def test_a_photo_stays_one_when_it_is_compressed(mesh: FaceMesh) -> None:
    picture = as_jpeg(photo())
    assert kind_of(picture, mesh.find(picture)) is PictureKind.PHOTO


def test_lines_on_paper_without_a_face_are_a_drawing() -> None:
    sheet = np.full((500, 700, 3), 250, np.uint8)
    for y in range(40, 480, 40):
        cv2.line(sheet, (30, y), (660, y + 15), (40, 40, 40), 3)
    assert kind_of(sheet, []) is PictureKind.DRAWING


def test_shaded_texture_without_a_face_is_a_photo() -> None:
    rng = np.random.default_rng(0)
    clouds = cv2.resize(rng.normal(110, 40, (12, 16, 3)), (640, 480), interpolation=cv2.INTER_CUBIC)
    picture = np.clip(clouds + rng.normal(0, 5, clouds.shape), 0, 255).astype(np.uint8)
    assert kind_of(picture, []) is PictureKind.PHOTO
