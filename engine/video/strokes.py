"""The two characters of the Chinese label, 生 and 成, as the strokes of a pen.

No font with Chinese characters can be counted on, and the label needs just these two.
Each stroke is a Bézier curve of two to four control points on a square of 100 by 100,
(0, 0) at its upper left; strokes that bend sharply are two curves that meet.
"""

Point = tuple[float, float]
Stroke = tuple[Point, ...]

STROKES: dict[str, tuple[Stroke, ...]] = {
    "生": (
        ((27, 8), (24, 24), (18, 36), (8, 47)),
        ((22, 28), (88, 28)),
        ((15, 58), (85, 58)),
        ((51, 6), (51, 92)),
        ((6, 92), (95, 92)),
    ),
    "成": (
        ((17, 27), (93, 27)),
        ((17, 27), (17, 62), (16, 78), (6, 94)),
        ((17, 49), (44, 49)),
        ((44, 49), (44, 62), (43, 70), (41, 78)),
        ((41, 78), (38, 80), (34, 79), (29, 77)),
        ((56, 6), (57, 40), (64, 74), (82, 91)),
        ((82, 91), (89, 96), (91, 90), (93, 76)),
        ((84, 42), (77, 62), (63, 80), (44, 92)),
        ((70, 8), (76, 12), (80, 16)),
    ),
}
