"""A classifier in its own worker process."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.clip import Clip
from bot.errors import WorkerError
from engine.local import SAFETY_ROLE, LocalEngine
from engine.safety.classifier import SafetySettings
from engine.safety.role import some_frames
from engine.video.master import MasterWriter

GUARD_S = 120  # against hanging


@asynccontextmanager
async def engine_with(model: Path, labels: str) -> AsyncIterator[LocalEngine]:
    env = {**os.environ, "SAFETY_MODEL": str(model), "SAFETY_LABELS": labels}
    async with asyncio.timeout(GUARD_S), LocalEngine(SAFETY_ROLE, env=env) as engine:
        yield engine


def picture_in(folder: Path) -> Path:
    picture = folder / "picture.png"
    Image.new("RGB", (64, 48), "white").save(picture)
    return picture


def clip_in(folder: Path, num_frames: int) -> Clip:
    master = folder / "master.mkv"
    with MasterWriter(master, 64, 48, 8) as out:
        for number in range(num_frames):
            out.write(np.full((48, 64, 3), number, np.uint8))
    return Clip(master=master, width=64, height=48, num_frames=num_frames)


async def test_what_it_is_sure_enough_of_is_told_of_pictures_and_of_clips(
    model: Path, tmp_path: Path
) -> None:
    async with engine_with(model, "nsfw:0.01") as engine:
        found = await engine.judge(picture_in(tmp_path))
        assert found is not None and found.label == "nsfw"
        assert 0.01 < found.score < 0.99
        assert await engine.judge_clip(clip_in(tmp_path, 12)) is not None
        facts = (await engine.describe())["safety"]
        assert (facts["labels"], facts["state"]) == ("nsfw 0.01", "ready")


async def test_what_it_is_not_sure_of_passes(model: Path, tmp_path: Path) -> None:
    async with engine_with(model, "nsfw:0.99, drawing:0.99") as engine:
        assert await engine.judge(picture_in(tmp_path)) is None
        assert await engine.judge_clip(clip_in(tmp_path, 1)) is None


async def test_labels_that_the_model_lacks_let_nothing_pass_and_say_which_there_are(
    model: Path, tmp_path: Path
) -> None:
    async with engine_with(model, "nsfw, gore:0.5") as engine:
        with pytest.raises(WorkerError, match="safety-away"):
            await engine.judge(picture_in(tmp_path))
        problem = (await engine.describe())["safety"]["problem"]
    assert problem == "gore: this model's labels are drawing, nsfw"


async def test_without_a_classifier_nothing_is_held_against_anything(tmp_path: Path) -> None:
    async with LocalEngine({}) as engine:
        assert await engine.judge(picture_in(tmp_path)) is None
        assert await engine.judge_clip(clip_in(tmp_path, 1)) is None


def test_frames_are_looked_at_from_the_first_to_the_last(tmp_path: Path) -> None:
    def seen(num_frames: int) -> list[int]:
        return [int(frame[0, 0, 0]) for frame in some_frames(clip_in(tmp_path, num_frames))]

    assert seen(49) == [0, 12, 24, 36, 48]
    assert seen(3) == [0, 1, 2]
    assert seen(1) == [0]


def test_labels_take_the_usual_threshold_unless_they_have_their_own() -> None:
    said = {"SAFETY_MODEL": "a/b", "SAFETY_LABELS": "NSFW, gore:0.5,", "SAFETY_THRESHOLD": "0.9"}
    assert SafetySettings.of(said) == SafetySettings(model="a/b", labels={"nsfw": 0.9, "gore": 0.5})
