"""Rotary position tables, where the reference (aigc-apps/EasyAnimate) puts the positions.

The network was trained on a grid of 30 x 45 patches (480 x 720 pixels). Another grid is fitted
into it, keeping its aspect ratio, and centred; its patches share the covered stretch evenly. From
0.32 on, diffusers puts the last patch of an axis elsewhere whenever the stretch does not start at
0, by half a patch and more on portrait pictures; its `rope_embedding` is therefore not used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

BASE_HEIGHT, BASE_WIDTH = 60, 90  # latents, as 480 x 720 pixels have
THETA = 10_000.0
KEPT_TABLES = 4  # a table takes up to 15 MB of the device's memory


@dataclass(frozen=True, slots=True)
class Grid:
    """A joint sequence: `text_tokens`, then a token per patch of each latent frame."""

    text_tokens: int
    latent_frames: int
    height: int
    width: int


def rotary_table(
    latent_frames: int, grid_height: int, grid_width: int, head_dim: int, patch_size: int = 2
) -> tuple[Tensor, Tensor]:
    """Cosines and sines of the video tokens, each (tokens, head_dim) float32 on the CPU.

    A quarter of `head_dim` tells the time, three eighths the row, three eighths the column. Each
    frequency stands twice, for the two numbers of the pair that it turns.
    """
    rows, columns = _covered(grid_height, grid_width, patch_size)
    axes = [
        _angles(np.arange(latent_frames, dtype=np.float32), head_dim // 4),
        _angles(_shared_out(*rows, grid_height), head_dim // 8 * 3),
        _angles(_shared_out(*columns, grid_width), head_dim // 8 * 3),
    ]
    shape = (latent_frames, grid_height, grid_width)
    spread = [
        axis.view([-1 if place == i else 1 for i in range(3)] + [axis.shape[1]]).expand(*shape, -1)
        for place, axis in enumerate(axes)
    ]
    angles = torch.cat(spread, dim=-1).flatten(0, 2).repeat_interleave(2, dim=1)
    return angles.cos(), angles.sin()


def rotate(tokens: Tensor, turns: Tensor) -> Tensor:
    """Turn each pair of neighbouring numbers of (batch, tokens, heads, head_dim), in float32.

    `turns` is (tokens, 1, head_dim / 2) complex: one multiplication instead of the six passes
    over memory that cosines and sines take, equal to the last bit.
    """
    pairs = torch.view_as_complex(tokens.float().reshape(*tokens.shape[:-1], -1, 2))
    return torch.view_as_real(pairs * turns).flatten(-2).to(tokens.dtype)


class RotaryTables:
    """The tables of the newest sizes on their devices, each computed once."""

    def __init__(self, head_dim: int, patch_size: int = 2) -> None:
        self._head_dim = head_dim
        self._patch_size = patch_size
        self._tables: dict[tuple[Grid, torch.device], Tensor] = {}

    def turns(self, grid: Grid, device: torch.device) -> Tensor:
        """What `rotate` takes for the joint sequence: (tokens, 1, head_dim / 2) complex64.

        Text tokens have no position: they are turned by nothing.
        """
        key = (grid, device)
        if key not in self._tables:
            while len(self._tables) >= KEPT_TABLES:
                del self._tables[next(iter(self._tables))]
            # computed on the CPU like the reference's, for the same last bits, and copied once
            self._tables[key] = self._computed(grid).to(device)
        return self._tables[key]

    def _computed(self, grid: Grid) -> Tensor:
        cos, sin = rotary_table(
            grid.latent_frames, grid.height, grid.width, self._head_dim, self._patch_size
        )
        video = torch.complex(cos[:, ::2], sin[:, ::2])
        text = video.new_ones(grid.text_tokens, video.shape[1])
        return torch.cat([text, video])[:, None]


def _covered(height: int, width: int, patch_size: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """(start, stop) of the rows and of the columns that a grid covers of the base grid."""
    base_height, base_width = BASE_HEIGHT // patch_size, BASE_WIDTH // patch_size
    if height / width > base_height / base_width:
        rows, columns = base_height, round(base_height / height * width)
    else:
        rows, columns = round(base_width / width * height), base_width
    top, left = round((base_height - rows) / 2), round((base_width - columns) / 2)
    return (top, top + rows), (left, left + columns)


def _shared_out(start: int, stop: int, count: int) -> NDArray[np.float32]:
    return np.linspace(start, stop, count, endpoint=False, dtype=np.float32)


def _angles(positions: NDArray[np.float32], dim: int) -> Tensor:
    """Positions times falling frequencies: (positions, dim / 2)."""
    frequencies = 1.0 / THETA ** (torch.arange(0, dim, 2, dtype=torch.float32) / dim)
    return torch.outer(torch.from_numpy(positions), frequencies)
