"""Drawings that the face finder is not made for."""

from __future__ import annotations

import itertools

from PIL import Image, ImageDraw

from examples.hair import Lock, lock
from examples.head import Head
from examples.ink import BLACK, FLICK, STEADY, WHITE, Paper, points


def profile() -> Image.Image:
    """Draw a woman from the side, her hair in a bun."""
    paper = Paper(420, 512, seed=21)
    head = Head(paper, centre=(215, 225), scale=14.5)
    front = points(
        "-4.6,-8.2 -6.3,-5.6 -6.9,-3.0 -6.75,-1.8 -6.2,-0.5 -6.9,1.2 -8.0,3.1 -8.4,3.9 "
        "-8.05,4.5 -7.0,4.8 -7.0,5.4 -7.5,6.1 -7.3,6.6 -6.85,6.85 -7.2,7.25 -7.1,7.9 "
        "-6.5,8.4 -6.6,9.2 -6.75,10.2 -6.2,11.2 -4.9,11.6"
    )
    head.line(front, 1.3, STEADY)
    head.line(points("-4.9,11.6 -2.5,11.0 0.2,9.7 1.8,7.6 2.2,5.2"), 1.2)
    head.line(points("-2.6,11.0 -2.1,13.2 -2.5,15.6 -4.4,17.6 -7.0,18.6"), 1.2)
    head.line(points("5.2,6.0 5.2,10.5 6.2,14.4 9.6,17.0 12.6,19.4"), 1.2)
    head.line(points("-1.6,14.6 0.6,15.9 3.2,15.8 5.6,14.4"), 0.9)
    _eye_from_the_side(head)
    head.line(points("-7.3,6.62 -6.5,6.85 -5.7,6.75"), 1.5, FLICK)
    head.line(points("-7.9,4.5 -7.4,4.35 -7.0,4.55"), 1.4)
    head.line(points("-7.2,3.5 -6.7,3.8 -6.7,4.5 -7.0,4.75"), 0.9)
    ear = points("2.5,0.4 3.0,-0.8 4.2,-1.0 4.8,0.2 4.4,2.0 3.6,3.2 3.2,4.2 2.5,4.3 2.4,3.2")
    head.line(ear, 1.1)
    head.line(points("3.0,0.6 3.6,-0.1 4.1,0.4 3.8,1.6 3.2,2.5"), 0.8)
    for shape in _BUN:
        lock(head, shape)
    return paper.picture()


def _eye_from_the_side(head: Head) -> None:
    head.line(points("-3.2,0.25 -3.9,-0.3 -4.7,-0.65 -5.5,-0.45 -5.85,-0.05"), 2.0, FLICK[::-1])
    head.line(points("-3.3,0.3 -4.2,0.6 -5.2,0.65"), 0.8)
    head.line(points("-5.6,-0.3 -5.75,0.1 -5.4,0.6"), 0.7)
    for offset in (0.0, 0.12, 0.24, 0.36):
        path = [(-5.5 + offset, -0.4), (-5.62 + offset, 0.05), (-5.45 + offset, 0.45)]
        head.line(path, 1.3)
    head.line(points("-5.8,-0.1 -6.3,-0.4 -6.6,-0.5"), 0.9, FLICK)
    for height in (0.0, 0.13, 0.26, 0.39):
        head.line([(-6.2, -1.9 - height), (-5.0, -2.6 - height / 2), (-3.0, -2.2)], 0.9)


_BUN = (
    Lock(
        inner=points("3.4,-2.6 5.4,-4.4 8.2,-4.8 10.4,-3.2 10.6,-0.6 8.6,1.0 6.2,0.4"),
        outer=points("6.6,-1.6 7.0,-2.1 7.6,-2.3 8.1,-2.0 8.1,-1.6 7.7,-1.4 7.4,-1.6"),
        strokes=26,
    ),
    Lock(
        inner=points("-4.8,-8.0 -3.6,-5.8 -1.2,-3.6 1.8,-1.8 3.6,-0.8 5.4,0.2 6.6,1.0"),
        outer=points("-4.6,-8.6 -2.6,-11.2 1.4,-12.2 5.2,-10.4 7.2,-6.8 7.4,-3.4 6.9,-1.2"),
        strokes=64,
        gleams=((0.35, 0.52),),
    ),
    Lock(
        inner=points("1.2,-2.0 2.6,-0.4 3.4,1.2 4.6,3.0 5.2,5.4 5.3,7.0"),
        outer=points("3.0,-1.4 4.6,-0.4 5.4,0.6 6.2,1.4 6.2,3.0 5.6,6.0"),
        strokes=16,
    ),
)


