"""Small clips: a line drawing that moves, and noise that nothing compresses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bot.clip import FPS, Clip
from engine.video.master import Frame, MasterWriter

WIDTH, HEIGHT, NUM_FRAMES = 96, 128, 21
MakeClip = Callable[[list[Frame]], Clip]


def drawing(index: int, width: int = WIDTH, height: int = HEIGHT) -> Frame:
    """A circle that sinks slowly, in ink on white paper, with a red and a blue corner."""
    y, x = np.mgrid[0:height, 0:width]
    distance = np.hypot(x - width / 2, y - height / 2 - index / 2)
    ink = np.clip(np.abs(distance - width / 4) - 1, 0, 1)
    frame = np.repeat((ink * 255)[..., None], 3, axis=2).astype(np.uint8)
    frame[:16, :16] = (200, 30, 40)
    frame[:16, -16:] = (20, 60, 180)
    return frame


@pytest.fixture(scope="session")
def make_clip(tmp_path_factory: pytest.TempPathFactory) -> MakeClip:
    def make(frames: list[Frame]) -> Clip:
        master = tmp_path_factory.mktemp("clip") / "master.mkv"
        height, width, _ = frames[0].shape
        with MasterWriter(master, width, height, FPS) as writer:
            for frame in frames:
                writer.write(frame)
        return Clip(master=master, width=width, height=height, num_frames=len(frames))

    return make


@pytest.fixture(scope="session")
def drawn(make_clip: MakeClip) -> Clip:
    return make_clip([drawing(index) for index in range(NUM_FRAMES)])


@pytest.fixture(scope="session")
def noisy(make_clip: MakeClip) -> Clip:
    noise = np.random.default_rng(0)
    shape = (13, 160, 128, 3)
    return make_clip(list(noise.integers(0, 256, shape, dtype=np.uint8)))
