"""The frames of a clip that tell its story: picked by what was measured, and as a strip."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from bot.measurement import Eye, Measurement

THUMB = 256  # px: the box that a frame of the strip is fitted into
GAP, CAPTION = 12, 44  # px around a frame and below it
PAPER, INK, PALE = "#ffffff", "#222222", "#6b6b6b"
TELLING_SMILE = 0.015  # eye distances; a smaller lift is the mesh wavering


@dataclass(frozen=True, slots=True)
class Labels:
    """Every word in the drawings; they are drawn with fonts that know Latin letters."""

    first: str = "start"
    one_lid: str = "one lid"
    closed: str = "closed"
    reopened: str = "open again"
    smile: str = "smile"
    left_eye: str = "left eye"
    right_eye: str = "right eye"
    mouth: str = "mouth corners"
    drift: str = "head"
    openness: str = "eye opening, 1 = open"
    lift: str = "lift, eye distances"
    seconds: str = "seconds"
    unmeasured: str = "no face was found to measure"


@dataclass(frozen=True, slots=True)
class KeyFrame:
    index: int
    seconds: float
    label: str


def key_frames(
    measurement: Measurement, num_frames: int, fps: int, labels: Labels
) -> list[KeyFrame]:
    """In order of time, the first frame always; by quarters where no face was measured."""
    if measurement.curves is None:
        quarters = np.linspace(0, num_frames - 1, min(5, num_frames)).round().astype(int)
        return [KeyFrame(int(index), index / fps, "") for index in quarters]
    named: dict[int, str] = {}
    for seconds, label in _moments(measurement, labels):
        named.setdefault(min(num_frames - 1, round(seconds * fps)), label)
    return [KeyFrame(index, index / fps, named[index]) for index in sorted(named)]


def _moments(measurement: Measurement, labels: Labels) -> Iterable[tuple[float, str]]:
    yield 0.0, labels.first
    single = [blink for blink in measurement.blinks if blink.eye is not Eye.BOTH]
    double = [blink for blink in measurement.blinks if blink.eye is Eye.BOTH]
    if single:
        yield max(single, key=lambda blink: blink.depth).deepest_s, labels.one_lid
    if double:
        deepest = max(double, key=lambda blink: blink.depth)
        yield deepest.deepest_s, labels.closed
        yield deepest.end_s, labels.reopened
    if measurement.smile_at_s is not None and (measurement.smile or 0) >= TELLING_SMILE:
        yield measurement.smile_at_s, labels.smile


def strip(frames: Iterable[NDArray[np.uint8]], keys: list[KeyFrame]) -> Image.Image:
    """The key frames side by side, small, each with its time and name."""
    wanted = {key.index for key in keys}
    thumbs = {index: _thumbnail(frame) for index, frame in enumerate(frames) if index in wanted}
    return _laid_out(thumbs, [key for key in keys if key.index in thumbs])


def _thumbnail(frame: NDArray[np.uint8]) -> Image.Image:
    thumb = Image.fromarray(frame)
    thumb.thumbnail((THUMB, THUMB), Image.Resampling.LANCZOS)
    return thumb


def _laid_out(thumbs: Mapping[int, Image.Image], keys: list[KeyFrame]) -> Image.Image:
    width, height = next(iter(thumbs.values())).size
    sheet = Image.new("RGB", (GAP + len(keys) * (width + GAP), height + 2 * GAP + CAPTION), PAPER)
    pen = ImageDraw.Draw(sheet)
    for number, key in enumerate(keys):
        x = GAP + number * (width + GAP)
        sheet.paste(thumbs[key.index], (x, GAP))
        pen.rectangle((x - 1, GAP - 1, x + width, GAP + height), outline="#d0d0d0")
        middle, below = x + width / 2, GAP + height + 6
        pen.text((middle, below), key.label, INK, ImageFont.load_default(17), anchor="ma")
        time = f"{key.seconds:.2f} s"
        pen.text((middle, below + 22), time, PALE, ImageFont.load_default(14), anchor="ma")
    return sheet
