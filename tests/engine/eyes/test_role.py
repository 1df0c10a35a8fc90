"""What the eyes answer to each task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bot.clip import FPS, Clip, Drawing, EncodeOrder, Renderer, RenderOrder
from bot.errors import MediaError, PictureError
from bot.inspection import PictureKind
from bot.measurement import Verdict
from bot.request import AnimationRequest, ClipFormat
from engine.eyes.role import Eyes
from engine.pixels import read_pixels
from engine.protocol import Crop, Draw, Encode, Inspect, Measure, Render, Task
from engine.role import TaskCancelledError
from engine.video.master import MasterWriter

DRAWINGS = Path(__file__).parents[2] / "drawings"
FRAMES = 5


@pytest.fixture(scope="module")
def eyes() -> Iterator[Eyes]:
    eyes = Eyes()
    yield eyes
    eyes.close()


def answer(eyes: Eyes, task: Task):
    return eyes.handle(task, lambda _: None, lambda: False)


@pytest.fixture
def still(tmp_path) -> Clip:
    """A clip of the portrait in which nothing moves."""
    pixels = read_pixels(DRAWINGS / "portrait.png")
    height, width = pixels.shape[:2]
    master = tmp_path / "master.mkv"
    with MasterWriter(master, width, height, FPS) as writer:
        for _ in range(FRAMES):
            writer.write(pixels)
    return Clip(master=master, width=width, height=height, num_frames=FRAMES)


def test_an_upload_becomes_a_clean_picture_with_its_face(eyes, tmp_path):
    found = answer(eyes, Inspect(DRAWINGS / "portrait.png", tmp_path)).inspection
    assert found.picture == tmp_path / "picture.png"
    assert read_pixels(found.picture).shape == (found.height, found.width, 3)
    assert found.kind is PictureKind.DRAWING
    assert len(found.faces) == 1


def test_pixel_art_is_enlarged_and_says_by_how_much(eyes, tmp_path):
    found = answer(eyes, Inspect(DRAWINGS / "pixel_art.png", tmp_path)).inspection
    assert found.enlarged_by > 1
    assert read_pixels(found.picture).shape == (found.height, found.width, 3)


def test_an_upload_that_is_no_picture_is_refused_and_leaves_nothing(eyes, tmp_path):
    upload, folder = tmp_path / "upload", tmp_path / "job"
    upload.write_text("hello")
    folder.mkdir()
    with pytest.raises(PictureError):
        answer(eyes, Inspect(upload, folder))
    assert list(folder.iterdir()) == []


def test_a_crop_leaves_one_of_two_faces(eyes, tmp_path):
    both = answer(eyes, Inspect(DRAWINGS / "two_faces.png", tmp_path)).inspection
    folder = tmp_path / "crop"
    folder.mkdir()
    one = answer(eyes, Crop(both.picture, both.faces[1], folder)).inspection
    assert len(both.faces) == 2
    assert len(one.faces) == 1
    assert one.width < both.width
    assert one.picture.parent == folder


def test_a_crop_leaves_the_picture_as_it_was_for_a_crop_to_the_other_face(eyes, tmp_path):
    both = answer(eyes, Inspect(DRAWINGS / "two_faces.png", tmp_path)).inspection
    before = both.picture.read_bytes()
    crops = [answer(eyes, Crop(both.picture, face, tmp_path)).inspection for face in both.faces]
    assert both.picture.read_bytes() == before
    assert len({crop.picture for crop in crops}) == 2
    assert not list(tmp_path.glob("*.part"))


def test_a_crop_keeps_the_fingerprint_of_the_picture_that_it_was_taken_from(eyes, tmp_path):
    both = answer(eyes, Inspect(DRAWINGS / "two_faces.png", tmp_path)).inspection
    one = answer(eyes, Crop(both.picture, both.faces[1], tmp_path)).inspection
    assert len(both.phash) == 16
    assert one.phash == both.phash


def test_a_crop_of_a_picture_that_is_gone_is_an_error_of_the_files(eyes, tmp_path):
    both = answer(eyes, Inspect(DRAWINGS / "two_faces.png", tmp_path)).inspection
    both.picture.unlink()
    with pytest.raises(MediaError):
        answer(eyes, Crop(both.picture, both.faces[0], tmp_path))


def test_a_clip_in_which_nothing_moves_is_measured_as_frozen(eyes, still):
    assert answer(eyes, Measure(still)).measurement.verdict is Verdict.FROZEN


def test_a_cancelled_measurement_stops_between_two_frames(eyes, still):
    looks = iter([False, False, True])
    with pytest.raises(TaskCancelledError):
        eyes.handle(Measure(still), lambda _: None, lambda: next(looks))


def test_a_master_becomes_a_file_and_a_drawing(eyes, still, tmp_path):
    order = EncodeOrder(format=ClipFormat.GIF, target=tmp_path / "clip.gif")
    file = answer(eyes, Encode(still, order)).file
    drawn = answer(eyes, Draw(still, Drawing.KEY_FRAMES, tmp_path / "keys.png")).path
    assert file.path.stat().st_size == file.size_bytes
    assert np.ptp(read_pixels(drawn)) > 0


def test_the_eyes_do_not_render(eyes, tmp_path):
    order = RenderOrder(
        job_id="1",
        renderer=Renderer.PREVIEW,
        picture=DRAWINGS / "portrait.png",
        folder=tmp_path,
        request=AnimationRequest(seed=1),
        width=64,
        height=64,
    )
    with pytest.raises(TypeError):
        answer(eyes, Render(order))
