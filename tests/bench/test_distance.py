"""How far clips are apart: nothing from themselves, and as far as they were moved."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bench.distance import curves_apart, psnr, ssim
from bench.picture_peers import crude_frames
from engine.eyes.face import FaceMesh
from engine.pixels import read_pixels

SKETCH = Path(__file__).parents[2] / "examples" / "sketch.png"
FRAMES = 9

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def mesh() -> Iterator[FaceMesh]:
    mesh = FaceMesh()
    yield mesh
    mesh.close()


@pytest.fixture(scope="module")
def still() -> list[Pixels]:
    sketch = cv2.resize(read_pixels(SKETCH), (384, 384), interpolation=cv2.INTER_AREA)
    return [np.asarray(sketch, np.uint8)] * FRAMES


@pytest.fixture(scope="module")
def blinking(still: list[Pixels], mesh: FaceMesh) -> list[Pixels]:
    return list(crude_frames(still[0], mesh, FRAMES))


def test_a_clip_is_no_way_from_itself(still: list[Pixels], mesh: FaceMesh) -> None:
    assert psnr(still, still) == inf
    assert ssim(still, still) == pytest.approx(1.0)
    apart = curves_apart(still, still, mesh)
    assert apart is not None
    assert (apart.lids, apart.mouth) == (0.0, 0.0)


def test_one_step_of_grey_everywhere_is_48_db(still: list[Pixels]) -> None:
    darker = [np.asarray(np.maximum(frame, 1) - 1, np.uint8) for frame in still]
    lighter = [np.asarray(frame + 1, np.uint8) for frame in darker]
    assert psnr(darker, lighter) == pytest.approx(48.13, abs=0.01)


def test_noise_hurts_structure_and_a_shade_does_not(still: list[Pixels]) -> None:
    noise = np.random.default_rng(1).integers(0, 60, still[0].shape)
    noisy = [np.asarray(np.clip(frame - noise, 0, 255), np.uint8) for frame in still]
    shaded = [np.asarray(frame * 0.9, np.uint8) for frame in still]
    assert ssim(noisy, still) < 0.7 < ssim(shaded, still)


def test_a_blink_that_is_left_out_shows_in_the_lids(
    still: list[Pixels], blinking: list[Pixels], mesh: FaceMesh
) -> None:
    apart = curves_apart(blinking, still, mesh)
    assert apart is not None
    assert apart.lids > 0.2
    assert apart.mouth > 0


def test_without_a_face_there_is_nothing_to_compare(still: list[Pixels], mesh: FaceMesh) -> None:
    empty = [np.full_like(frame, 255) for frame in still]
    assert curves_apart(empty, still, mesh) is None
