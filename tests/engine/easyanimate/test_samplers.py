"""Every sampler over both families; diffusers' own numbers where the reference has the pair."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    PNDMScheduler,
)
from structlog.testing import capture_logs
from torch import Tensor

from bench.closed_forms import Mixture, PerfectNetwork
from engine.easyanimate.checkpoint import Family
from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.samplers import SAMPLERS, make_sampler
from engine.easyanimate.samplers.schedules import VP_CONFIG
from tests.engine.easyanimate.cases import case, pairs
from tests.engine.easyanimate.walks import CONFIGS, sampler_of, seeded, some_latents, walked

OWN: list[tuple[str, Family, Any]] = [  # the pairs that the reference offers
    ("DDIM", Family.V5, DDIMScheduler),
    ("Euler", Family.V5, EulerDiscreteScheduler),
    ("Euler A", Family.V5, EulerAncestralDiscreteScheduler),
    ("DPM++", Family.V5, DPMSolverMultistepScheduler),
    ("PNDM", Family.V5, PNDMScheduler),
    ("Flow", Family.V5_1, FlowMatchEulerDiscreteScheduler),
]
NOISE_SPACE = tuple(name for name in SAMPLERS if name != "Flow")

every_pair = pytest.mark.parametrize(
    ("name", "family"), [(name, family) for family in Family for name in SAMPLERS]
)
own_pair = pytest.mark.parametrize(("name", "family", "scheduler"), OWN, ids=lambda one: str(one))
any_steps = pytest.mark.parametrize("steps", [10, 25, 50, 60, 100])


# ---- which model calls, and at which times ----


@every_pair
@any_steps
def test_times_run_from_noise_to_picture_within_what_was_trained(
    name: str, family: Family, steps: int
) -> None:
    times = sampler_of(name, family, steps).timesteps
    assert len(times) == steps + 9 * (name == "PNDM")
    assert all(0 <= time <= 1000 for time in times)
    assert all(earlier >= later for earlier, later in pairwise(times))
    assert len(set(times)) >= steps or name == "PNDM"


@pytest.mark.parametrize(("name", "sampler"), pairs())
def test_the_reference_s_times_and_first_noise(name: str, sampler: str) -> None:
    example = case(name)
    family = Family.V5 if "v5-" in name else Family.V5_1
    ours = sampler_of(sampler, family, example.request.steps)
    assert ours.timesteps == example.of(sampler, "timesteps").tolist()
    if sampler != "Flow":  # whose scheduler has no such figure
        assert ours.init_noise_sigma == example.of(sampler, "init_noise_sigma").item()


def test_flow_on_v5_is_told_the_times_of_the_flow_levels() -> None:
    own, carried = sampler_of("Flow", Family.V5_1, 5), sampler_of("Flow", Family.V5, 5)
    assert carried.timesteps[0] == 999.0
    network = PerfectNetwork(Mixture.of([1], [[0]], [[1]]), Family.V5)
    flow_times = [1000 * network.level(time).flow_time for time in carried.timesteps]
    assert flow_times[:-1] == pytest.approx(own.timesteps[:-1], rel=1e-6)
    assert carried.timesteps[-1] == 0.0  # 2.7, where V5 knows none below 28


@pytest.mark.parametrize("name", [name for name in NOISE_SPACE if name != "PNDM"])
def test_noise_space_samplers_tell_v5_1_the_flow_times_of_their_levels(name: str) -> None:
    network = PerfectNetwork(Mixture.of([1], [[0]], [[1]]), Family.V5)
    own, carried = (sampler_of(name, family, 10).timesteps for family in Family)
    flow_times = [1000 * network.level(time).flow_time for time in own]
    assert carried == pytest.approx(flow_times, rel=3e-4)  # Euler's 2⁻²⁴ stands for pure noise


def test_pndm_tells_v5_1_the_levels_of_its_own_unrescaled_betas() -> None:
    unrescaled = DDIMScheduler.from_config({**VP_CONFIG, "rescale_betas_zero_snr": False})
    alpha = unrescaled.alphas_cumprod[-1].sqrt().item()
    sigma = math.sqrt(1 - alpha**2)
    expected = 1000 * sigma / (alpha + sigma)
    assert sampler_of("PNDM", Family.V5_1).timesteps[0] == pytest.approx(expected)
    assert expected == pytest.approx(936, abs=0.1)


# ---- bit by bit ----


def by_hand(scheduler: Any, noise: Tensor, generator: torch.Generator) -> Tensor:
    """What the reference's loop does with a scheduler, along the outputs of `walked`."""
    latents = noise * getattr(scheduler, "init_noise_sigma", 1.0)
    drawn = isinstance(scheduler, EulerAncestralDiscreteScheduler)
    for call, time in enumerate(scheduler.timesteps):
        scale = getattr(scheduler, "scale_model_input", lambda latents, _: latents)
        output = some_latents(call, noise.dtype) + 0.1 * scale(latents, time)
        options = {"generator": generator} if drawn else {}
        latents = scheduler.step(output, time, latents, return_dict=False, **options)[0]
    return latents


