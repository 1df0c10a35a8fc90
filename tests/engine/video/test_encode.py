"""Every format, read back by others: its frames, its pace, its label, what it says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.cards.provenance import provenance
from bot.clip import FPS, Clip, ClipFile, EncodeOrder
from bot.request import AnimationRequest, ClipFormat
from engine.video.encode import encode
from engine.video.master import Frame, read_master
from engine.video.metadata import read_metadata
from tests.engine.video.conftest import HEIGHT, NUM_FRAMES, WIDTH, MakeClip, drawing
from tests.engine.video.readers import boxes, durations_ms, frames_of, luma_of, rate, report

LABELLED_FRAMES = 2 * FPS
ANIMATED = [ClipFormat.GIF, ClipFormat.WEBP, ClipFormat.APNG]
REQUEST = AnimationRequest(seed=42, prompt='"sanft" – 温柔的微笑 = a;b#c\\d\n& <smile>')
every_format = pytest.mark.parametrize("clip_format", list(ClipFormat))


def make(
    clip: Clip,
    clip_format: ClipFormat,
    folder: Path,
    label: str | None = None,
    metadata: dict[str, str] | None = None,
) -> ClipFile:
    suffix = "png" if clip_format is ClipFormat.SHEET else clip_format.value
    order = EncodeOrder(
        format=clip_format,
        target=folder / f"{label or 'plain'}.{suffix}",
        label=label,
        metadata=metadata or {},
    )
    return encode(clip, order)


def difference(one: Frame, other: Frame) -> float:
    """Mean absolute difference of two pictures, 0..255."""
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean())


def corner(frame: Frame) -> Frame:
    return frame[-30:, -56:]


def rest(frame: Frame) -> Frame:
    return frame[:-30]


@every_format
def test_the_frames_are_those_of_the_master(
    drawn: Clip, tmp_path: Path, clip_format: ClipFormat
) -> None:
    file = make(drawn, clip_format, tmp_path)
    frames, originals = frames_of(file), list(read_master(drawn.master))
    assert len(frames) == NUM_FRAMES
    for frame, original in zip(frames, originals, strict=True):
        assert frame.shape == (HEIGHT, WIDTH, 3)
        assert difference(frame, original) < 4
    assert file.size_bytes == file.path.stat().st_size
    assert file.fitted == ()
    assert file.seconds == pytest.approx(NUM_FRAMES / FPS)
    beside = {file.path, *([file.companion] if file.companion else [])}
    beside |= {file.poster} if clip_format is ClipFormat.MP4 else set()
    assert set(tmp_path.iterdir()) == beside


def test_an_mp4_has_its_first_frame_beside_it_as_a_small_jpeg(drawn: Clip, tmp_path: Path) -> None:
    file = make(drawn, ClipFormat.MP4, tmp_path)
    with Image.open(file.poster) as poster:
        assert poster.format == "JPEG"
        assert max(poster.size) <= 320
        assert poster.width / poster.height == pytest.approx(WIDTH / HEIGHT, rel=0.02)
        small = np.asarray(poster.convert("RGB").resize((WIDTH, HEIGHT)))
    assert difference(small, next(iter(read_master(drawn.master)))) < 20


@pytest.mark.parametrize("clip_format", [ClipFormat.APNG, ClipFormat.SHEET])
def test_apng_and_sheet_keep_every_bit_that_the_label_does_not_cover(
    drawn: Clip, tmp_path: Path, clip_format: ClipFormat
) -> None:
    frames = frames_of(make(drawn, clip_format, tmp_path, "AI生成"))
    originals = list(read_master(drawn.master))
    assert np.array_equal(list(map(rest, frames)), list(map(rest, originals)))
    assert np.array_equal(frames[LABELLED_FRAMES:], originals[LABELLED_FRAMES:])


@every_format
@pytest.mark.parametrize("label", ["AI-generated", "AI生成"])
def test_the_label_is_seen_for_two_seconds_and_not_longer(
    drawn: Clip, tmp_path: Path, clip_format: ClipFormat, label: str
) -> None:
    plain = frames_of(make(drawn, clip_format, tmp_path))
    labelled = frames_of(make(drawn, clip_format, tmp_path, label))
    for index, (without, with_label) in enumerate(zip(plain, labelled, strict=True)):
        is_shown = difference(corner(without), corner(with_label)) > 25
        assert is_shown == (index < LABELLED_FRAMES), f"frame {index}"
        assert difference(rest(without), rest(with_label)) < 2


@every_format
def test_metadata_comes_back_as_it_went_in(
    drawn: Clip, tmp_path: Path, clip_format: ClipFormat
) -> None:
    metadata = provenance(REQUEST, "0123456789abcdef", "preview", "工作室 & Söhne")
    file = make(drawn, clip_format, tmp_path, metadata=metadata)
    assert read_metadata(file.path, clip_format) == metadata
    assert json.loads(read_metadata(file.path, clip_format)["AIGC"])["Label"] == "1"
    assert file.path.read_bytes().count(b'"ProduceID":"0123456789abcdef"') == 1


@every_format
def test_characters_that_no_file_can_hold_are_replaced(
    drawn: Clip, tmp_path: Path, clip_format: ClipFormat
) -> None:
    file = make(drawn, clip_format, tmp_path, metadata={"comment": "a\x00b\x1bc\ud800d"})
    assert read_metadata(file.path, clip_format) == {"comment": "a\ufffdb\ufffdc\ufffdd"}


@every_format
def test_a_file_without_metadata_says_nothing(
    drawn: Clip, tmp_path: Path, clip_format: ClipFormat
) -> None:
    file = make(drawn, clip_format, tmp_path)
    assert read_metadata(file.path, clip_format) == {}


def test_a_gif_says_it_in_a_comment_too_for_readers_without_xmp(
    drawn: Clip, tmp_path: Path
) -> None:
    said = "AI-generated (AI生成) " * 20  # longer than one block of a GIF
    file = make(drawn, ClipFormat.GIF, tmp_path, metadata={"comment": said})
    with Image.open(file.path) as picture:
        assert picture.info["comment"].decode() == said


def test_mp4_plays_everywhere_and_starts_before_it_is_loaded(drawn: Clip, tmp_path: Path) -> None:
    file = make(drawn, ClipFormat.MP4, tmp_path)
    said = report(file.path)
    assert "h264" in said
    assert "yuv420p(tv, bt709" in said
    assert f"{WIDTH}x{HEIGHT}" in said
    assert "Duration: 00:00:02.6" in said  # 21 frames
    assert rate(file.path) == FPS
    names = boxes(file.path)
    assert names.index("moov") < names.index("mdat")


def test_mp4_keeps_its_colours(drawn: Clip, tmp_path: Path) -> None:
    file = make(drawn, ClipFormat.MP4, tmp_path)
    first = frames_of(file)[0]
    assert np.abs(first[4:12, 4:12].astype(int) - (200, 30, 40)).max() < 12
    assert np.abs(first[4:12, -12:-4].astype(int) - (20, 60, 180)).max() < 12
    luma = luma_of(file)
    assert abs(int(luma[8, 8]) - 73) < 5  # red by BT.709, as the file says; by BT.601 it were 86


@pytest.mark.parametrize("clip_format", ANIMATED)
def test_moving_pictures_loop_forever_at_the_pace_of_the_clip(
    drawn: Clip, tmp_path: Path, clip_format: ClipFormat
) -> None:
    file = make(drawn, clip_format, tmp_path)
    with Image.open(file.path) as picture:
        assert picture.info["loop"] == 0
    shown = durations_ms(file.path)
    assert sum(shown) == pytest.approx(NUM_FRAMES * 1000 / FPS, abs=10)
    assert all(each == pytest.approx(1000 / FPS, abs=6) for each in shown)  # GIF counts in 10 ms


def test_a_sheet_has_a_json_that_game_engines_read(drawn: Clip, tmp_path: Path) -> None:
    file = make(drawn, ClipFormat.SHEET, tmp_path, metadata={"seed": "42"})
    assert file.companion == file.path.with_suffix(".json")
    told = json.loads(file.companion.read_text("utf-8"))
    with Image.open(file.path) as picture:
        assert picture.size == (file.width, file.height)
        assert told["meta"]["size"] == {"w": file.width, "h": file.height}
    assert told["meta"]["image"] == file.path.name
    assert told["meta"]["fps"] == FPS
    assert told["meta"]["metadata"] == {"seed": "42"}
    assert told["animations"]["clip"] == list(told["frames"])
    tag = {"name": "clip", "from": 0, "to": NUM_FRAMES - 1, "direction": "forward"}
    assert told["meta"]["frameTags"] == [tag]
    assert {frame["duration"] for frame in told["frames"].values()} == {125}


@every_format
def test_a_clip_in_which_nothing_moves_is_a_good_file_too(
    make_clip: MakeClip, tmp_path: Path, clip_format: ClipFormat
) -> None:
    frozen = make_clip([drawing(0)] * 9)
    file = make(frozen, clip_format, tmp_path, metadata={"seed": "1"})
    assert difference(frames_of(file)[-1], drawing(0)) < 4
    assert read_metadata(file.path, clip_format) == {"seed": "1"}


@pytest.mark.parametrize("name", ["-i %03d.gif", "it's; [x]:y.gif", "视频.gif"])
def test_any_file_name_will_do(drawn: Clip, tmp_path: Path, name: str) -> None:
    order = EncodeOrder(format=ClipFormat.GIF, target=tmp_path / name, label="AI生成")
    assert encode(drawn, order).path == tmp_path / name
    assert [file.name for file in tmp_path.iterdir()] == [name]
