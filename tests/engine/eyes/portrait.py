"""A portrait that is drawn anew for every frame, so that what its face does is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Pixels = NDArray[np.uint8]

SIDE = 512
SCALE = 2  # drawn larger and reduced, so that lines are smooth
INK, PAPER = (20, 20, 20), (255, 255, 255)


@dataclass(frozen=True)
class Look:
    """`left`, `right`: 1 open, 0 closed, as the viewer sees them. `smile`: px that the corners
    of the mouth are lifted by; `x`, `y`: px that the head is moved by."""

    left: float = 1.0
    right: float = 1.0
    smile: float = 0.0
    x: float = 0.0
    y: float = 0.0


def portrait(look: Look = Look()) -> Pixels:
    """(512, 512, 3) RGB: an inked face from the front, hair, neck and shoulders."""
    sheet = Image.new("RGB", (SIDE * SCALE, SIDE * SCALE), PAPER)
    pen = _Pen(ImageDraw.Draw(sheet), look.x, look.y)
    _draw_head(pen)
    for middle, opening, outward in ((206, look.left, -1), (306, look.right, 1)):
        _draw_eye(pen, middle, opening, outward)
    _draw_mouth(pen, look.smile)
    return np.asarray(sheet.resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def clip(looks: Sequence[Look], noise: float = 0.0, seed: int = 0) -> Iterator[Pixels]:
    """A frame a look; `noise` is a standard deviation in levels."""
    rng = np.random.default_rng(seed)
    for look in looks:
        frame = portrait(look)
        grain = rng.normal(0, noise, frame.shape) if noise else 0.0
        yield np.clip(frame + grain, 0, 255).astype(np.uint8)


class _Pen:
    """Draws in px of the finished picture, moved with the head."""

    def __init__(self, draw: ImageDraw.ImageDraw, x: float, y: float) -> None:
        self._draw, self._x, self._y = draw, x, y

    def line(self, points: Sequence[tuple[float, float]], width: float) -> None:
        self._draw.line(self._placed(points), INK, round(width * SCALE), joint="curve")

    def fill(self, points: Sequence[tuple[float, float]], colour: tuple[int, int, int]) -> None:
        self._draw.polygon(self._placed(points), fill=colour)

    def _placed(self, points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        return [((x + self._x) * SCALE, (y + self._y) * SCALE) for x, y in points]


def _oval(x: float, y: float, across: float, down: float) -> list[tuple[float, float]]:
    return [
        (x + across * float(np.cos(angle)), y + down * float(np.sin(angle)))
        for angle in np.linspace(0, 2 * np.pi, 90)
    ]


def _arc(
    start: tuple[float, float], end: tuple[float, float], bulge: float
) -> list[tuple[float, float]]:
    """From start to end, `bulge` px below the straight line in its middle."""
    return [
        (
            start[0] + share * (end[0] - start[0]),
            start[1] + share * (end[1] - start[1]) + 4 * share * (1 - share) * bulge,
        )
        for share in np.linspace(0, 1, 40)
    ]


def _draw_head(pen: _Pen) -> None:
    pen.fill(_oval(256, 232, 150, 176), INK)  # hair
    pen.fill([(216, 340), (296, 340), (306, 450), (206, 450)], PAPER)
    pen.fill(_oval(256, 270, 108, 140), PAPER)
    pen.line(_oval(256, 270, 108, 140), 3)
    pen.line(_arc((212, 395), (110, 500), 20), 3)
    pen.line(_arc((300, 395), (402, 500), 20), 3)
    pen.line(_arc((178, 222), (234, 220), -12), 6)  # brows
    pen.line(_arc((278, 220), (334, 222), -12), 6)
    pen.line(_arc((248, 262), (238, 310), 6), 2)  # nose
    pen.line(_arc((236, 310), (276, 310), 12), 3)


def _draw_eye(pen: _Pen, middle: float, opening: float, outward: int) -> None:
    """A lid that sinks from above over an iris that stays."""
    y, half = 254.0, 25.0
    outer, inner = (middle + outward * half, y - 1), (middle - outward * half, y + 2)
    upper = _arc(outer, inner, 8 - 20 * opening)
    lower = _arc(outer, inner, 8)
    iris = _oval(middle, y - 1, 10, 10)
    visible = [(x, min(max(iris_y, _height(upper, x)), _height(lower, x))) for x, iris_y in iris]
    if opening > 0.15:
        pen.fill(visible, INK)
    pen.line(upper, 4)
    pen.line(lower, 1.5)
    pen.line(_arc((outer[0], outer[1] - 8), (inner[0], inner[1] - 8), -14 * opening), 1.5)


def _height(line: Sequence[tuple[float, float]], x: float) -> float:
    xs, ys = zip(*sorted(line), strict=True)
    return float(np.interp(x, xs, ys))


def _draw_mouth(pen: _Pen, smile: float) -> None:
    left, right = (216.0, 352 - smile), (296.0, 352 - smile)
    pen.fill(_arc(left, right, -9 + smile / 2) + _arc(right, left, 14 + smile), (150, 150, 150))
    pen.line(_arc(left, right, 3 + smile / 2), 3)
    pen.line(_arc(left, right, -9 + smile / 2), 2)
    pen.line(_arc(left, right, 14 + smile), 2)
