from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.clip import FPS, Clip, Drawing
from bot.errors import MediaError
from bot.measurement import Blink, Curves, Eye, Measurement, Verdict
from engine.draw import draw
from engine.key_frames import KeyFrame, Labels, key_frames, strip
from engine.video.master import MasterWriter

NUM_FRAMES = 49
LABELS = Labels()


def story() -> Measurement:
    """One lid at 1.25 s, both at 2.75 s, open at 3.5 s, a smile at 5.0 s."""
    left, right = np.ones(NUM_FRAMES), np.ones(NUM_FRAMES)
    left[9:12] = 0.7, 0.5, 0.7
    left[21:27] = right[21:27] = 0.6, 0.2, 0.2, 0.3, 0.6, 0.9
    mouth = 0.04 * np.clip(np.arange(NUM_FRAMES) / FPS - 4, 0, 1)
    still = (0.0,) * NUM_FRAMES
    curves = Curves(tuple(left), tuple(right), tuple(mouth), still, still)
    blinks = (
        Blink(1.0, 1.25, 1.5, 0.5, Eye.LEFT),
        Blink(2.5, 2.75, 3.5, 0.8, Eye.BOTH, leads=Eye.RIGHT),
    )
    return Measurement(Verdict.FINE, blinks, 0.04, 5.0, 0.0, curves)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clip]:
    """Frame n is painted grey with level 5 n, so that a thumbnail tells which it was."""
    master = tmp_path_factory.mktemp("clip") / "master.mkv"
    with MasterWriter(master, 96, 64, FPS) as out:
        for number in range(NUM_FRAMES):
            out.write(np.full((64, 96, 3), 5 * number, np.uint8))
    yield Clip(
        master=master, width=96, height=64, num_frames=NUM_FRAMES, fps=FPS, measurement=story()
    )


def test_the_key_frames_tell_the_story_in_order() -> None:
    keys = key_frames(story(), NUM_FRAMES, FPS, LABELS)
    assert [(key.index, key.label) for key in keys] == [
        (0, "start"),
        (10, "one lid"),
        (22, "closed"),
        (28, "open again"),
        (40, "smile"),
    ]
    assert [key.seconds for key in keys] == [0, 1.25, 2.75, 3.5, 5.0]


def test_a_smile_that_is_only_wavering_is_no_key_frame() -> None:
    faint = replace(story(), smile=0.005)
    assert "smile" not in [key.label for key in key_frames(faint, NUM_FRAMES, FPS, LABELS)]


def test_two_moments_in_one_frame_are_one_key_frame() -> None:
    early = replace(story(), smile_at_s=2.75)
    indices = [key.index for key in key_frames(early, NUM_FRAMES, FPS, LABELS)]
    assert indices == [0, 10, 22, 28]


@pytest.mark.parametrize(("num_frames", "indices"), [(49, [0, 12, 24, 36, 48]), (3, [0, 1, 2])])
def test_a_clip_that_was_not_measured_is_shown_by_quarters(
    num_frames: int, indices: list[int]
) -> None:
    keys = key_frames(Measurement(Verdict.UNMEASURED), num_frames, FPS, LABELS)
    assert [key.index for key in keys] == indices


def test_a_blink_that_ends_with_the_clip_stays_inside_it() -> None:
    late = replace(story(), blinks=(Blink(5.5, 6.0, 6.2, 0.8, Eye.BOTH),))
    assert max(key.index for key in key_frames(late, NUM_FRAMES, FPS, LABELS)) == NUM_FRAMES - 1


def test_the_curves_are_a_png_that_shows_both_eyes(clip: Clip, tmp_path: Path) -> None:
    target = draw(clip, Drawing.CURVES_PNG, tmp_path / "curves.png")
    with Image.open(target) as picture:
        assert picture.format == "PNG"
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 24) or []}
    assert {(0x1F, 0x6F, 0xB2), (0xD1, 0x60, 0x2C)} <= colours


def test_another_blink_draws_another_curve(clip: Clip, tmp_path: Path) -> None:
    assert clip.measurement is not None
    assert clip.measurement.curves is not None
    open_eyes = replace(clip.measurement.curves, left_eye=(1.0,) * NUM_FRAMES)
    other = replace(clip, measurement=replace(clip.measurement, curves=open_eyes))
    first = draw(clip, Drawing.CURVES_PNG, tmp_path / "a.png").read_bytes()
    assert draw(clip, Drawing.CURVES_PNG, tmp_path / "b.png").read_bytes() == first
    assert draw(other, Drawing.CURVES_PNG, tmp_path / "c.png").read_bytes() != first


def test_the_curves_are_an_svg(clip: Clip, tmp_path: Path) -> None:
    target = draw(clip, Drawing.CURVES_SVG, tmp_path / "curves.svg")
    assert ElementTree.parse(target).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_the_strip_holds_the_key_frames_of_the_master(clip: Clip, tmp_path: Path) -> None:
    target = draw(clip, Drawing.KEY_FRAMES, tmp_path / "keys.png")
    with Image.open(target) as picture:
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 24) or []}
    for index in (0, 10, 22, 28, 40):
        assert (5 * index,) * 3 in colours
    assert (5 * 30,) * 3 not in colours


def test_large_frames_become_thumbnails() -> None:
    keys = [KeyFrame(0, 0.0, "start"), KeyFrame(2, 0.25, "smile")]
    sheet = strip((np.zeros((400, 1200, 3), np.uint8) for _ in range(3)), keys)
    assert sheet.width < 600
    assert sheet.height < 180


def test_labels_come_from_the_caller(clip: Clip, tmp_path: Path) -> None:
    english = draw(clip, Drawing.KEY_FRAMES, tmp_path / "a.png").read_bytes()
    german = Labels(first="Anfang", closed="zu")
    assert draw(clip, Drawing.KEY_FRAMES, tmp_path / "b.png", german).read_bytes() != english


@pytest.mark.parametrize("drawing", list(Drawing))
def test_a_clip_that_could_not_be_measured_is_drawn_all_the_same(
    clip: Clip, tmp_path: Path, drawing: Drawing
) -> None:
    target = draw(replace(clip, measurement=None), drawing, tmp_path / drawing.value)
    assert target.stat().st_size > 0


@pytest.mark.parametrize("drawing", list(Drawing))
def test_a_folder_that_is_gone_is_a_media_error_and_leaves_nothing(
    clip: Clip, tmp_path: Path, drawing: Drawing
) -> None:
    with pytest.raises(MediaError):
        draw(clip, drawing, tmp_path / "gone" / drawing.value)
    assert list(tmp_path.iterdir()) == []
