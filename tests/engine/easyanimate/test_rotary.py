"""Rotary positions: the reference's, to the last bit, and where diffusers puts others."""

from __future__ import annotations

import pytest
import torch

from engine.easyanimate.rotary import KEPT_TABLES, Grid, RotaryTables, rotary_table, rotate
from tests.engine.easyanimate.cases import case

CPU = torch.device("cpu")


@pytest.mark.parametrize("name", ["v5-start", "v5.1-start"])
def test_tables_are_the_references(name: str) -> None:
    one = case(name)
    expected = one.expected["rope/cos"]
    latent_frames = (one.request.frames - 1) // 4 + 1
    grid = one.request.height // 16, one.request.width // 16
    cos, sin = rotary_table(latent_frames, *grid, expected.shape[1])
    assert torch.equal(cos, expected)
    assert torch.equal(sin, one.expected["rope/sin"])


@pytest.mark.parametrize(
    ("height", "width", "first", "beyond"),
    [(30, 45, 0, 45), (32, 32, 8, 38), (42, 24, 14, 31), (24, 42, 0, 45)],
)
def test_a_grid_is_centred_in_that_of_the_training(
    height: int, width: int, first: int, beyond: int
) -> None:
    """Columns share what they cover evenly: the last one ends a column before its stop."""
    _cos, sin = rotary_table(1, height, width, 64)
    column = 16 + 24  # time and rows come first; this pair turns by its position itself
    angles = torch.arcsin(sin[:width, column].double())
    expected = torch.arange(width) * (beyond - first) / width + first
    assert torch.allclose(angles, torch.arcsin(expected.double().sin()), atol=1e-5)


def test_smaller_patches_stand_on_a_finer_grid_of_the_training() -> None:
    """Twice as many rows over the same picture: each second one where a larger patch stands."""
    _, fine = rotary_table(1, 16, 16, 32, patch_size=1)
    _, coarse = rotary_table(1, 8, 8, 32, patch_size=2)
    rows = slice(8, 20)  # of an angle's numbers, behind those of the time
    angles = [
        torch.arcsin(one.view(side, side, 32)[:, 0, rows][:, -1])
        for one, side in ((fine, 16), (coarse, 8))
    ]
    assert torch.allclose(angles[0][::2], 2 * angles[1], atol=1e-4)


def test_a_rotation_is_the_formula_with_cosines_and_sines() -> None:
    cos, sin = rotary_table(2, 3, 4, 32)
    turns = RotaryTables(32).turns(Grid(5, 2, 3, 4), CPU)
    tokens = torch.randn(1, 5 + 24, 2, 32, generator=torch.Generator().manual_seed(0))
    video = tokens[:, 5:]
    swapped = torch.stack([-video[..., 1::2], video[..., ::2]], dim=-1).flatten(-2)
    by_hand = video * cos[:, None] + swapped * sin[:, None]
    turned = rotate(tokens, turns)
    assert torch.allclose(turned[:, 5:], by_hand, atol=1e-6)
    assert torch.equal(turned[:, :5], tokens[:, :5]), "text has no position"


def test_a_table_is_computed_once_and_the_oldest_goes() -> None:
    tables = RotaryTables(32)
    first = tables.turns(Grid(5, 1, 2, 2), CPU)
    assert tables.turns(Grid(5, 1, 2, 2), CPU) is first
    for frames in range(2, 2 + KEPT_TABLES):
        tables.turns(Grid(5, frames, 2, 2), CPU)
    assert tables.turns(Grid(5, 1, 2, 2), CPU) is not first
