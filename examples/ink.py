"""A pen on paper: curves with pressure, a hand that is not quite steady, shapes to paint inside."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PIL import Image, ImageDraw

Point = tuple[float, float]
Colour = tuple[int, int, int]

BLACK: Colour = (22, 20, 22)
WHITE: Colour = (255, 255, 255)

TAPER = (0.1, 0.75, 1.0, 0.75, 0.1)
"""Pressure of a stroke that is set down and lifted lightly, in even steps along the stroke."""
FLICK = (1.0, 0.85, 0.55, 0.05)
"""Pressure of a stroke that leaves the paper at speed: a lash, the tip of a strand."""
STEADY = (0.8, 1.0, 0.9, 1.0, 0.8)

_FINER = 4
"""The paper is drawn on this many times larger and reduced at the end, which smooths the edges."""
_STEP = 1.5
"""Distance in pixels of the finished picture between two samples of a curve."""
_WAVE = 45.0
"""Distance in pixels over which the hand drifts to one side."""


def points(path: str) -> list[Point]:
    """Read knots as an SVG path lists them: `x,y x,y x,y`."""
    return [(float(x), float(y)) for x, y in (knot.split(",") for knot in path.split())]


def curve(knots: Sequence[Point], closed: bool = False, step: float = _STEP) -> list[Point]:
    """Return places along a smooth line through the knots (centripetal Catmull-Rom)."""
    first, last = (knots[-1], knots[:2]) if closed else (_beyond(*knots[1::-1]), ())
    path = [first, *knots, *(last or (_beyond(*knots[-2:]),))]
    line: list[Point] = []
    for four in zip(path, path[1:], path[2:], path[3:], strict=False):
        steps = max(2, round(math.dist(four[1], four[2]) / step))
        line += [_between(four, index / steps) for index in range(steps)]
    return line if closed else [*line, knots[-1]]


def _beyond(before: Point, end: Point) -> Point:
    return 2 * end[0] - before[0], 2 * end[1] - before[1]


_PYRAMID = (((0, 1), (1, 2), (2, 3)), ((0, 2), (1, 3)), ((1, 2),))


def _between(four: Sequence[Point], share: float) -> Point:
    """Return a place between the middle two of four knots, by Barry and Goldman's pyramid."""
    gaps = (max(math.dist(p, q), 1e-6) ** 0.5 for p, q in itertools.pairwise(four))
    marks = list(itertools.accumulate(gaps, initial=0.0))
    at = marks[1] + (marks[2] - marks[1]) * share
    row = list(four)
    for spans in _PYRAMID:
        row = [
            mix(p, q, (at - marks[i]) / (marks[j] - marks[i]))
            for (p, q), (i, j) in zip(itertools.pairwise(row), spans, strict=True)
        ]
    return row[0]


def mix(a: Point, b: Point, share: float) -> Point:
    """Return the point that lies `share` of the way from a to b."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def along(values: Sequence[float], share: float) -> float:
    """Read evenly spaced values at `share` (0..1), easing from one to the next."""
    place = min(max(share, 0.0), 1.0) * (len(values) - 1)
    index = min(int(place), len(values) - 2)
    ease = place - index
    ease = ease * ease * (3 - 2 * ease)
    return values[index] + (values[index + 1] - values[index]) * ease


class Paper:
    """A sheet that is drawn on in pixels of the finished picture; what comes later covers.

    The hand's unsteadiness comes from `seed` alone, so the same program makes the same picture.
    """

    def __init__(self, width: int, height: int, seed: int, ground: Colour = WHITE) -> None:
        self.size = (width, height)
        self.chance = random.Random(seed)
        self._sheet = Image.new("RGB", (width * _FINER, height * _FINER), ground)
        self._draw = ImageDraw.Draw(self._sheet)

    def stroke(
        self,
        knots: Sequence[Point],
        width: float,
        pressure: Sequence[float] = TAPER,
        ink: Colour = BLACK,
        wobble: float = 0.5,
    ) -> None:
        """Draw a curve through the knots, `width` pixels wide where the pressure is 1."""
        path = self._unsteady(curve(knots), wobble)
        radii = [along(pressure, i / (len(path) - 1)) * width / 2 for i in range(len(path))]
        for (p, q), (r, s) in zip(itertools.pairwise(path), itertools.pairwise(radii), strict=True):
            self._segment(p, q, r, s, ink)

    def fill(self, outline: Sequence[Point], colour: Colour) -> None:
        """Fill the smooth closed shape through these knots."""
        self._draw.polygon(_finer(curve(outline, closed=True)), fill=colour)

    def disc(self, centre: Point, radius: float, colour: Colour) -> None:
        """Fill a circle."""
        x, y, r = (value * _FINER for value in (*centre, radius))
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    @contextmanager
    def inside(self, outline: Sequence[Point]) -> Iterator[None]:
        """Keep whatever is drawn meanwhile within the smooth closed shape."""
        before = self._sheet.copy()
        yield
        outside = Image.new("L", self._sheet.size, 255)
        ImageDraw.Draw(outside).polygon(_finer(curve(outline, closed=True)), fill=0)
        self._sheet.paste(before, (0, 0), outside)

    def picture(self) -> Image.Image:
        """Return the finished RGB picture."""
        return self._sheet.resize(self.size, Image.Resampling.BOX)

    def jitter(self, amount: float) -> float:
        """Return chance between -amount and amount."""
        return (self.chance.random() * 2 - 1) * amount

    def _unsteady(self, path: list[Point], wobble: float) -> list[Point]:
        """Let the line drift to either side, slowly, and not at its ends."""
        if wobble == 0:
            return path
        length = len(path) * _STEP
        drift = [0.0, *(self.jitter(wobble) for _ in range(round(length / _WAVE) + 1)), 0.0]
        moved = []
        for index, (here, ahead) in enumerate(zip(path, [*path[1:], path[-1]], strict=True)):
            dx, dy = ahead[0] - here[0], ahead[1] - here[1]
            side = along(drift, index / len(path)) / (math.hypot(dx, dy) or 1.0)
            moved.append((here[0] - dy * side, here[1] + dx * side))
        return moved

    def _segment(self, p: Point, q: Point, r: float, s: float, ink: Colour) -> None:
        dx, dy = q[0] - p[0], q[1] - p[1]
        span = math.hypot(dx, dy) or 1.0
        nx, ny = -dy / span, dx / span
        quad = [
            (p[0] + nx * r, p[1] + ny * r),
            (q[0] + nx * s, q[1] + ny * s),
            (q[0] - nx * s, q[1] - ny * s),
            (p[0] - nx * r, p[1] - ny * r),
        ]
        self._draw.polygon(_finer(quad), fill=ink)
        if r > 0.4:
            self.disc(p, r, ink)


def _finer(places: Sequence[Point]) -> list[Point]:
    return [(x * _FINER, y * _FINER) for x, y in places]
