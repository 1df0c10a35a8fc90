"""An upload becomes a clean picture: upright, on white paper, RGB, without metadata."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import ExifTags, Image

from bot.errors import MediaError, PictureError
from engine.eyes.colour import eight_bit, on_white
from engine.eyes.pixel_art import enlarged, enlargement
from engine.eyes.upload import opened

MAX_SIDE_PX = 2048

# A sheet is blank where so few of its pixels stand out from the ground; scanners and JPEG make
# paper uneven by some levels, and a speck of dust is no drawing.
_UNEVEN_LEVELS = 10
_BLANK_SHARE = 1 / 5000

# PNG's quickest setting: the picture lives in a job's folder, and an upload is judged at once.
_COMPRESS_LEVEL = 1

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = (5, 6, 7, 8)


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """`enlarged_by` is above 1 for small pixel art, `reduced_from` the upright (width, height)
    of an upload that was larger than 2,048 px on a side."""

    width: int
    height: int
    enlarged_by: int = 1
    reduced_from: tuple[int, int] | None = None


def clean_picture(upload: Path, target: Path) -> CleanPicture:
    """Write the clean picture of an upload to `target`, as a PNG.

    Raises `PictureError` for an upload that can't be used and leaves nothing behind then;
    `MediaError` where a file can't be opened or written. Meant for a process that may die, see
    `engine.eyes.decoder`: a hostile file may take it along.
    """
    picture, reduced_from = _upright(upload)
    if _is_blank(picture):
        raise PictureError("picture-blank")
    factor = enlargement(picture)
    if factor > 1:
        picture = enlarged(picture, factor)
    _save(picture, target)
    return CleanPicture(picture.width, picture.height, factor, reduced_from)


def part_of(target: Path) -> Path:
    """Where `target` grows; left over only by a process that was killed while it wrote."""
    return target.with_name(f"{target.name}.part")


def _upright(upload: Path) -> tuple[Image.Image, tuple[int, int] | None]:
    """The RGB picture the way it is meant to be seen, and its size before it was reduced."""
    with opened(upload) as image:
        width, height = image.size
        picture = on_white(_reduced(image))
        # Read last, since some formats keep it behind the pixels. TIFF is already turned by now.
        orientation = _orientation(image)
    if orientation in _TURNS:
        picture = picture.transpose(_TURNS[orientation])
    if max(width, height) <= MAX_SIDE_PX:
        return picture, None
    return picture, (height, width) if orientation in _SIDEWAYS else (width, height)


def _reduced(image: Image.Image) -> Image.Image:
    """Decode to 8 bits a channel and to at most 2,048 px; palettes can't be reduced as such."""
    scale = MAX_SIDE_PX / max(image.size)
    if scale >= 1:
        return eight_bit(image)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    image.draft(None, size)  # JPEG decodes to a half or less at a fraction of the cost
    return eight_bit(image).resize(size, Image.Resampling.LANCZOS, reducing_gap=3)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        return 1  # broken metadata is no reason to refuse good pixels


def _is_blank(picture: Image.Image) -> bool:
    """Whether no channel has more than a few levels away from its commonest one."""
    counts = picture.histogram()
    return all(_is_flat(counts[first : first + 256]) for first in range(0, len(counts), 256))


def _is_flat(counts: list[int]) -> bool:
    ground = counts.index(max(counts))
    near = counts[max(0, ground - _UNEVEN_LEVELS) : ground + _UNEVEN_LEVELS + 1]
    return sum(counts) - sum(near) <= sum(counts) * _BLANK_SHARE


def _save(picture: Image.Image, target: Path) -> None:
    """Atomically: whoever finds `target` finds all of it."""
    picture.info.clear()  # else Pillow writes profiles and comments of the upload
    part = part_of(target)
    try:
        picture.save(part, "PNG", compress_level=_COMPRESS_LEVEL)
        part.replace(target)
    except OSError as error:
        raise MediaError("error-media") from error
    finally:
        part.unlink(missing_ok=True)
