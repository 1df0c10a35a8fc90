"""Blinks in the curves of two eyes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.measurement import Blink, Eye

Curve = NDArray[np.float64]

# Openings as the mesh sees them, 1 open. It wavers and may see a drawn closed eye half open, so
# a blink is a dip to SHUT that comes from and goes back to OPEN.
WAVERS = 0.05
SHUT, OPEN = 0.84, 0.92
SHORTEST = 2  # frames below OPEN; one alone is the mesh stumbling
# What an eye has to dip by to take part, of the deeper one's dip and in all: the one that is
# turned away seems to close less, and one that stays open is drawn along a little by the mesh.
TAKES_PART, LEAST_PART = 0.25, 0.12
AHEAD_S = 0.04  # what an eye opens earlier by before it is said to lead


def blinks_of(left: Sequence[float], right: Sequence[float], fps: int) -> tuple[Blink, ...]:
    """Every blink of one eye or both, in order; the curves are openings with 1 for open.

    Times fall between frames where a curve crosses a level there. An eye that is still closed
    in the last frame ends its blink there.
    """
    eyes = np.array([left, right], np.float64)
    return tuple(_blink(eyes, start, end, fps) for start, end in _dips(eyes.min(axis=0)))


def _dips(curve: Curve) -> list[tuple[int, int]]:
    """First and last frame of each stretch below OPEN that reaches SHUT."""
    below = np.concatenate([[False], curve < OPEN, [False]])
    edges = np.flatnonzero(np.diff(below.astype(int)))
    dips = zip(edges[::2], edges[1::2] - 1, strict=True)
    return [
        (int(start), int(end))
        for start, end in dips
        if end - start + 1 >= SHORTEST and curve[start : end + 1].min() < SHUT
    ]


def _blink(eyes: NDArray[np.float64], start: int, end: int, fps: int) -> Blink:
    """The blink between two frames of `eyes` (2, frames)."""
    depths = 1 - eyes[:, start : end + 1].min(axis=1)
    deeper = int(depths.argmax())
    both = depths.min() > max(LEAST_PART, TAKES_PART * depths.max())
    curve = eyes.min(axis=0)
    return Blink(
        start_s=round(_crossing(curve, start, -1, OPEN) / fps, 3),
        deepest_s=round((start + _deepest(eyes[deeper, start : end + 1])) / fps, 3),
        end_s=round(_crossing(curve, end, +1, OPEN) / fps, 3),
        depth=round(float(min(1.0, depths.max())), 3),
        eye=Eye.BOTH if both else (Eye.LEFT, Eye.RIGHT)[deeper],
        leads=_leader(eyes, start, end, fps) if both else None,
    )


def _deepest(dip: Curve) -> float:
    """The middle of what is as good as deepest, in frames: an eye rests while it is closed."""
    return float(np.flatnonzero(dip <= dip.min() + WAVERS).mean())


def _leader(eyes: NDArray[np.float64], start: int, end: int, fps: int) -> Eye | None:
    """Which eye is first half open again, each by its own depth."""
    opened = [_half_open(curve, start, end) / fps for curve in eyes]
    if abs(opened[0] - opened[1]) < AHEAD_S:
        return None
    return Eye.LEFT if opened[0] < opened[1] else Eye.RIGHT


def _half_open(curve: Curve, start: int, end: int) -> float:
    level = (1 + curve[start : end + 1].min()) / 2
    last_shut = start + int(np.flatnonzero(curve[start : end + 1] <= level)[-1])
    return _crossing(curve, last_shut, +1, level)


def _crossing(curve: Curve, inside: int, step: int, level: float) -> float:
    """The moment, in frames, at which the curve crosses `level` beyond the frame `inside`."""
    beyond = inside + step
    if not 0 <= beyond < len(curve) or curve[beyond] <= curve[inside]:
        return float(inside)
    share = (level - curve[inside]) / (curve[beyond] - curve[inside])
    return inside + step * float(np.clip(share, 0, 1))
