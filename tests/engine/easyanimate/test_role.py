"""The model role as its worker uses it: an order in, a master out, or a sentence why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from bot.clip import Progress, Renderer, RenderOrder
from bot.errors import ModelError, RenderError, RequestError
from bot.request import AnimationRequest, Expression, Note, Sampler
from engine.easyanimate import load_pipeline
from engine.easyanimate.errors import TooLargeForMemoryError
from engine.easyanimate.role import Model, ModelSettings
from engine.protocol import Describe, Render, Rendered
from engine.role import TaskCancelledError
from engine.video.master import read_master
from tests.engine.easyanimate import cases

NEVER: Callable[[], bool] = lambda: False  # noqa: E731


@pytest.fixture(scope="module")
def role() -> Model:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MODEL", str(cases.V5))
        patch.setenv("DEVICE", "cpu")
        patch.setenv("PROMPT_CACHE", "")
        return Model()


@pytest.fixture
def order(tmp_path: Path) -> Callable[..., RenderOrder]:
    picture = tmp_path / "picture.png"
    Image.linear_gradient("L").convert("RGB").resize((96, 64)).save(picture)

    def make(**settings: Any) -> RenderOrder:
        asked = {"seed": 5, "num_frames": 5, "num_inference_steps": 10, "res": 512}
        return RenderOrder(
            job_id="job",
            renderer=Renderer.MODEL,
            picture=picture,
            folder=tmp_path,
            request=AnimationRequest(**(asked | settings)),
            width=48,
            height=32,
        )

    return make


def test_a_clip_is_what_the_pipeline_draws_with_the_same_seed(
    role: Model, order: Callable[..., RenderOrder]
) -> None:
    one = order(expression=Expression.WINK)
    answer = role.handle(Render(one), lambda news: None, NEVER)
    assert isinstance(answer, Rendered)
    clip = answer.clip
    assert (clip.width, clip.height, clip.num_frames, clip.notes) == (48, 32, 5, ())
    with Image.open(one.picture) as picture:
        frames = load_pipeline(cases.V5, device="cpu")(
            picture,
            prompt=one.request.prompt_to_render,
            negative_prompt=one.request.negative_prompt,
            height=32,
            width=48,
            num_frames=5,
            num_inference_steps=10,
            seed=5,
        ).frames
    assert isinstance(frames, np.ndarray)
    assert np.array_equal(np.stack(list(read_master(clip.master))), (frames * 255).astype(np.uint8))


def test_a_loop_leaves_its_repeated_frame_out(
    role: Model, order: Callable[..., RenderOrder]
) -> None:
    answer = role.handle(Render(order(loop=True)), lambda news: None, NEVER)
    assert isinstance(answer, Rendered)
    assert answer.clip.num_frames == 4
    assert len(list(read_master(answer.clip.master))) == 4


def test_every_model_call_is_told_with_a_picture(
    role: Model, order: Callable[..., RenderOrder]
) -> None:
    told: list[Progress] = []
    role.handle(Render(order(sampler=Sampler.PNDM)), told.append, NEVER)
    drawn = [news for news in told if news.picture]
    assert [news.step for news in drawn] == list(range(1, 20))  # PNDM warms up with nine more
    assert {news.of for news in drawn} == {19}
    with Image.open(drawn[-1].picture or "") as picture:
        assert picture.format == "PNG"
    assert told[0] == Progress(0, 10)
    assert told[-1].step == told[-1].of


def test_a_prompt_that_is_cut_is_told(role: Model, order: Callable[..., RenderOrder]) -> None:
    answer = role.handle(Render(order(prompt="eyes " * 200)), lambda news: None, NEVER)
    assert isinstance(answer, Rendered)
    assert answer.clip.notes == (Note("note-prompt-cut"),)


def test_a_cancel_ends_the_render_within_a_step_and_leaves_no_master(
    role: Model, order: Callable[..., RenderOrder], tmp_path: Path
) -> None:
    told: list[Progress] = []
    with pytest.raises(TaskCancelledError):
        role.handle(Render(order()), told.append, lambda: len(told) >= 4)
    assert told[-1].step == 3
    assert not (tmp_path / "master.mkv").exists()


def test_the_role_tells_what_it_is(role: Model) -> None:
    facts = role.describe()
    assert facts["model"] == str(cases.V5)
    assert facts["family"] == "V5"
    assert facts["plan"] == "device"
    assert facts["mode"] == "exact"
    assert facts["attention"]
    assert facts["torch"] == torch.__version__
    assert "problem" not in facts


def test_it_renders_and_does_nothing_else(role: Model) -> None:
    with pytest.raises(TypeError, match="does not describe"):
        role.handle(Describe(), lambda news: None, NEVER)


def test_a_model_that_is_none_is_told_at_each_render(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: Callable[..., RenderOrder]
) -> None:
    monkeypatch.setenv("MODEL", str(tmp_path / "nothing here"))
    role = Model()
    assert "nothing here" in role.describe()["problem"]
    assert role.describe()["cuda"]  # the driver may be what is wrong
    with pytest.raises(ModelError) as caught:
        role.handle(Render(order()), lambda news: None, NEVER)
    assert caught.value.args_of_text["reason"] == role.describe()["problem"]


def test_broken_weights_end_the_job_and_are_not_tried_again(
    role: Model, order: Callable[..., RenderOrder], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        return torch.full((1, 16, 2, 4, 6), float("nan"))

    monkeypatch.setattr("engine.easyanimate.denoise.Guidance.combine", broken)
    with pytest.raises(ModelError, match="NaN"):
        role.handle(Render(order()), lambda news: None, NEVER)
    assert not (tmp_path / "master.mkv").exists()


def test_a_clip_too_large_for_the_card_is_answered_with_those_that_fit(
    role: Model, order: Callable[..., RenderOrder], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise TooLargeForMemoryError("too large", ((512, 512, 5),))

    monkeypatch.setattr("engine.easyanimate.placement.Placement.make_room", refuse)
    with pytest.raises(RequestError) as caught:
        role.handle(Render(order(res=768, num_frames=5)), lambda news: None, NEVER)
    assert caught.value.key == "request-too-large-for-card"
    assert caught.value.args_of_text["fitting"] == "512×512×5"
    assert [dict(way.changes) for way in caught.value.ways_out] == [{"res": "512"}]


def test_out_of_memory_to_the_end_is_the_machines_fault(
    role: Model, order: Callable[..., RenderOrder], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: Any, **__: Any) -> Any:
        raise torch.OutOfMemoryError("no memory")

    monkeypatch.setattr("engine.easyanimate.pipeline.denoise", no_memory)
    with pytest.raises(RenderError):
        role.handle(Render(order()), lambda news: None, NEVER)


def test_settings_come_from_the_environment() -> None:
    settings = ModelSettings.of({"MODEL": "there", "LORA": "a.safetensors:0.6, C:/b:0.4"})
    assert settings.loras == [("a.safetensors", 0.6), ("C:/b", 0.4)]
    assert (settings.memory, settings.attention, settings.device) == ("auto", "auto", "auto")
    assert not settings.compile
    assert ModelSettings.of({"MODEL": "there", "COMPILE": "on"}).compile
