"""Eyes, brows, nose and mouth, drawn with a pen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from examples.head import Head
from examples.ink import FLICK, STEADY, TAPER, Point, curve, mix, points


@dataclass(frozen=True)
class Look:
    """What tells one face from another; 1 is the common measure."""

    eye_height: float = 1.0
    gaze: float = 0.0
    lashes: int = 9
    brow_weight: float = 1.0
    brow_drop: float = 0.0
    nose_width: float = 1.0
    mouth_width: float = 1.0
    lip_fullness: float = 1.0


def features(head: Head, look: Look) -> None:
    """Draw all that a face says something with."""
    for side in (-1, 1):
        eye(head, side, look)
        brow(head, side, look)
    nose(head, look)
    mouth(head, look)


_UPPER_LID = points(
    "1.72,0.36 1.98,0.02 2.42,-0.46 2.98,-0.72 3.56,-0.66 4.08,-0.36 4.5,0.04 4.82,0.16"
)
_LOWER_LID = points("1.72,0.36 2.2,0.5 2.85,0.66 3.5,0.62 4.08,0.36 4.46,0.02")
_CREASE = points("2.0,-0.5 2.5,-1.02 3.1,-1.22 3.75,-1.08 4.4,-0.62 4.78,-0.22")


def eye(head: Head, side: int, look: Look) -> None:
    """Draw the eye on one side of the picture (-1 left, 1 right)."""
    upper = _sided(_UPPER_LID, side, look.eye_height)
    lower = _sided(_LOWER_LID, side, look.eye_height)
    opening = head.on_face([*upper[:-1], *lower[-2:0:-1]])
    head.paper.fill(opening, head.palette.eyeball)
    with head.paper.inside(opening):
        _iris(head, side, look)
        head.line([(x, y + 0.12) for x, y in upper[1:-1]], 1.5, STEADY, lift=0)
    head.line(lower, 0.75, (0.9, 0.35, 0.6, 1.0, 0.7), lift=0)
    head.line(upper, 2.3, (0.35, 0.75, 1.0, 1.15, 1.0, 0.15), lift=0)
    head.line(_sided(_CREASE, side), 0.75, (0.05, 0.6, 1.0, 0.8, 0.1), lift=0)
    head.line(_sided(points("1.95,0.18 2.04,0.3 1.98,0.42"), side), 0.5, lift=0)
    _lashes(head, upper, lower, side, look)


def pupil(head: Head, side: int, look: Look) -> Point:
    """Return where on the paper the middle of an eye's pupil is."""
    return head.on_face([(side * 3.14 + look.gaze, -0.1)])[0]


def _iris(head: Head, side: int, look: Look) -> None:
    """Draw a dark ring, rays, a pupil and a gleam; the lid's shadow lies on the upper half."""
    paper, ink, white = head.paper, head.palette.ink, head.palette.eyeball
    x, y = pupil(head, side, look)
    radius = 0.76 * head.scale
    paper.disc((x, y), radius, ink)
    paper.disc((x, y), radius * 0.88, head.palette.iris)
    for ray in range(60):
        angle = ray / 60 * math.tau + paper.jitter(0.1)
        across, down = math.cos(angle), math.sin(angle)
        inner = 0.4 if down < 0.25 else 0.56 + 0.12 * down + paper.jitter(0.14)
        path = [(x + across * radius * r, y + down * radius * r) for r in (0.95, inner)]
        paper.stroke(path, head.scale * (0.075 - 0.02 * down), FLICK, ink, wobble=0)
    paper.disc((x, y), radius * 0.48, ink)
    paper.disc((x - radius * 0.32, y - radius * 0.3), radius * 0.25, white)


