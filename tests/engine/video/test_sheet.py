"""The grid of a sheet: near a square, no larger than a texture can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clip import Clip
from engine.video.sheet import LARGEST_SIDE, grid, largest_frame


def clip(width: int, height: int, num_frames: int = 49) -> Clip:
    return Clip(master=Path("master.mkv"), width=width, height=height, num_frames=num_frames)


@pytest.mark.parametrize(
    ("num_frames", "width", "height", "expected"),
    [
        (49, 768, 768, (7, 7)),
        (48, 768, 768, (7, 7)),
        (5, 512, 512, (2, 3)),
        (49, 1328, 448, (4, 13)),
    ],
)
def test_a_sheet_is_nearly_square(
    num_frames: int, width: int, height: int, expected: tuple[int, int]
) -> None:
    columns, rows = grid(num_frames, width, height)
    assert columns * rows >= num_frames
    assert (columns, rows) == expected


def test_frames_of_usual_size_are_kept() -> None:
    assert largest_frame(clip(768, 768)) == (768, 768)
    assert largest_frame(clip(1024, 1024, 33)) == (1024, 1024)


def test_frames_are_reduced_where_the_sheet_would_be_too_large() -> None:
    width, height = largest_frame(clip(2048, 1024))
    columns, rows = grid(49, width, height)
    assert max(columns * width, rows * height) <= LARGEST_SIDE
    assert width / height == pytest.approx(2, rel=0.01)
    assert (width % 2, height % 2) == (0, 0)