@own_pair
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("steps", [5, 6, 50])
def test_the_reference_s_pairs_are_diffusers_bit_by_bit(
    name: str, family: Family, scheduler: Any, dtype: torch.dtype, steps: int
) -> None:
    theirs = scheduler.from_config(dict(CONFIGS[family]))
    theirs.set_timesteps(steps, **({"mu": 1} if name == "Flow" else {}))
    noise = some_latents(99, dtype)
    ours = walked(sampler_of(name, family, steps), noise, seeded(3), look=True)
    assert torch.equal(ours, by_hand(theirs, noise, seeded(3)))


@every_pair
def test_previews_disturb_nothing(name: str, family: Family) -> None:
    noise = some_latents(1)
    plain = walked(sampler_of(name, family), noise, seeded(3))
    watched = walked(sampler_of(name, family), noise, seeded(3), look=True)
    assert torch.equal(plain, watched)


# ---- what a step may rely on ----


@every_pair
def test_a_perfect_network_s_preview_is_the_only_picture_it_knows(
    name: str, family: Family
) -> None:
    picture = Mixture.of([1.0], [[0.5, -1.0, 2.0]], [[1e-9, 1e-9, 1e-9]])
    sampler, network = sampler_of(name, family, 20), PerfectNetwork(picture, family)
    latents = picture.noise(seed=1) * sampler.init_noise_sigma
    middle = len(sampler.timesteps) // 2
    for call in range(middle):
        output = network(sampler.model_input(latents, call), sampler.timesteps[call])
        before, latents = latents, sampler.step(output, call, latents, seeded(call))
    x0 = sampler.x0(output, middle - 1, before)
    mismatch = 0.3 if name == "PNDM" and family is Family.V5 else 1e-3  # see docs/samplers.md
    assert (x0 - picture.means[0][:, None, None, None]).abs().max() < mismatch


@every_pair
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_stays_what_it_is(name: str, family: Family, dtype: torch.dtype) -> None:
    sampler = sampler_of(name, family)
    noise = some_latents(1, dtype)
    assert sampler.model_input(noise * sampler.init_noise_sigma, 0).dtype == dtype
    ended = walked(sampler_of(name, family), noise, seeded(3), look=True)
    assert ended.dtype == dtype
    assert ended.isfinite().all()


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_euler_a_asks_the_generator_once_a_step(family: Family, dtype: torch.dtype) -> None:
    asked, counted, noise = seeded(7), seeded(7), some_latents(1, dtype)
    walked(sampler_of("Euler A", family, 10), noise, asked)
    for _ in range(10):
        torch.randn(noise.shape, generator=counted, dtype=dtype)
    assert torch.equal(asked.get_state(), counted.get_state())


