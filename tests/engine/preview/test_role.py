"""What the preview role makes of an order."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clip import Progress, Renderer, RenderOrder
from bot.errors import MediaError
from bot.request import AnimationRequest
from engine.pixels import read_pixels
from engine.preview.role import Preview
from engine.protocol import Describe, Render
from engine.role import TaskCancelledError
from engine.video.master import read_master

DRAWINGS = Path(__file__).parents[2] / "drawings"


@pytest.fixture(scope="module")
def preview() -> Preview:
    return Preview()


def order_in(folder: Path, picture: Path = DRAWINGS / "portrait.png", **request) -> RenderOrder:
    return RenderOrder(
        job_id="1",
        renderer=Renderer.PREVIEW,
        picture=picture,
        folder=folder,
        request=AnimationRequest(seed=7, num_frames=17, res=512, **request),
        width=448,
        height=560,
    )


@pytest.mark.parametrize(("loop", "num_frames"), [(False, 17), (True, 16)])
def test_an_order_becomes_a_master_of_its_size_and_length(preview, tmp_path, loop, num_frames):
    order = order_in(tmp_path, loop=loop)
    clip = preview.handle(Render(order), lambda _: None, lambda: False).clip
    frames = list(read_master(clip.master))
    assert (clip.master, clip.num_frames) == (tmp_path / "master.mkv", num_frames)
    assert len(frames) == num_frames
    assert {frame.shape for frame in frames} == {(560, 448, 3)}


def test_every_frame_is_reported_and_some_can_be_seen(preview, tmp_path):
    news: list[Progress] = []
    preview.handle(Render(order_in(tmp_path)), news.append, lambda: False)
    assert [one.step for one in news] == list(range(1, 18))
    assert {one.of for one in news} == {17}
    assert [one.step for one in news if one.picture] == [1, 9, 17]
    assert max(read_pixels(news[0].picture).shape) == 256


def test_a_cancel_stops_between_two_frames_and_leaves_no_master(preview, tmp_path):
    looks = iter([False, False, False, True])
    news: list[Progress] = []
    with pytest.raises(TaskCancelledError):
        preview.handle(Render(order_in(tmp_path)), news.append, lambda: next(looks))
    assert len(news) == 3
    assert [file.name for file in tmp_path.iterdir()] == ["preview.png"]


def test_a_picture_that_is_gone_is_an_error_of_the_files(preview, tmp_path):
    order = order_in(tmp_path, picture=tmp_path / "picture.png")
    with pytest.raises(MediaError):
        preview.handle(Render(order), lambda _: None, lambda: False)


def test_the_preview_does_nothing_but_render(preview):
    with pytest.raises(TypeError):
        preview.handle(Describe(), lambda _: None, lambda: False)