def _lashes(
    head: Head, upper: Sequence[Point], lower: Sequence[Point], side: int, look: Look
) -> None:
    """Set lashes on the outer half of the lids, longer towards the temple."""
    for index in range(look.lashes):
        share = 0.58 + 0.4 * index / max(1, look.lashes - 1)
        x, y = _on(upper, share)
        reach = 0.2 + 0.5 * (share - 0.5) + head.paper.jitter(0.05)
        out = side * reach * (0.4 + 1.5 * (share - 0.5))
        head.line(
            [(x, y), (x + out * 0.55, y - reach * 0.5), (x + out * 1.25, y - reach * 0.78)],
            0.8, FLICK, lift=0,
        )  # fmt: skip
    for place in (0.62, 0.7, 0.77, 0.83)[: look.lashes // 2]:
        x, y = _on(lower, place)
        head.line([(x, y), (x + side * 0.12, y + 0.13)], 0.4, FLICK, lift=0)


_BROW_TOP = points("1.12,-2.42 2.2,-2.78 3.3,-3.02 4.4,-2.78 5.5,-1.95")
_BROW_BOTTOM = points("1.3,-1.85 2.2,-2.12 3.3,-2.42 4.4,-2.42 5.5,-1.93")


def brow(head: Head, side: int, look: Look) -> None:
    """Draw a brow hair by hair: upright at the nose, lying down towards the temple."""
    top, bottom = _sided(_BROW_TOP, side), _sided(_BROW_BOTTOM, side)
    jitter = head.paper.jitter
    for index in range(64):
        share = index / 63 * 0.93
        root = mix(_on(bottom, share), _on(top, share), 0.35 + jitter(0.35) - 0.15 * share)
        ahead = min(1.0, share + 0.05 + 0.11 * min(1.0, share * 2.5) + jitter(0.02))
        tip = mix(_on(bottom, ahead), _on(top, ahead), 0.72 + jitter(0.22) - 0.2 * share)
        middle = mix(root, tip, 0.5)
        hair = (root, (middle[0], middle[1] - 0.05), tip)
        head.line(
            [(x, y + look.brow_drop) for x, y in hair],
            look.brow_weight * (0.4 + 0.7 * min(1.0, share * 3)),
            (0.4, 1.0, 0.8, 0.1), lift=0,
        )  # fmt: skip


def nose(head: Head, look: Look) -> None:
    """Hint at the nose: a touch of the bridge, the wings, the nostrils and the tip."""
    wide, far = look.nose_width, -1 if head.turn <= 0 else 1
    head.line([(far * 1.2, -1.15), (far * 0.92, -0.5), (far * 0.8, 0.3)], 0.55, lift=0.7)
    head.line([(far * 0.7, 2.6), (far * 0.8, 3.1), (far * 0.9, 3.5)], 0.4, lift=1.8)
    for side in (-1, 1):
        wing = points("1.34,3.4 1.7,3.75 1.78,4.22 1.45,4.58 1.12,4.5")
        head.line([(side * x * wide, y) for x, y in wing], 0.85, (0.05, 0.6, 1, 0.9, 0.1), lift=0.7)
        hole = points("0.36,4.74 0.64,4.53 1.0,4.52 1.14,4.66")
        head.line([(side * x * wide, y) for x, y in hole], 1.7, (0.1, 0.8, 1.0, 0.2), lift=1.4)
    under = points("-0.42,4.76 -0.2,4.93 0.0,4.97 0.22,4.92 0.42,4.76")
    head.line([(x * wide, y) for x, y in under], 0.8, lift=1.7)
    head.line([(far * 0.22, 5.3), (far * 0.26, 5.75)], 0.4, lift=1.0)


_PARTING = points(
    "-2.36,6.7 -1.9,6.84 -1.2,6.76 -0.55,6.74 0.0,6.9 0.55,6.74 1.2,6.76 1.9,6.84 2.38,6.68"
)
_UPPER_LIP = points(
    "-2.28,6.72 -1.5,6.38 -0.62,6.0 -0.3,6.02 0.0,6.18 0.3,6.02 0.66,6.02 1.5,6.38 2.28,6.7"
)
_LOWER_LIP = points("-2.0,7.02 -1.4,7.5 -0.7,7.82 0.0,7.88 0.7,7.82 1.4,7.48 2.0,6.98")


def mouth(head: Head, look: Look) -> None:
    """Draw the closed mouth: the parting heaviest, the upper lip shaded, the lower one open."""
    parting, upper, lower = (_lip(edge, look) for edge in (_PARTING, _UPPER_LIP, _LOWER_LIP))
    head.paper.fill(head.on_face([*upper, *lower[::-1]], 0.7), head.palette.lips)
    _shade_lips(head, parting, upper, lower)
    head.line(upper, 0.7, (0.1, 0.5, 0.9, 0.6, 1.0, 0.5, 0.1), lift=0.7)
    head.line(lower[1:-1], 0.9, (0.05, 0.7, 1.0, 0.8, 0.05), lift=0.7)
    head.line(parting, 1.7, (0.75, 0.55, 0.8, 1.0, 0.75, 1.0, 0.8, 0.55, 0.75), lift=0.7)


def corners_of_mouth(head: Head, look: Look) -> list[Point]:
    """Return where on the paper the mouth ends, left and right."""
    parting = _lip(_PARTING, look)
    return head.on_face([parting[0], parting[-1]], lift=0.7)


def _lip(edge: Sequence[Point], look: Look) -> list[Point]:
    return [(x * look.mouth_width, 6.85 + (y - 6.85) * look.lip_fullness) for x, y in edge]


def _shade_lips(
    head: Head, parting: Sequence[Point], upper: Sequence[Point], lower: Sequence[Point]
) -> None:
    """Hatch the upper lip, which looks down, and the hollow under the lower one."""
    with head.paper.inside(head.on_face([*upper, *parting[::-1]], 0.7)):
        for index in range(46):
            x = -2.25 + 0.1 * index + head.paper.jitter(0.03)
            low, top = _near(parting, x), _near(upper, x * 0.94)
            reach = 0.75 + head.paper.jitter(0.25)
            head.line([low, mix(low, top, reach)], 0.5, FLICK, lift=0.7)
    for index in range(9):
        x = 1.2 - 0.24 * index
        edge = _near(parting, x)[1] + 0.06
        reach = edge + 0.3 + head.paper.jitter(0.1)
        head.line([(x, edge), (x + 0.03, reach)], 0.4, FLICK, lift=0.7)
    for index in range(8):
        x, y = -1.0 + 0.27 * index, lower[3][1]
        head.line([(x, y + 0.44), (x + 0.34, y + 0.22)], 0.45, TAPER, lift=0.5)


def _sided(knots: Sequence[Point], side: int, height: float = 1.0) -> list[Point]:
    return [(side * x, y * height) for x, y in knots]


def _on(knots: Sequence[Point], share: float) -> Point:
    path = curve(knots, step=0.05)
    return path[round(share * (len(path) - 1))]


def _near(knots: Sequence[Point], x: float) -> Point:
    return min(curve(knots, step=0.05), key=lambda point: abs(point[0] - x))
