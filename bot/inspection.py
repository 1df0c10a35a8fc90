"""What the eyes say about an upload before anything is rendered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

LARGEST_MB = (
    20  # what a picture may weigh, on every way in; before it is loaded, where that is told
)


class PictureKind(StrEnum):
    DRAWING = "drawing"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class Face:
    """One face, in pixels of the clean picture. `frontal` is 1 straight on and 0 in profile."""

    x: int
    y: int
    width: int
    height: int
    frontal: float

    @property
    def area(self) -> int:
        return self.width * self.height


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a classifier is sure enough of seeing: its own label, and a score between 0 and 1."""

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Inspection:
    """A clean RGB picture without metadata, and what is in it; `faces` are largest first.

    `enlarged_by` is above 1 for small pixel art, `reduced_from` the original (width, height)
    of a picture that was larger than 2,048 px; `phash` is its perceptual hash, 16 hexadecimal
    digits (pHash as the library imagehash makes it), by which a blocked picture is known again.
    """

    picture: Path
    width: int
    height: int
    kind: PictureKind
    faces: tuple[Face, ...] = ()
    enlarged_by: int = 1
    reduced_from: tuple[int, int] | None = None
    phash: str = ""
