from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from engine.eyes.face import Pixels
from engine.eyes.structure import Structure
from tests.engine.eyes.portrait import Look, portrait

RNG = np.random.default_rng


def after(*frames: Pixels) -> Structure:
    structure = Structure(portrait())
    for frame in frames:
        structure.feed(frame)
    return structure


def moved(picture: Pixels, x: float, y: float, degrees: float = 0, scale: float = 1) -> Pixels:
    turn = cv2.getRotationMatrix2D((256, 256), degrees, scale) + np.array([[0, 0, x], [0, 0, y]])
    size = (picture.shape[1], picture.shape[0])
    return np.asarray(cv2.warpAffine(picture, turn, size, borderMode=cv2.BORDER_REPLICATE))


def scrambled(picture: Pixels, block: int) -> Pixels:
    count = picture.shape[0] // block
    edge = count * block
    rows = picture[:edge, :edge].reshape(count, block, count, block, 3).swapaxes(1, 2)
    blocks = RNG(0).permutation(rows.reshape(-1, block, block, 3))
    grid = blocks.reshape(count, count, block, block, 3).swapaxes(1, 2)
    return np.ascontiguousarray(grid.reshape(edge, edge, 3))


def shredded(picture: Pixels) -> Pixels:
    rng = RNG(0)
    rows = [
        np.roll(picture[y : y + 16], int(rng.integers(-200, 200)), 1) for y in range(0, 512, 16)
    ]
    return np.vstack(rows)


def noisy(picture: Pixels, level: float) -> Pixels:
    return np.clip(picture + RNG(0).normal(0, level, picture.shape), 0, 255).astype(np.uint8)


def test_a_repeated_frame_is_frozen() -> None:
    assert after(portrait(), portrait(), portrait()).frozen


def test_the_flicker_of_a_decoder_does_not_hide_that_a_clip_is_frozen() -> None:
    assert after(noisy(portrait(), 2), noisy(portrait(), 2)).frozen


@pytest.mark.parametrize(
    "frame",
    [
        portrait(Look(left=0.5)),
        portrait(Look(smile=2)),
        moved(portrait(), 0, 1),
        moved(portrait(), 0, 0, scale=1.004),
    ],
    ids=["one lid", "a slight smile", "a pixel down", "a breath"],
)
def test_whatever_moves_is_not_frozen(frame: Pixels) -> None:
    assert not after(portrait(), frame, portrait()).frozen


@pytest.mark.parametrize(
    "tear",
    [
        lambda picture: scrambled(picture, 128),
        lambda picture: scrambled(picture, 32),
        shredded,
        lambda picture: RNG(0).integers(0, 255, picture.shape).astype(np.uint8),
        np.zeros_like,
        lambda picture: np.full_like(picture, 255),
        lambda picture: 255 - picture,
    ],
    ids=["large blocks", "small blocks", "shreds", "noise", "black", "white", "negative"],
)
def test_one_broken_frame_tears_a_clip(tear: Callable[[Pixels], Pixels]) -> None:
    assert after(portrait(), tear(portrait()), portrait()).torn


@pytest.mark.parametrize(
    "frame",
    [
        portrait(Look(left=0, right=0, smile=6)),
        portrait(Look(left=1.4, right=1.4)),
        moved(portrait(), 12, 16),
        moved(portrait(), 0, 0, degrees=8),
        moved(portrait(), 0, 0, scale=1.08),
        noisy(portrait(), 30),
        np.asarray(cv2.convertScaleAbs(portrait(), alpha=0.6, beta=60)),
    ],
    ids=["eyes shut", "surprise", "nod", "tilt", "nearer", "grain", "light"],
)
def test_what_a_face_or_a_camera_does_is_not_torn(frame: Pixels) -> None:
    assert not after(frame).torn


def test_a_blank_sheet_has_nothing_to_lose() -> None:
    blank = np.full((64, 96, 3), 255, np.uint8)
    structure = Structure(blank)
    structure.feed(blank)
    assert structure.frozen
    assert not structure.torn