@pytest.mark.parametrize("family", Family)
def test_euler_a_repeats_with_its_seed(family: Family) -> None:
    ended = [walked(sampler_of("Euler A", family), some_latents(1), seeded(s)) for s in (7, 7, 8)]
    assert torch.equal(ended[0], ended[1])
    assert not torch.allclose(ended[0], ended[2], atol=0.1)


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("name", [name for name in SAMPLERS if name != "Euler A"])
def test_other_samplers_leave_the_generator_alone(name: str, family: Family) -> None:
    generator = seeded(7)
    walked(sampler_of(name, family), some_latents(1), generator)
    assert torch.equal(generator.get_state(), seeded(7).get_state())


def test_a_sampler_serves_one_clip() -> None:
    sampler = sampler_of("DPM++", Family.V5)
    walked(sampler, some_latents(1))
    with pytest.raises(ValueError, match=r"DPM\+\+ is at call 10, not at 0"):
        walked(sampler, some_latents(1))


# ---- what is asked for ----


@pytest.mark.parametrize(("family", "name"), [(Family.V5, "DDIM"), (Family.V5_1, "Flow")])
def test_without_a_name_it_is_what_the_family_was_trained_for(family: Family, name: str) -> None:
    assert sampler_of(None, family).name == name


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="'LCM'; there are DDIM, Euler, Euler A, DPM"):
        sampler_of("LCM", Family.V5)


@pytest.mark.parametrize(("name", "steps"), [("PNDM", 3), ("DDIM", 0), ("Flow", 1001)])
def test_steps_that_a_sampler_can_t_make_are_refused(name: str, steps: int) -> None:
    with pytest.raises(ValueError, match=f"{name} takes [14] to 1000 steps, not {steps}"):
        sampler_of(name, Family.V5, steps)


@every_pair
def test_the_fewest_steps_arrive(name: str, family: Family) -> None:
    sampler = sampler_of(name, family, 4 if name == "PNDM" else 1)
    assert walked(sampler, some_latents(1), seeded(3)).isfinite().all()


def without(key: str) -> Mapping[str, Any]:
    return MappingProxyType({name: value for name, value in VP_CONFIG.items() if name != key})


def test_ddim_clips_nothing_where_the_config_forgets_to_say() -> None:
    with capture_logs() as logs:
        forgetful = make_sampler("DDIM", Family.V5, without("clip_sample"), 5)
    assert [line["event"] for line in logs] == ["sampler.clip_sample_missing"]
    noise = some_latents(1)
    assert torch.equal(walked(forgetful, noise), walked(sampler_of("DDIM", Family.V5, 5), noise))


def test_ddim_says_that_it_clips_where_the_config_wants_it() -> None:
    with capture_logs() as logs:
        clipping = make_sampler("DDIM", Family.V5, {**VP_CONFIG, "clip_sample": True}, 5)
    assert [line["event"] for line in logs] == ["sampler.clips_latents"]
    assert walked(clipping, some_latents(1)).abs().max() == 1.0


def test_a_v5_config_that_predicts_something_else_is_refused() -> None:
    with pytest.raises(CheckpointError, match=r"V5 predicts v, but .* prediction_type None"):
        make_sampler(None, Family.V5, without("prediction_type"), 5)


@pytest.mark.parametrize(
    "change",
    [
        {"beta_schedule": "no such"},
        {"beta_start": "x"},
        {"timestep_spacing": "no such"},
        {"num_train_timesteps": 0},
        {"trained_betas": [1.0]},
    ],
)
def test_a_config_of_nonsense_is_refused_in_one_line(change: dict[str, Any]) -> None:
    with pytest.raises(CheckpointError, match=r"config\.json makes no sampler") as caught:
        make_sampler("DDIM", Family.V5, {**VP_CONFIG, **change}, 5)
    assert "\n" not in str(caught.value)
