"""Draws `examples/sketch.png`, the portrait that the demo brings to life.

Run it with `python -m examples.draw_sketch`; it makes the same file every time.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PIL import Image

from examples.features import Look, features
from examples.hair import Lock, lock, loose
from examples.head import Head
from examples.ink import FLICK, STEADY, Paper, points

SKETCH = Path(__file__).with_name("sketch.png")
LOOK = Look(eye_height=0.95, gaze=0.13, lashes=6, mouth_width=0.98)


def draw() -> Image.Image:
    """Return the sketch."""
    paper = Paper(768, 960, seed=7)
    head = sitter(paper)
    body = replace(head, tilt=0)
    for shape in _BACK_LOCKS:
        lock(head, shape)
    _neck(body)
    _shirt(body)
    _face(head)
    _ear(head)
    features(head, LOOK)
    for shape in _LOCKS:
        lock(head, shape)
    loose(head, _LOOSE)
    return paper.picture()


def sitter(paper: Paper) -> Head:
    """Return her head, turned to the left of the picture and tilted a little."""
    return Head(paper, centre=(384, 385), scale=26, turn=-10, tilt=4)


def _face(head: Head) -> None:
    far = points(
        "-6.3,-5.5 -6.75,-2.6 -6.45,-0.6 -6.62,1.6 -6.3,4.0 -5.7,6.4 -4.6,8.7 -3.3,10.4 -2.1,11.3"
    )
    near = points("-0.7,11.62 0.7,11.3 2.6,10.2 4.65,8.2 5.9,5.8 6.6,3.4")
    top = points("7.0,-1.0 6.4,-5.0 3.0,-8.5 -2.0,-8.5")
    head.paper.fill(head.outline([*far, *near, *top]), head.palette.skin)
    head.line([*far[2:], (-1.4, 11.55)], 1.2, (0.3, 0.8, 1.0, 0.7, 0.9, 1.2, 0.6))
    head.line([(-2.2, 11.24), *near], 1.3, (0.2, 1.0, 0.8, 1.1, 1.0, 0.3))


def _ear(head: Head) -> None:
    rim = points("6.85,0.6 7.1,-0.5 7.8,-1.0 8.5,-0.3 8.4,1.4 7.8,2.8 7.45,4.0 6.9,4.15 6.6,3.3")
    head.paper.fill(head.outline(rim), head.palette.skin)
    head.line(rim, 1.1, (0.2, 0.9, 1.1, 1.0, 0.8, 1.1, 0.3))
    head.line(points("7.15,0.3 7.6,-0.4 8.05,0.1 7.9,1.3 7.4,2.5"), 0.7)
    head.line(points("6.95,1.0 7.25,1.3 7.15,2.0 6.85,2.4"), 0.8)


def _neck(body: Head) -> None:
    skin = points(
        "-4.0,8.0 -4.1,12.0 -5.0,14.8 -6.5,18 0.5,23.5 7.5,18 "
        "6.2,15.0 5.3,13.6 4.85,12.0 4.8,9.4 5.2,6.6 3,4 -3,5"
    )
    body.paper.fill(body.outline(skin), body.palette.skin)
    body.line(points("-3.9,10.4 -3.95,12.2 -4.4,13.8 -5.4,15.2"), 1.2)
    body.line(points("5.2,6.6 4.8,9.4 4.9,12.2 5.4,14.0 6.2,15.0"), 1.3)
    body.line(points("4.3,11.0 3.1,14.2 1.7,16.9 1.2,17.5"), 0.7, FLICK[::-1])
    body.line(points("-1.9,14.6 -1.0,16.6 -0.5,17.5"), 0.6)
    body.line(points("-3.6,17.4 -1.9,17.4 -0.6,18.1"), 0.8)
    body.line(points("4.4,17.3 2.9,17.5 1.5,18.2"), 0.8)
    shade = points("-3.7,9.0 4.9,6.5 4.65,10.4 2.6,12.9 -1.4,13.7 -3.8,12.2")
    with body.paper.inside(body.outline(shade)):
        for index in range(74):
            x, lower = -5.0 + 0.155 * index, body.paper.jitter(0.45)
            foot = 13.6 - 0.28 * x + lower
            body.line([(x + 1.6, foot - 4.2), (x, foot)], 0.45, (1.0, 1.0, 0.8, 0.1))


def _shirt(body: Head) -> None:
    for leaf, seam in (
        (points("-5.0,13.0 -3.3,16.4 -1.5,18.9 -3.7,21.0 -6.9,18.0 -6.6,14.8"), -1),
        (points("5.9,13.0 4.4,16.4 2.6,19.1 5.1,21.0 7.9,17.8 7.4,14.8"), 1),
    ):
        body.paper.fill(body.outline(leaf), body.palette.skin)
        body.line(leaf[:3], 1.1)
        body.line(leaf[2:4], 1.2, STEADY)
        body.line(leaf[3:], 1.1)
        shoulder = [(seam * x + 0.4, y) for x, y in points("6.8,15.4 10,16.8 12.6,18.6 13.6,21.4")]
        body.line(shoulder, 1.2, (0.3, 1.0, 0.9, 0.6, 0.05))
        for index in range(5):
            x, y = leaf[3][0] + seam * 0.27 * index, leaf[3][1] - 0.27 * index
            body.line([(x, y + 0.25), (x + seam * 0.1, y + 1.0 - 0.03 * index)], 0.5, FLICK)
    body.line(points("-9.5,18.6 -8.9,20.2 -8.8,21.6"), 0.7)
    body.line(points("10.2,18.4 9.9,20.0 9.9,21.2"), 0.7)
    body.line(points("-1.5,18.9 -0.6,20.4 0.3,22.2"), 1.1, FLICK)
    body.line(points("2.6,19.1 1.7,20.8 0.7,22.3"), 1.1, FLICK)


_BACK_LOCKS = (
    Lock(
        inner=points("-5.2,4 -4.0,8 -3.6,11 -4.6,15"),
        outer=points("-8,4 -8,8 -8,11 -8,16"),
        strokes=42,
        gleams=(),
        weight=1.9,
    ),
    Lock(
        inner=points("5,5 5.6,9 6.0,12 7.4,16"),
        outer=points("8.5,3 8.6,9 9,12 9.5,16"),
        strokes=36,
        gleams=(),
        weight=1.9,
    ),
)
_LOCKS = (
    Lock(  # the far side, behind
        inner=points(
            "1.3,-10.0 -3.0,-9.6 -6.6,-6.0 -8.2,-1.5 -7.9,3.0 -7.2,7.0 -8.0,10.4 "
            "-9.2,13.0 -10.6,14.8"
        ),
        outer=points(
            "1.1,-12.3 -2.8,-12.7 -7.2,-10.2 -9.4,-5.0 -10.0,0.0 -9.5,4.6 -9.7,8.4 "
            "-11.0,11.6 -12.2,13.8"
        ),
        strokes=44,
        gleams=((0.24, 0.38), (0.74, 0.8)),
    ),
    Lock(  # the far side, down to the shoulder
        inner=points(
            "1.5,-8.6 -1.6,-8.6 -5.0,-6.2 -7.2,-2.2 -7.6,2.0 -6.6,6.0 -6.2,9.2 "
            "-7.4,12.6 -7.6,15.4 -6.6,17.4"
        ),
        outer=points(
            "1.2,-11.4 -1.8,-11.6 -5.8,-9.6 -8.2,-5.4 -9.2,-1.0 -9.0,3.4 -8.4,6.8 "
            "-9.0,10.2 -10.2,13.0 -9.6,16.0 -8.0,18.0"
        ),
        strokes=52,
        gleams=((0.22, 0.36), (0.6, 0.68)),
        covers=0.95,
    ),
    Lock(  # along the far cheek
        inner=points(
            "1.7,-7.0 0.2,-7.5 -2.6,-6.7 -5.1,-4.4 -6.4,-1.2 -7.0,2.2 -6.2,6.0 "
            "-5.3,8.6 -5.4,11.4 -4.6,13.6"
        ),
        outer=points(
            "1.4,-9.4 -0.8,-9.8 -3.8,-8.4 -6.4,-5.0 -7.7,-1.4 -8.2,2.4 -7.4,6.2 "
            "-6.7,9.0 -6.8,12.0 -5.0,14.4"
        ),
        strokes=44,
        gleams=((0.3, 0.42), (0.7, 0.77)),
        covers=0.97,
        weight=0.9,
    ),
    Lock(  # the near side, behind the ear and over the shoulder
        inner=points(
            "1.5,-10.0 4.4,-9.6 7.0,-6.4 8.3,-2.4 8.7,1.0 8.1,4.2 7.2,7.2 7.2,10.2 "
            "8.2,13.2 7.6,16.2 6.0,17.8"
        ),
        outer=points(
            "1.1,-12.3 4.4,-12.4 7.8,-10.0 9.6,-5.6 10.3,-1.2 10.5,3.2 10.0,6.6 "
            "10.2,10.0 11.4,13.0 10.8,16.2 8.2,18.2"
        ),
        strokes=72,
        gleams=((0.24, 0.4), (0.66, 0.75)),
        covers=0.95,
    ),
    Lock(  # tucked behind the near ear
        inner=points("1.7,-7.0 2.9,-7.4 4.9,-6.0 6.3,-3.7 7.2,-1.8 8.2,-0.5 8.9,1.0"),
        outer=points("1.4,-10.4 3.8,-10.4 6.6,-8.0 8.2,-4.4 9.0,-1.6 9.3,0.6 9.2,2.2"),
        strokes=50,
        gleams=((0.4, 0.58),),
        weight=0.9,
    ),
)
_LOOSE = (
    points("0.8,-12.2 -3.0,-13.0 -7.2,-10.7 -9.2,-6.4"),
    points("-0.6,-12.4 -5.0,-12.2 -8.6,-8.4 -9.9,-3.6 -10.2,-0.6"),
    points("-9.2,5.6 -9.7,8.2 -11.2,11.0 -12.4,13.4"),
    points("-8.8,10.6 -10.3,13.4 -9.9,16.2 -8.2,18.6"),
    points("7.1,-2.2 7.2,0.0 6.7,2.4 6.6,4.4 7.1,6.4"),
    points("2.0,-12.5 5.8,-12.1 8.8,-9.2 10.1,-5.0"),
    points("10.0,8.0 10.7,10.6 12.0,12.8 11.8,15.4"),
)


if __name__ == "__main__":
    draw().save(SKETCH, optimize=True)
