"""What only a card can show: bfloat16 against diffusers' class, each attention, each memory plan.

python -m pytest -m gpu
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from bench.diffusers_way import diffusers_own
from bench.net_size import MIDDLE
from bench.networks import random_transformer
from bench.problem import Problem, latents_shape, random_problem
from engine.easyanimate import load_pipeline
from engine.easyanimate.attention_backends import BACKENDS
from engine.easyanimate.denoiser import Denoiser
from engine.easyanimate.memory import Plan
from engine.easyanimate.pipeline import EasyAnimatePipeline, RenderedClip
from tests.engine.easyanimate import cases
from tests.engine.easyanimate.cases import case

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
    pytest.mark.filterwarnings("default"),  # those of the compiler and of drivers are not ours
]

CUDA = torch.device("cuda")
STEPS = 4
# how far apart latents may be, in deviations of theirs; a cure that is missing costs 0.2 and more
FLOAT32 = 1e-3
BFLOAT16 = 0.05  # four steps, each of which guidance makes six times as uncertain
EIGHT_BITS = 0.5


def apart(one: Tensor, other: Tensor) -> float:
    """The root of the mean square, in deviations of `other`."""
    return float((one.float() - other.float()).square().mean().sqrt() / other.float().std())


@pytest.fixture(autouse=True)
def whole_float32() -> Iterator[None]:
    """Convolutions would round to TF32, which is not what is looked at here."""
    usual = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = False
    yield
    torch.backends.cudnn.allow_tf32 = usual


@pytest.fixture(scope="module")
def transformer() -> Any:
    return random_transformer(MIDDLE, CUDA, torch.bfloat16)


@pytest.fixture(scope="module")
def problem() -> Problem:
    return random_problem(MIDDLE, latents_shape(256, 17), STEPS, CUDA, torch.bfloat16)


@pytest.fixture(scope="module")
def expected(transformer: Any, problem: Problem) -> Tensor:
    with diffusers_own(transformer) as own:
        return problem.theirs(own)


@pytest.mark.parametrize("name", BACKENDS)
def test_each_attention_computes_what_diffusers_does(
    name: str, transformer: Any, problem: Problem, expected: Tensor
) -> None:
    denoiser = Denoiser(transformer, CUDA, name)
    if denoiser.attention != name:
        pytest.skip(f"{name} does not run here")
    tolerance = EIGHT_BITS if name == "sage" else BFLOAT16
    assert apart(problem.ours(denoiser), expected) < tolerance


def test_compiled_blocks_compute_the_same(problem: Problem, expected: Tensor) -> None:
    denoiser = Denoiser(random_transformer(MIDDLE, CUDA, torch.bfloat16), CUDA)
    denoiser.compile()
    assert apart(problem.ours(denoiser), expected) < BFLOAT16


def load(**wishes: Any) -> EasyAnimatePipeline:
    usual: dict[str, Any] = {"device": "cuda", "dtype": torch.float32, "mode": "exact"}
    return load_pipeline(cases.V5, **(usual | wishes))


def animate(pipe: EasyAnimatePipeline, **changes: Any) -> RenderedClip:
    one = case("v5-start")
    asked: Mapping[str, Any] = {
        "prompt": one.request.prompt,
        "negative_prompt": one.request.negative_prompt,
        "height": one.request.height,
        "width": one.request.width,
        "num_frames": one.request.frames,
        "num_inference_steps": one.request.steps,
        "guidance_scale": one.request.guidance_scale,
        "seed": one.request.seed,
        "output_type": "latent",
    }
    return pipe(one.start, **{**asked, **changes})


def test_a_seed_means_on_the_card_what_it_means_on_a_cpu() -> None:
    latents = animate(load()).latents
    assert latents.device.type == "cuda"
    assert apart(latents.cpu(), case("v5-start").of("DDIM", "latents")) < FLOAT32


@pytest.mark.parametrize("plan", Plan)
def test_every_memory_plan_makes_the_same_clip_twice(plan: Plan) -> None:
    pipe = load(memory=plan)
    assert pipe.parts.placement.plan is plan
    tolerance = EIGHT_BITS if plan is Plan.EIGHT_BIT else FLOAT32
    reference = case("v5-start").of("DDIM", "latents")
    first, again = (animate(pipe).latents.cpu() for _ in range(2))
    assert apart(first, reference) < tolerance
    assert torch.equal(first, again)


def test_a_plan_can_be_left_in_the_middle_of_a_session() -> None:
    pipe = load(memory="device")
    before = animate(pipe).latents
    while pipe.parts.placement.plan is not Plan.VAE_SWAPPED:
        pipe.parts.placement.down()
    assert apart(animate(pipe).latents, before) < FLOAT32


def test_a_stream_is_the_same_clip_in_pieces() -> None:
    pipe = load()
    whole, streamed = animate(pipe, output_type="np").frames, animate(pipe, output_type="stream")
    assert np.array_equal(np.concatenate(list(streamed.frames or ())), whole)


class Stopped(Exception):  # noqa: N818 - what a cancel raises through the pipeline
    pass


@pytest.mark.parametrize("plan", Plan)
def test_a_cancel_ends_the_run_at_its_step_and_the_next_clip_is_whole(plan: Plan) -> None:
    pipe, calls = load(memory=plan), list[int]()

    def cancel_at_the_second(_: Any, call: int, *__: Any) -> dict[str, Tensor]:
        calls.append(call)
        if call == 1:
            raise Stopped
        return {}

    expected = animate(pipe).latents
    with pytest.raises(Stopped):
        animate(pipe, callback_on_step_end=cancel_at_the_second)
    assert calls == [0, 1]
    assert torch.equal(animate(pipe).latents, expected)


def test_a_pipeline_that_is_dropped_leaves_the_card_empty() -> None:
    animate(load())  # what cuBLAS and cuDNN keep for themselves is there from now on
    gc.collect()
    before = torch.cuda.memory_allocated()
    pipe = load()
    animate(pipe)
    assert torch.cuda.memory_allocated() > before
    del pipe
    gc.collect()
    assert torch.cuda.memory_allocated() <= before + 2**20


def test_a_cast_pipeline_is_as_near_as_bfloat16_allows() -> None:
    latents = animate(load(dtype=torch.bfloat16)).latents
    assert torch.isfinite(latents).all()
    assert apart(latents.cpu(), case("v5-start").of("DDIM", "latents")) < EIGHT_BITS
