"""No file is larger than its limit: quality goes first, then size, and the file says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.clip import Clip, ClipFile, EncodeOrder
from bot.errors import EncodeError
from bot.request import ClipFormat
from engine.video.encode import encode
from engine.video.metadata import read_metadata
from tests.engine.video.readers import frames_of

# what the least quality of noise still weighs more than, at its full size
SMALL_SHARE = {
    ClipFormat.MP4: 0.2,
    ClipFormat.GIF: 0.25,
    ClipFormat.WEBP: 0.2,
    ClipFormat.APNG: 0.1,
    ClipFormat.SHEET: 0.1,
}
every_format = pytest.mark.parametrize("clip_format", list(ClipFormat))


def order(clip_format: ClipFormat, folder: Path, limit_bytes: int | None = None) -> EncodeOrder:
    return EncodeOrder(
        format=clip_format,
        target=folder / "clip.png",
        limit_bytes=limit_bytes,
        label="AI生成",
        metadata={"seed": "42"},
    )


def share(clip: Clip, wanted: EncodeOrder, part: float) -> ClipFile:
    """The clip in `part` of the bytes that it takes without a limit."""
    whole = encode(clip, wanted)
    limit = int(whole.size_bytes * part)
    file = encode(clip, replace(wanted, limit_bytes=limit))
    assert file.size_bytes <= limit
    assert file.size_bytes == file.path.stat().st_size
    return file


@every_format
def test_quality_is_given_up_first(noisy: Clip, tmp_path: Path, clip_format: ClipFormat) -> None:
    file = share(noisy, order(clip_format, tmp_path), 0.8)
    assert file.fitted == ("quality",)
    assert len(frames_of(file)) == noisy.num_frames
    assert frames_of(file)[0].shape == (noisy.height, noisy.width, 3)
    assert read_metadata(file.path, clip_format) == {"seed": "42"}


@every_format
def test_then_size_with_the_shape_kept(
    noisy: Clip, tmp_path: Path, clip_format: ClipFormat
) -> None:
    file = share(noisy, order(clip_format, tmp_path), SMALL_SHARE[clip_format])
    assert file.fitted == ("quality", "size")
    height, width, _ = frames_of(file)[0].shape
    assert height < noisy.height
    if clip_format is not ClipFormat.SHEET:
        assert (width, height) == (file.width, file.height)
    assert (width % 2, height % 2) == (0, 0)
    assert width / height == pytest.approx(noisy.width / noisy.height, abs=0.04)
    assert len(frames_of(file)) == noisy.num_frames
    assert read_metadata(file.path, clip_format) == {"seed": "42"}


@every_format
def test_a_limit_that_nothing_meets_is_an_error_and_leaves_nothing(
    drawn: Clip, tmp_path: Path, clip_format: ClipFormat
) -> None:
    with pytest.raises(EncodeError) as caught:
        encode(drawn, order(clip_format, tmp_path, limit_bytes=500))
    assert caught.value.key == "error-too-large-to-fit"
    assert not list(tmp_path.iterdir())


def test_a_limit_that_is_met_anyway_costs_nothing(drawn: Clip, tmp_path: Path) -> None:
    assert share(drawn, order(ClipFormat.MP4, tmp_path), 1.0).fitted == ()
