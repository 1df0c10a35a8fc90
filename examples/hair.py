"""Hair as an illustrator inks it: locks of many tapered strokes, with a gleam left open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from examples.head import Head
from examples.ink import Point, along, curve, mix

_ROOT_AND_TIP = (0.15, 0.8, 1.0, 0.9, 0.55, 0.05)


@dataclass(frozen=True)
class Lock:
    """A lock between two edges that both run from the root to the tip.

    `gleams` are the parts of its length (from, to) that most strokes leave open; `weight` is the
    width of a stroke in millimetres. The first `covers` of its length hides what is behind.
    """

    inner: Sequence[Point]
    outer: Sequence[Point]
    strokes: int
    gleams: Sequence[tuple[float, float]] = ((0.3, 0.5),)
    weight: float = 1.0
    covers: float = 0.85


def lock(head: Head, shape: Lock) -> None:
    """Draw a lock over whatever lies behind it."""
    edges = [curve(head.outline(edge), step=2.0) for edge in (shape.inner, shape.outer)]
    # The tips may stay uncovered: there the strands thin out over what is behind them.
    covered = [shape.covers * i / 12 for i in range(13)]
    rims = [[edge[round(share * (len(edge) - 1))] for share in covered] for edge in edges]
    head.paper.fill([*rims[0], *rims[1][::-1]], head.palette.hair)
    for rim in rims:
        head.paper.stroke(rim, shape.weight * head.scale / 11, _ROOT_AND_TIP, head.palette.ink)
    tufts = [[head.paper.jitter(1.0) for _ in range(9)] for _ in range(2)]
    for index in range(shape.strokes):
        across = (index + 0.5 + head.paper.jitter(0.5)) / shape.strokes
        ragged = [along(tuft, across) for tuft in tufts]
        for reach in _reaches(head, shape.gleams, ragged):
            _strand(head, edges, across, reach, shape.weight)


def loose(head: Head, strands: Sequence[Sequence[Point]], weight: float = 0.7) -> None:
    """Draw single hairs that have left their lock."""
    for strand in strands:
        head.line(strand, weight, _ROOT_AND_TIP)


def _reaches(
    head: Head, gleams: Sequence[tuple[float, float]], ragged: Sequence[float]
) -> list[tuple[float, float]]:
    """Return the parts of a strand that are drawn: from gleam to gleam, seldom across one."""
    jitter = head.paper.jitter
    reaches, start = [], max(0.0, jitter(0.04))
    for low, high in gleams:
        soft = (high - low) * 0.7
        if head.paper.chance.random() < 0.84:
            reaches.append((start, max(start + 0.05, low + ragged[0] * soft + jitter(0.04))))
            start = min(0.9, high + ragged[1] * soft + jitter(0.05))
    return [*reaches, (start, max(start + 0.05, 0.95 + ragged[0] * 0.04 + jitter(0.06)))]


def _strand(
    head: Head, edges: list[list[Point]], across: float, reach: tuple[float, float], weight: float
) -> None:
    drift = head.paper.jitter(0.07)
    knots = []
    for step in range(10):
        share = min(1.0, reach[0] + (reach[1] - reach[0]) * step / 9)
        side = min(max(across + drift * share, -0.03), 1.03)
        inner, outer = (edge[round(share * (len(edge) - 1))] for edge in edges)
        knots.append(mix(inner, outer, side))
    width = weight * (0.5 + 0.8 * head.paper.chance.random()) * head.scale / 10
    head.paper.stroke(knots, width, _ROOT_AND_TIP, head.palette.ink, wobble=0.02 * head.scale)