def anime() -> Image.Image:
    """Draw a girl as comics do: eyes a third of the face, hardly a nose, hair in spikes."""
    paper = Paper(420, 480, seed=31)
    head = Head(paper, centre=(210, 270), scale=15)
    half = points("8.2,-4 8.4,0 7.4,3.4 4.6,6.4 1.8,8.6 0.2,9.2")
    outline = [*half, *[(-x, y) for x, y in half[-2::-1]]]
    head.line(points("-1.8,8 -1.9,11 -4.6,13.4"), 1.3)
    head.line(points("1.8,8 1.9,11 4.6,13.4"), 1.3)
    head.paper.fill(head.outline(outline), WHITE)
    head.line(outline, 1.4, STEADY)
    for side in (-1, 1):
        _large_eye(head, side)
    head.line(points("-0.1,4.6 0.2,4.9"), 1.0)
    head.line(points("-0.8,6.5 0.0,6.8 0.8,6.5"), 1.2)
    for shape in _SPIKES:
        lock(head, shape)
    return paper.picture()


def _large_eye(head: Head, side: int) -> None:
    def sided(path: str) -> list[tuple[float, float]]:
        return [(side * x, y) for x, y in points(path)]

    iris = head.outline(sided("3.9,-2.6 5.4,-1.4 5.7,0.9 4.9,3.0 3.8,3.6 2.7,3.0 2.1,0.9 2.5,-1.4"))
    head.paper.fill(iris, BLACK)
    head.paper.fill(head.outline(sided("3.9,0.6 5.1,1.2 4.7,2.8 3.8,3.3 2.9,2.8 2.6,1.2")), WHITE)
    x, y = head.outline([(side * 3.9, 0.4)])[0]
    head.paper.disc((x, y), 1.1 * head.scale, BLACK)
    head.paper.disc((x - 0.8 * head.scale, y - 1.3 * head.scale), 0.85 * head.scale, WHITE)
    head.paper.disc((x + 0.9 * head.scale, y + 1.6 * head.scale), 0.4 * head.scale, WHITE)
    head.line(sided("1.6,-1.7 2.6,-2.7 4.2,-3.1 5.8,-2.4 6.7,-0.6"), 4.0, (0.2, 0.9, 1.0, 1.0, 0.3))
    head.line(sided("2.6,3.7 3.9,4.0 5.2,3.5"), 0.9)
    head.line(sided("2.2,-4.6 4.0,-5.2 6.0,-4.6"), 1.0)


_SPIKES = (
    Lock(
        points("0,-14 -6,-9 -8.4,-2 -8.0,8"), points("0,-15.4 -6,-14 -10.6,-9 -12,0 -12.6,12"), 34
    ),
    Lock(points("0,-14 6,-9 8.4,-2 8.0,8"), points("0,-15.4 6,-14 10.6,-9 12,0 12.6,12"), 34),
    Lock(points("0,-14 -5,-9 -7.4,-5 -7.8,0"), points("0,-14 -3,-9 -4.4,-6 -7.2,-0.2"), 9),
    Lock(points("0,-14 -3,-9 -3.6,-6 -2.0,-1"), points("0,-14 -0.6,-9 -0.8,-6 -1.6,-1"), 9),
    Lock(points("0,-14 0.6,-9 0.6,-6 1.4,-1.4"), points("0,-14 3.2,-9 3.6,-6 1.8,-1.4"), 9),
    Lock(points("0,-14 3.4,-9 4.2,-6 7.0,-0.6"), points("0,-14 6,-9 7.6,-5 7.6,-0.4"), 9),
)

