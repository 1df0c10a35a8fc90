"""A head that is turned and tilted: from measures on the face to places on the paper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from examples.ink import BLACK, TAPER, WHITE, Colour, Paper, Point


@dataclass(frozen=True)
class Palette:
    """What a head is drawn with; a pen drawing leaves everything but the ink white."""

    ink: Colour = BLACK
    skin: Colour = WHITE
    eyeball: Colour = WHITE
    iris: Colour = WHITE
    lips: Colour = WHITE
    hair: Colour = WHITE
    cloth: Colour = WHITE


@dataclass(frozen=True)
class Head:
    """A head on the paper.

    Its measures are centimetres of a grown person: x to the right of the picture, y down from the
    line of the eyes, both 0 midway between the eyes. `turn` (to the left where negative) and
    `tilt` (clockwise) are degrees, `scale` is pixels per centimetre.
    """

    paper: Paper
    centre: Point
    scale: float
    turn: float = 0.0
    tilt: float = 0.0
    palette: Palette = field(default_factory=Palette)

    def outline(self, knots: Sequence[Point]) -> list[Point]:
        """Place what lies in the plane through the ears: contours, hair."""
        return [self._placed(x, y, 0.0) for x, y in knots]

    def on_face(self, knots: Sequence[Point], lift: float = 0.0) -> list[Point]:
        """Place what lies on the rounded front of the face, or `lift` centimetres before it."""
        return [self._placed(x, y, _depth(x, y) + lift) for x, y in knots]

    def line(
        self,
        knots: Sequence[Point],
        width: float,
        pressure: Sequence[float] = TAPER,
        lift: float | None = None,
        ink: Colour | None = None,
    ) -> None:
        """Draw a line `width` millimetres wide on the face; one without `lift` is an outline."""
        placed = self.outline(knots) if lift is None else self.on_face(knots, lift)
        self.paper.stroke(
            placed,
            width * self.scale / 10,
            pressure,
            ink or self.palette.ink,
            wobble=0.015 * self.scale,
        )

    def _placed(self, x: float, y: float, z: float) -> Point:
        turn, tilt = math.radians(self.turn), math.radians(self.tilt)
        across = x * math.cos(turn) + z * math.sin(turn)
        right = across * math.cos(tilt) - y * math.sin(tilt)
        down = across * math.sin(tilt) + y * math.cos(tilt)
        return self.centre[0] + right * self.scale, self.centre[1] + down * self.scale


def _depth(x: float, y: float) -> float:
    """How far the front of the face stands before the ears, taken as an egg's."""
    return 6.5 * math.sqrt(max(0.0, 1 - (x / 9) ** 2 - ((y - 1) / 15) ** 2))
