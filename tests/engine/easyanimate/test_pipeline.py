"""The door: what a call returns, what it refuses, and what its modes leave out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from engine.easyanimate import load_pipeline
from engine.easyanimate.errors import BrokenLatentsError
from engine.easyanimate.pipeline import EasyAnimatePipeline, RenderedClip
from engine.easyanimate.samplers import SAMPLERS
from tests.engine.easyanimate import cases

SKETCH = Image.new("RGB", (200, 120), (240, 235, 230))
STEPS = 4


@pytest.fixture(scope="module")
def pipe() -> EasyAnimatePipeline:
    return load_pipeline(cases.V5, device="cpu", mode="exact")


def animate(pipe: EasyAnimatePipeline, **changes: Any) -> RenderedClip:
    asked: dict[str, Any] = {
        "height": 32,
        "width": 48,
        "num_frames": 5,
        "num_inference_steps": STEPS,
        "seed": 7,
        "output_type": "latent",
    }
    return pipe(SKETCH, **(asked | changes))


def test_a_stream_is_the_same_clip_in_pieces(pipe: EasyAnimatePipeline) -> None:
    whole = animate(pipe, output_type="np").frames
    streamed = animate(pipe, output_type="stream")
    assert not isinstance(streamed.frames, np.ndarray)
    pieces = list(streamed.frames or ())
    assert isinstance(whole, np.ndarray)
    assert [len(piece) for piece in pieces] == [1, 4]
    assert np.array_equal(np.concatenate(pieces), whole)
    assert set(streamed.timings) == {"prompt_s", "condition_s", "denoise_s", "decode_s"}


def test_latents_alone_are_not_decoded(pipe: EasyAnimatePipeline) -> None:
    clip = animate(pipe)
    assert clip.frames is None
    assert clip.latents.shape == (1, 16, 2, 4, 6)


def test_a_seed_is_a_generator_on_the_cpu(pipe: EasyAnimatePipeline) -> None:
    by_seed = animate(pipe).latents
    generator = torch.Generator("cpu").manual_seed(7)
    assert torch.equal(animate(pipe, seed=None, generator=generator).latents, by_seed)
    batch = [torch.Generator("cpu").manual_seed(7)]
    assert torch.equal(animate(pipe, seed=None, generator=batch).latents, by_seed)
    assert not torch.equal(animate(pipe, seed=8).latents, by_seed)


def test_without_a_seed_no_two_clips_are_alike(pipe: EasyAnimatePipeline) -> None:
    assert not torch.equal(animate(pipe, seed=None).latents, animate(pipe, seed=None).latents)


def test_given_latents_take_the_place_of_the_first_draw(pipe: EasyAnimatePipeline) -> None:
    """The rest of the draws then come from the start of the generator."""
    noise = torch.randn(1, 16, 2, 4, 6, generator=torch.Generator().manual_seed(7))
    rest = torch.Generator().manual_seed(7)
    torch.randn(1, 16, 2, 4, 6, generator=rest)
    given = animate(pipe, seed=None, generator=rest, latents=noise)
    assert torch.equal(given.latents, animate(pipe).latents)


def test_known_embeddings_take_the_place_of_the_prompt(pipe: EasyAnimatePipeline) -> None:
    embeds = pipe.encode_prompt("a wink", "stiff")
    by_words = animate(pipe, prompt="a wink", negative_prompt="stiff")
    assert torch.equal(animate(pipe, prompt_embeds=embeds).latents, by_words.latents)
    assert not torch.equal(animate(pipe).latents, by_words.latents)


@pytest.mark.parametrize("scale", [1.0, 0.0, -2.0])
def test_guidance_of_one_or_less_runs_no_second_branch(
    pipe: EasyAnimatePipeline, scale: float
) -> None:
    assert animate(pipe, guidance_scale=scale).forwards == STEPS


def test_without_guidance_the_negative_prompt_says_nothing(pipe: EasyAnimatePipeline) -> None:
    one = animate(pipe, guidance_scale=1.0, negative_prompt="blurry").latents
    assert torch.equal(one, animate(pipe, guidance_scale=1.0, negative_prompt="sharp").latents)


def test_fast_guides_the_first_steps_alone_and_needs_no_reloading(
    pipe: EasyAnimatePipeline,
) -> None:
    exact = animate(pipe, num_inference_steps=10)
    fast = animate(pipe, num_inference_steps=10, mode="fast")
    assert exact.forwards == 20
    assert fast.forwards <= 16
    assert torch.equal(animate(pipe, num_inference_steps=10).latents, exact.latents)


def test_what_was_set_apart_holds_in_every_mode() -> None:
    pipe = load_pipeline(cases.V5, device="cpu", mode="fast", step_cache=None, guidance_until=0.5)
    assert animate(pipe).forwards == 2 * 2 + 2
    assert animate(pipe, mode="exact").forwards == 2 * 2 + 2


@pytest.mark.parametrize("path", [cases.V5, cases.V5_1], ids=["V5", "V5.1"])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_runs_on_both_families(path: Any, sampler: str) -> None:
    clip = animate(_loaded(path), sampler=sampler, num_inference_steps=10)
    assert torch.isfinite(clip.latents).all()
    assert clip.latents.abs().max() > 0


def test_a_callback_watches_and_may_change_the_latents(pipe: EasyAnimatePipeline) -> None:
    seen: list[tuple[int, float]] = []

    def watch(
        caller: EasyAnimatePipeline, step: int, timestep: float, told: dict[str, Tensor]
    ) -> dict[str, Tensor]:
        assert caller is pipe
        assert told["x0"].shape == told["latents"].shape == (1, 16, 2, 4, 6)
        seen.append((step, float(timestep)))
        return {"latents": torch.zeros_like(told["latents"])} if step == STEPS - 1 else {}

    clip = animate(pipe, callback_on_step_end=watch)
    assert [step for step, _ in seen] == list(range(STEPS))
    assert seen[0][1] == 999
    assert not clip.latents.any()
    assert pipe.num_timesteps == STEPS


def test_what_a_callback_raises_ends_the_run_and_the_next_is_whole(
    pipe: EasyAnimatePipeline,
) -> None:
    def cancel(*_: object) -> dict[str, Tensor]:
        raise KeyboardInterrupt

    before = animate(pipe).latents
    with pytest.raises(KeyboardInterrupt):
        animate(pipe, callback_on_step_end=cancel)
    assert torch.equal(animate(pipe).latents, before)


def test_an_unfinished_stream_leaves_the_vae_whole(pipe: EasyAnimatePipeline) -> None:
    whole = animate(pipe, output_type="np").frames
    frames = iter(animate(pipe, output_type="stream").frames or ())
    next(frames)
    del frames
    again = animate(pipe, output_type="np").frames
    assert isinstance(whole, np.ndarray)
    assert isinstance(again, np.ndarray)
    assert np.array_equal(again, whole)


@pytest.fixture
def broken(pipe: EasyAnimatePipeline) -> Callable[[], None]:
    weight = pipe.parts.denoiser.transformer.proj_out.weight
    kept = weight.detach().clone()
    with torch.no_grad():
        weight[0, 0] = float("nan")
    yield
    with torch.no_grad():
        weight.copy_(kept)


@pytest.mark.usefixtures("broken")
def test_nan_ends_the_run_at_its_first_step_with_a_clear_error(pipe: EasyAnimatePipeline) -> None:
    with pytest.raises(BrokenLatentsError, match="step 1 of 4 yields NaN or infinity"):
        animate(pipe)


def test_a_vae_that_makes_nan_gives_no_black_clip() -> None:
    pipe = load_pipeline(cases.V5, device="cpu", mode="exact")
    bias = pipe.parts.vae.model.decoder.conv_out.bias
    with torch.no_grad():
        bias[0] = float("nan")
    with pytest.raises(BrokenLatentsError, match="the VAE makes NaN of sound latents"):
        animate(pipe, output_type="np")


def test_out_of_memory_goes_one_plan_down_once_and_remembers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipe = load_pipeline(cases.V5, device="cpu", mode="exact", memory="device")
    expected = animate(pipe).latents
    block = pipe.parts.denoiser.transformer.transformer_blocks[1]
    run, calls = block.forward, []

    def short_of_memory(*args: Any, **kwargs: Any) -> Any:
        calls.append(pipe.parts.placement.plan)
        if len(calls) == 3:
            raise torch.OutOfMemoryError("out of memory, says the test")
        return run(*args, **kwargs)

    monkeypatch.setattr(block, "forward", short_of_memory)
    clip = animate(pipe)
    assert pipe.parts.placement.plan == "vae-swapped"
    assert torch.allclose(clip.latents, expected, atol=1e-4)  # the same draws again
    assert animate(pipe).forwards == 2 * STEPS
    assert pipe.parts.placement.plan == "vae-swapped"


def test_out_of_memory_in_a_decode_goes_on_with_the_next_piece_and_costs_no_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipe = load_pipeline(cases.V5, device="cpu", mode="exact", memory="device")
    whole = animate(pipe, output_type="np").frames
    decoder = pipe.parts.vae.model.decoder
    run, calls = decoder.conv_in.forward, []

    def short_of_memory(*args: Any, **kwargs: Any) -> Any:
        calls.append(pipe.parts.placement.plan)
        if len(calls) == 2:
            raise torch.OutOfMemoryError("out of memory, says the test")
        return run(*args, **kwargs)

    monkeypatch.setattr(decoder.conv_in, "forward", short_of_memory)
    clip = animate(pipe, output_type="stream")
    pieces = list(clip.frames or ())
    assert calls == ["device", "device", "vae-swapped", "vae-swapped"]
    assert np.array_equal(np.concatenate(pieces), whole)
    assert clip.forwards == 2 * STEPS
    assert pipe.parts.placement.plan == "vae-swapped"


def test_out_of_memory_twice_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = load_pipeline(cases.V5, device="cpu", mode="exact", memory="device")

    def short_of_memory(*_: Any, **__: Any) -> Any:
        raise torch.OutOfMemoryError("out of memory, says the test")

    monkeypatch.setattr(
        pipe.parts.denoiser.transformer.transformer_blocks[1], "forward", short_of_memory
    )
    with pytest.raises(torch.OutOfMemoryError):
        animate(pipe)


def test_an_end_picture_changes_the_clip(pipe: EasyAnimatePipeline) -> None:
    looped = animate(pipe, end_image=SKETCH).latents
    assert not torch.equal(looped, animate(pipe).latents)


def test_one_frame_is_a_picture(pipe: EasyAnimatePipeline) -> None:
    frames = animate(pipe, num_frames=1, output_type="np").frames
    assert isinstance(frames, np.ndarray)
    assert frames.shape == (1, 32, 48, 3)


def _loaded(path: Any, known: dict[Any, EasyAnimatePipeline] = {}) -> EasyAnimatePipeline:  # noqa: B006
    if path not in known:
        known[path] = load_pipeline(path, device="cpu", mode="exact")
    return known[path]
