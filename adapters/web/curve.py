"""The expression curves of a clip as lines of an SVG, on the clip's own time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clip import Clip
from bot.measurement import Blink

WIDTH, HEIGHT, EDGE = 1000, 200, 12  # of the drawing, in its own units
HIGHEST_EYE = 1.1  # a little wider than open
LEAST_SMILE = 0.05  # eye distances: below that a smile is noise, and is drawn as small as it is


@dataclass(frozen=True, slots=True)
class Line:
    """`name` is that of its colour and its label; `points` as an SVG writes them."""

    name: str
    points: str


@dataclass(frozen=True, slots=True)
class Band:
    """A blink: from where to where."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class CurveView:
    lines: tuple[Line, ...]
    blinks: tuple[Band, ...]
    width: int = WIDTH
    height: int = HEIGHT


def curve_of(clip: Clip | None) -> CurveView | None:
    """None where no face was measured."""
    measured = clip.measurement if clip else None
    if clip is None or measured is None or measured.curves is None:
        return None
    curves = measured.curves
    smile = max(*curves.mouth, LEAST_SMILE)
    return CurveView(
        lines=(
            Line("left-eye", _points(curves.left_eye, HIGHEST_EYE)),
            Line("right-eye", _points(curves.right_eye, HIGHEST_EYE)),
            Line("mouth", _points(curves.mouth, smile * HIGHEST_EYE)),
        ),
        blinks=tuple(_band(blink, clip.seconds) for blink in measured.blinks),
    )


def _points(values: Sequence[float], highest: float) -> str:
    """From the first frame at the left edge to the last one at the right."""
    step = WIDTH / max(len(values) - 1, 1)
    room = HEIGHT - 2 * EDGE
    heights = [min(max(value / highest, 0.0), 1.0) * room for value in values]
    return " ".join(
        f"{number * step:.1f},{HEIGHT - EDGE - height:.1f}" for number, height in enumerate(heights)
    )


def _band(blink: Blink, seconds: float) -> Band:
    start, end = (min(max(at / seconds, 0.0), 1.0) * WIDTH for at in (blink.start_s, blink.end_s))
    return Band(round(start, 1), round(end - start, 1))
