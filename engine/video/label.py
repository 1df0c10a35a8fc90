"""The visible label that says a clip is AI-generated, drawn without any font of the system."""

from __future__ import annotations

from itertools import groupby
from math import comb

from PIL import Image, ImageDraw, ImageFont

from engine.video.strokes import STROKES, Point, Stroke

FALLBACK = "AI-generated"
LABEL_SECONDS = 2
# GB 45438-2025: characters of at least 5 % of a video's shorter side, for at least two seconds
SHARE_OF_SHORTER_SIDE = 0.05
SMALLEST_PX = 12
OVERSAMPLING = 4  # everything is drawn larger and reduced, which smooths it
PEN_SHARE = 0.078  # of a character's height: about as heavy as the Latin face
CAPITAL_SHARE = 0.7  # of the size of the Latin face, from its own metrics
WHITE = (255, 255, 255, 255)
BLACK = (0, 0, 0, 170)  # over white paper still a contrast of 7 to 1
NO_GLYPH = "\uffff"


def draw_label(text: str, width: int, height: int) -> Image.Image:
    """The label for a clip of that size: RGBA, to be laid into its lower right corner.

    Its margin is part of it. A text with a character that can't be drawn becomes the English
    label rather than a row of boxes.
    """
    size = max(SMALLEST_PX, round(min(width, height) * SHARE_OF_SHORTER_SIDE)) * OVERSAMPLING
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    if not all(char in STROKES or _has_glyph(font, char) for char in text):
        text = FALLBACK
    label = _on_pill(_set_line(text, font, size), size).reduce(OVERSAMPLING)
    label.thumbnail((width, height))  # a tiny clip is no place for a larger label
    return label


def _has_glyph(font: ImageFont.FreeTypeFont, char: str) -> bool:
    return char.isspace() or bytes(font.getmask(char)) != bytes(font.getmask(NO_GLYPH))


def _set_line(text: str, font: ImageFont.FreeTypeFont, size: int) -> Image.Image:
    """The text as a mask, one and a half characters high, its capitals in the middle."""
    line = Image.new("L", (2 * size * len(text), size * 3 // 2))
    pen = ImageDraw.Draw(line)
    middle, x = line.height / 2, 0.0
    for is_strokes, characters in groupby(text, STROKES.__contains__):
        run = "".join(characters)
        if is_strokes:
            for char in run:
                _draw_strokes(pen, STROKES[char], (x, middle - size / 2), size)
                x += size * 1.08
        else:
            pen.text((x, middle + size * CAPITAL_SHARE / 2), run, 255, font, anchor="ls")
            x += font.getlength(run) + size * 0.09
    return line.crop((0, 0, round(x), line.height))


def _draw_strokes(
    pen: ImageDraw.ImageDraw, strokes: tuple[Stroke, ...], corner: Point, size: int
) -> None:
    width = round(size * PEN_SHARE)
    for stroke in strokes:
        points = [
            (corner[0] + x * size / 100, corner[1] + y * size / 100) for x, y in _curve(stroke)
        ]
        pen.line(points, 255, width, joint="curve")
        for x, y in (points[0], points[-1]):
            pen.circle((x, y), width / 2, 255)


def _curve(control: Stroke, steps: int = 16) -> list[Point]:
    """Points along a Bézier curve of any degree."""
    degree = len(control) - 1
    curve = []
    for step in range(steps + 1):
        t = step / steps
        weights = [comb(degree, i) * t**i * (1 - t) ** (degree - i) for i in range(degree + 1)]
        x = sum(weight * point[0] for weight, point in zip(weights, control, strict=True))
        y = sum(weight * point[1] for weight, point in zip(weights, control, strict=True))
        curve.append((x, y))
    return curve


def _on_pill(line: Image.Image, size: int) -> Image.Image:
    """White on a dark translucent pill, with a margin to the clip's edge around it."""
    pad, margin = size // 2, size // 2
    width, height = line.width + 2 * pad, line.height
    label = Image.new("RGBA", (width + 2 * margin, height + 2 * margin), (0, 0, 0, 0))
    box = (margin, margin, margin + width - 1, margin + height - 1)
    ImageDraw.Draw(label).rounded_rectangle(box, height / 2, BLACK)
    label.paste(WHITE, (margin + pad, margin), line)
    return label
