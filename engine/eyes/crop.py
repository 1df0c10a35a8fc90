"""One face out of a picture, with room for its hair and shoulders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from bot.errors import MediaError
from bot.inspection import Face
from engine.video.publish import part_of, publish

ABOVE, BELOW, BESIDE = 0.8, 0.9, 0.7  # room around a face, in heights and widths of its box
MOST_OBLONG = 3.0  # the ratio of sides that a request may have


def crop_to_face(
    picture: Path, face: Face, target: Path, others: Sequence[Face] = ()
) -> tuple[int, int]:
    """Write head and shoulders of `face` as a PNG, without the `others` where they leave room;
    returns its width and height. Raises `MediaError`."""
    with Image.open(picture) as whole:
        part = whole.convert("RGB").crop(crop_box(face, whole.width, whole.height, others))
    unfinished = part_of(target)
    try:
        part.save(unfinished, format="PNG")
        publish(unfinished, target)
    except OSError as error:
        raise MediaError.of(error, target.name) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return part.size


def crop_box(
    face: Face, width: int, height: int, others: Sequence[Face] = ()
) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the part to keep, inside the picture, at most 3:1."""
    left = max(0, round(face.x - BESIDE * face.width))
    right = min(width, round(face.x + (1 + BESIDE) * face.width))
    top = max(0, round(face.y - ABOVE * face.height))
    bottom = min(height, round(face.y + (1 + BELOW) * face.height))
    for other in others:
        if other.x >= face.x + face.width:
            right = min(right, (face.x + face.width + other.x) // 2)
        elif other.x + other.width <= face.x:
            left = max(left, (other.x + other.width + face.x) // 2)
        elif other.y >= face.y + face.height:
            bottom = min(bottom, (face.y + face.height + other.y) // 2)
        elif other.y + other.height <= face.y:
            top = max(top, (other.y + other.height + face.y) // 2)
    left, right = _shortened(left, right, face.x + face.width / 2, bottom - top)
    top, bottom = _shortened(top, bottom, face.y + face.height / 2, right - left)
    return left, top, right, bottom


def _shortened(start: int, end: int, middle: float, other: int) -> tuple[int, int]:
    """Cut a side that is over three times the other one, evenly around the face."""
    longest = int(MOST_OBLONG * other)
    if end - start <= longest:
        return start, end
    begin = round(min(max(middle - longest / 2, start), end - longest))
    return begin, begin + longest
