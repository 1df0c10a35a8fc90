"""Whole runs against the reference, in float32 on the CPU: the same pictures, seeds and prompts."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

from engine.easyanimate import load_pipeline
from engine.easyanimate.pipeline import EasyAnimatePipeline, RenderedClip
from tests.engine.easyanimate.cases import Case, case, pairs

LATENTS, FRAMES = 1e-3, 1e-4  # how far apart runs may be; the cures' absence costs 0.2 to 5
PLAIN = [name for name in pairs() if "teacache" not in name[0]]


@cache
def pipeline(name: str) -> EasyAnimatePipeline:
    one = case(name)
    return load_pipeline(one.checkpoint, device="cpu", mode="exact", loras=one.loras)


def run(
    one: Case, sampler: str | None, pipe: EasyAnimatePipeline, output_type: str = "latent"
) -> RenderedClip:
    asked = one.request
    return pipe(
        one.start,
        end_image=one.end,
        prompt=asked.prompt,
        negative_prompt=asked.negative_prompt,
        height=asked.height,
        width=asked.width,
        num_frames=asked.frames,
        num_inference_steps=asked.steps,
        guidance_scale=asked.guidance_scale,
        sampler=sampler,
        seed=asked.seed,
        output_type=output_type,
    )


def distance(one: torch.Tensor, other: torch.Tensor) -> float:
    return float((one - other).abs().max())


@pytest.mark.parametrize(("name", "sampler"), PLAIN)
def test_final_latents_are_the_references(name: str, sampler: str) -> None:
    one = case(name)
    clip = run(one, sampler, pipeline(name))
    assert distance(clip.latents, one.of(sampler, "latents")) < LATENTS
    assert clip.forwards == 2 * len(one.of(sampler, "timesteps"))


@pytest.mark.parametrize(("name", "sampler"), [("v5-start", "DDIM"), ("v5.1-start", "Flow")])
def test_frames_are_the_references_and_so_is_the_sampler_that_nobody_chose(
    name: str, sampler: str
) -> None:
    one = case(name)
    frames = run(one, None, pipeline(name), "np").frames
    assert isinstance(frames, np.ndarray)
    assert frames.shape == (one.request.frames, one.request.height, one.request.width, 3)
    crop = torch.from_numpy(frames[::4, 16:48, 32:80]).permute(3, 0, 1, 2)[None]
    assert distance(crop, one.of(sampler, "frames_crop")) < FRAMES
    eight_bits = torch.from_numpy((frames[8] * 255).astype(np.uint8)).permute(2, 0, 1)
    theirs = one.of(sampler, "frames_u8")[0, :, 0]
    assert distance(eight_bits.float(), theirs.float()) <= 1


def test_teacache_computes_the_references_steps_and_lands_where_it_lands() -> None:
    one = case("v5.1-start_teacache")
    assert one.request.teacache is not None
    threshold = one.request.teacache["threshold"]
    pipe = load_pipeline(
        one.checkpoint, device="cpu", mode="exact", step_cache=("teacache", threshold)
    )
    clip = run(one, "Flow", pipe)
    computed = one.expected["teacache/computed"]
    assert clip.forwards == 2 * int(computed.sum())
    assert distance(clip.latents, one.of("Flow", "latents")) < LATENTS


@pytest.mark.parametrize(("name", "sampler"), [("v5-start", "PNDM"), ("v5.1-start", "Flow")])
def test_branches_one_after_the_other_are_as_near(name: str, sampler: str) -> None:
    """As they run wherever memory is short."""
    one = case(name)
    pipe = load_pipeline(one.checkpoint, device="cpu", mode="exact", memory="vae-swapped")
    assert not pipe.parts.placement.batched
    clip = run(one, sampler, pipe)
    assert distance(clip.latents, one.of(sampler, "latents")) < LATENTS


def test_a_lora_matters() -> None:
    """Else its parity would show nothing."""
    one = case("v5-start_lora")
    without = run(one, "DDIM", pipeline("v5-start"))
    assert distance(without.latents, one.of("DDIM", "latents")) > 100 * LATENTS