_PIXELS = {
    "wall": (92, 148, 252),
    "hair": (104, 56, 20),
    "skin": (252, 188, 140),
    "shade": (216, 136, 88),
    "dark": (32, 20, 28),
    "white": (252, 252, 252),
    "shirt": (188, 44, 44),
}


def pixel_art() -> Image.Image:
    """Draw a boy of 64 by 64 pixels in seven colours."""
    picture = Image.new("RGB", (64, 64), _PIXELS["wall"])
    draw = ImageDraw.Draw(picture)
    for name, boxes in _BLOCKS:
        for box in boxes:
            draw.rectangle(box, fill=_PIXELS[name])
    return picture


# Colour after colour, each with its boxes: left, top, right, bottom, all inclusive.
_BLOCKS = (
    ("shirt", ((12, 58, 51, 63), (18, 55, 45, 57))),
    ("shade", ((26, 50, 37, 57),)),
    ("hair", ((16, 6, 47, 36), (20, 3, 43, 5), (13, 12, 50, 32))),
    ("skin", ((18, 16, 45, 44), (20, 45, 43, 48), (23, 49, 40, 51))),
    ("skin", ((15, 29, 17, 36), (46, 29, 48, 36))),
    ("hair", ((18, 14, 45, 17), (18, 18, 24, 20), (30, 18, 38, 19), (42, 18, 45, 21))),
    ("hair", ((21, 23, 27, 24), (36, 23, 42, 24))),
    ("white", ((21, 28, 27, 32), (36, 28, 42, 32))),
    ("dark", ((20, 27, 28, 27), (35, 27, 43, 27), (23, 28, 26, 32), (38, 28, 41, 32))),
    ("white", ((24, 29, 24, 29), (39, 29, 39, 29))),
    ("shade", ((30, 38, 33, 39), (29, 37, 29, 38), (34, 37, 34, 38), (29, 46, 34, 46))),
    ("dark", ((27, 43, 36, 43), (26, 42, 26, 42), (37, 42, 37, 42))),
)


def landscape() -> Image.Image:
    """Draw hills, a house and trees; nobody is at home."""
    paper = Paper(512, 384, seed=41)
    paper.stroke(points("0,210 90,170 190,200 300,150 420,190 512,165"), 2.0, STEADY)
    paper.stroke(points("0,270 120,235 260,262 400,228 512,250"), 2.4, STEADY)
    paper.stroke(points("180,384 225,330 250,290 292,262"), 1.6)
    paper.stroke(points("270,384 280,330 285,295 305,262"), 1.6)
    for index in range(60):
        x = index * 9 + paper.jitter(4)
        y = 290 + paper.chance.random() * 85
        paper.stroke([(x, y), (x + paper.jitter(3), y - 9)], 1.2, FLICK)
    _house(paper)
    for x, y, size in ((70, 262, 60), (430, 262, 78), (478, 268, 50)):
        _tree(paper, x, y, size)
    paper.stroke(points("90,60 120,45 150,58 185,48 210,64"), 1.6)
    return paper.picture()


def _house(paper: Paper) -> None:
    corners = ((255, 252), (255, 205), (290, 170), (325, 205), (325, 250))
    for start, end in itertools.pairwise(corners):
        paper.stroke([start, end], 2.2, STEADY)
    for eaves in ((246, 214), (334, 214)):
        paper.stroke([(290, 167), eaves], 2.4, STEADY)
    for y in range(210, 250, 8):
        paper.stroke([(256, y), (324, y)], 0.8)
    paper.stroke([(300, 250), (300, 222), (314, 222), (314, 250)], 1.6, STEADY)


def _tree(paper: Paper, x: float, y: float, size: float) -> None:
    paper.stroke([(x, y), (x + 2, y - size * 0.6)], size / 10, FLICK)
    for _ in range(70):
        across, up = paper.jitter(0.45) * size, size * (0.45 + 0.75 * paper.chance.random())
        spread = across * (1.35 - up / size)
        leaf = [(x + spread, y - up), (x + spread + 5, y - up - 5), (x + spread + 10, y - up)]
        paper.stroke(leaf, 1.4)
