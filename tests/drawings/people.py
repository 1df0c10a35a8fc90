"""Faces seen from the front, for the face finder to find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PIL import Image, ImageOps

from examples.features import Look, features
from examples.hair import Lock, lock
from examples.head import Head, Palette
from examples.ink import FLICK, Paper, points

Person = Callable[[Head], None]


def portrait() -> Image.Image:
    """Draw a man with short hair, nearly from the front."""
    paper = Paper(440, 512, seed=11)
    man(Head(paper, centre=(222, 232), scale=14.5, turn=7, tilt=-3))
    return paper.picture()


def coloured() -> Image.Image:
    """Draw a woman in flat colours before a coloured wall."""
    paper = Paper(440, 512, seed=5, ground=(196, 222, 214))
    colours = Palette(
        ink=(62, 34, 36),
        skin=(250, 214, 186),
        iris=(94, 140, 98),
        lips=(214, 98, 96),
        hair=(206, 104, 46),
        cloth=(86, 112, 150),
    )
    head = Head(paper, centre=(220, 228), scale=14.5, turn=-5, tilt=2, palette=colours)
    woman(head)
    return paper.picture()


def two_faces() -> Image.Image:
    """Draw a woman and, smaller and further back, a man."""
    paper = Paper(512, 440, seed=3)
    man(Head(paper, centre=(372, 190), scale=9, turn=-6, tilt=2))
    woman(Head(paper, centre=(160, 212), scale=12.5, turn=5, tilt=-3))
    return paper.picture()


def on_transparent() -> Image.Image:
    """Draw a woman in black on a ground that is not there."""
    paper = Paper(400, 480, seed=8)
    woman(Head(paper, centre=(200, 218), scale=13, turn=4, tilt=-2))
    ink = ImageOps.invert(paper.picture().convert("L"))
    sheet = Image.new("RGBA", ink.size, (0, 0, 0, 0))
    sheet.putalpha(ink)
    return sheet


def half_face() -> Image.Image:
    """Draw a man who looks in from the edge of the paper, half of him beyond it."""
    paper = Paper(360, 480, seed=11)
    man(Head(paper, centre=(-6, 226), scale=15, turn=4, tilt=-2))
    return paper.picture()


def man(head: Head) -> None:
    """Draw a broad man with a jumper."""
    body = replace(head, tilt=0)
    _shoulders(body, neck=5.2)
    collar = points("-5.2,15.4 -2.6,17.4 0.3,18.0 3.2,17.4 5.6,15.4")
    body.line(collar, 1.6)
    body.line([(x * 1.08, y + 1.2) for x, y in collar], 1.3)
    for index in range(17):
        x, y = -4.6 + 0.6 * index, 17.75 - ((index - 8.2) / 8) ** 2 * 1.8
        body.line([(x, y + 0.1), (x + (index - 8) * 0.02, y + 1.2)], 0.6)
    for side in (-1, 1):
        _ear(head, side)
    half = points("6.7,-5 7.0,-2.4 6.85,0 6.8,2.4 6.5,5 6.0,7.6 4.8,9.9 3.2,11.4 1.6,12.0")
    _face(head, half)
    features(
        head,
        Look(eye_height=0.9, lashes=0, brow_weight=1.5, brow_drop=0.25, nose_width=1.12),
    )
    for shape in _SHORT_HAIR:
        lock(head, shape)


def woman(head: Head) -> None:
    """Draw a woman with a bob and a fringe to the side."""
    body = replace(head, tilt=0)
    for shape in _BOB[:1]:
        lock(head, shape)
    _shoulders(body, neck=3.9)
    collar = points("-6.6,15.6 -4.2,18.2 0.4,19.6 5.0,18.2 7.2,15.6")
    dress = points("11.0,17.4 13.4,20.5 13,26 -13,26 -13.4,20.5 -11.0,17.4")
    body.paper.fill(body.outline([*collar, *dress]), body.palette.cloth)
    body.line(collar, 1.4)
    for side in (-1, 1):
        body.line([(side * x, y) for x, y in points("6.4,15.6 11.0,17.4 13.4,20.5")], 1.3)
    half = points("6.4,-5 6.8,-2.4 6.6,0 6.55,2.2 6.15,4.6 5.4,7.0 4.0,9.3 2.4,10.9 1.0,11.5")
    _face(head, half)
    features(head, Look(eye_height=1.08, lashes=5, lip_fullness=1.08))
    for shape in _BOB[1:]:
        lock(head, shape)


def _face(head: Head, half: list[tuple[float, float]]) -> None:
    other = [(-x * 0.99, y + 0.05) for x, y in half]
    crown = points("-3,-8.5 3,-8.5")
    head.paper.fill(head.outline([*crown, *half, *other[::-1]]), head.palette.skin)
    for side, start in ((half, 2), (other, 2)):
        chin = (side[-1][0] * -0.12, side[-1][1] + 0.1)
        head.line([*side[start:], chin], 1.2, (0.3, 0.9, 0.8, 1.1, 1.0, 0.7))


def _ear(head: Head, side: int) -> None:
    rim = points("6.6,0.2 7.1,-0.9 8.0,-0.9 8.3,0.4 7.9,2.4 7.4,3.8 6.7,4.2 6.4,3.2")
    fold = points("7.0,0.4 7.4,-0.2 7.8,0.3 7.5,1.6 7.1,2.6")
    head.paper.fill(head.outline([(side * x, y) for x, y in rim]), head.palette.skin)
    head.line([(side * x, y) for x, y in rim], 1.1)
    head.line([(side * x, y) for x, y in fold], 0.8)


def _shoulders(body: Head, neck: float) -> None:
    half = [(neck, 7.0), (neck, 12.5), (neck + 1.2, 14.9), (11.0, 17.4), (13.4, 20.5)]
    other = [(-x, y) for x, y in half]
    foot = points("13,24 -13,24")
    body.paper.fill(body.outline([*half, *foot, *other[::-1]]), body.palette.skin)
    for side in (half, other):
        body.line(side, 1.3, (0.5, 1.0, 0.8, 1.0, 0.2))
    for index in range(14):
        x = -neck + 0.5 + index * (2 * neck - 1) / 13
        body.line([(x + 0.5, 10.0), (x, 12.9 + body.paper.jitter(0.4))], 0.6, FLICK)


_SHORT_HAIR = (
    Lock(
        inner=points("-2.6,-7.0 -4.4,-6.3 -6.0,-4.2 -6.7,-1.6 -6.8,0.6"),
        outer=points("-2.0,-10.6 -4.8,-11.2 -7.4,-8.2 -8.1,-4.4 -7.5,-0.2"),
        strokes=34,
        weight=1.1,
    ),
    Lock(
        inner=points("-3.0,-6.6 -0.4,-8.2 3.0,-7.0 5.4,-5.2 6.6,-2.6 6.8,0.6"),
        outer=points("-2.6,-9.6 -0.8,-12.8 4.0,-12.6 7.4,-9.4 8.3,-4.6 7.5,-0.2"),
        strokes=52,
        gleams=((0.3, 0.48),),
        weight=1.1,
    ),
)
_BOB = (
    Lock(
        inner=points("0,-6 -5,-4 -6.5,2 -6,7 -4.8,11.6"),
        outer=points("0,-6 5,-4 6.5,2 6,7 4.8,11.6"),
        strokes=60,
        gleams=(),
        weight=1.7,
    ),
    Lock(
        inner=points("2.2,-6.6 0.2,-6.4 -3.0,-4.8 -5.4,-2.6 -6.5,0.6 -6.7,4.0 -5.9,7.4 -4.6,10.2"),
        outer=points(
            "2.0,-11.4 -1.6,-13.0 -6.4,-10.8 -8.9,-5.6 -9.5,0.2 -9.3,5.4 -8.2,9.4 -5.2,11.8"
        ),
        strokes=64,
        gleams=((0.3, 0.46), (0.7, 0.76)),
        covers=0.97,
    ),
    Lock(
        inner=points("2.2,-6.6 4.0,-5.9 5.6,-3.8 6.4,-0.8 6.7,3.0 6.1,7.0 4.8,10.2"),
        outer=points("1.8,-11.6 5.2,-12.0 8.2,-8.2 9.3,-3.0 9.5,3.0 8.6,8.6 5.6,11.9"),
        strokes=44,
        gleams=((0.3, 0.48), (0.7, 0.76)),
        covers=0.97,
    ),
)
