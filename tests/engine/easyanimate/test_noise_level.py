"""One change of variables: both families' latents and outputs say the same."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from diffusers import DDIMScheduler
from torch import Tensor

from engine.easyanimate.samplers.networks import vp_time
from engine.easyanimate.samplers.noise_level import (
    NoiseLevel,
    flow_latents,
    u_from_v,
    v_from_u,
    vp_latents,
    x0_from_u,
    x0_from_v,
)
from engine.easyanimate.samplers.schedules import VP_CONFIG, configured

PICTURE, NOISE = NoiseLevel(1.0, 0.0), NoiseLevel(0.0, 1.0)
LEVELS = [PICTURE, *map(NoiseLevel.at_flow_time, (0.003, 0.3, 0.5, 0.9, 0.9998)), NOISE]

any_level = pytest.mark.parametrize("level", LEVELS, ids=lambda level: f"s={level.flow_time:.4f}")


@pytest.fixture
def x0() -> Tensor:
    return torch.randn(1, 16, 2, 3, 3, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def noise() -> Tensor:
    return torch.randn(1, 16, 2, 3, 3, generator=torch.Generator().manual_seed(2))


def x_of(level: NoiseLevel, x0: Tensor, noise: Tensor) -> Tensor:
    return level.alpha * x0 + level.sigma * noise


def v_of(level: NoiseLevel, x0: Tensor, noise: Tensor) -> Tensor:
    return level.alpha * noise - level.sigma * x0


def z_of(level: NoiseLevel, x0: Tensor, noise: Tensor) -> Tensor:
    return (1 - level.flow_time) * x0 + level.flow_time * noise


@any_level
def test_shares_of_picture_and_noise_square_to_one(level: NoiseLevel) -> None:
    assert math.hypot(level.alpha, level.sigma) == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize("s", [0.0, 0.003, 0.5, 0.89, 1.0])
def test_a_flow_time_comes_back(s: float) -> None:
    assert NoiseLevel.at_flow_time(s).flow_time == pytest.approx(s, abs=1e-15)


@pytest.mark.parametrize("ratio", [0.029, 1.0, 14.6, 4096.0])
def test_a_ratio_comes_back_as_its_logarithm(ratio: float) -> None:
    assert NoiseLevel.at_ratio(ratio).log_ratio == pytest.approx(math.log(ratio))


def test_both_ends_have_infinite_logarithms() -> None:
    assert (PICTURE.log_ratio, NOISE.log_ratio) == (-math.inf, math.inf)


@any_level
def test_latents_of_one_family_become_the_others(
    level: NoiseLevel, x0: Tensor, noise: Tensor
) -> None:
    x, z = x_of(level, x0, noise), z_of(level, x0, noise)
    torch.testing.assert_close(flow_latents(x, level), z)
    torch.testing.assert_close(vp_latents(z, level), x)


@any_level
def test_outputs_of_one_family_become_the_others(
    level: NoiseLevel, x0: Tensor, noise: Tensor
) -> None:
    x, z = x_of(level, x0, noise), z_of(level, x0, noise)
    v, u = v_of(level, x0, noise), noise - x0
    torch.testing.assert_close(v_from_u(u, x, level), v)
    torch.testing.assert_close(u_from_v(v, z, level), u)


@any_level
def test_both_outputs_mean_the_same_clean_latents(
    level: NoiseLevel, x0: Tensor, noise: Tensor
) -> None:
    x, z = x_of(level, x0, noise), z_of(level, x0, noise)
    torch.testing.assert_close(x0_from_v(v_of(level, x0, noise), x, level), x0)
    torch.testing.assert_close(x0_from_u(noise - x0, z, level), x0)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_rounded_once(dtype: torch.dtype, x0: Tensor, noise: Tensor) -> None:
    level, u, x = NoiseLevel.at_flow_time(0.7), noise.to(dtype), x0.to(dtype)
    v = v_from_u(u, x, level)
    assert v.dtype == dtype
    assert torch.equal(v, v_from_u(u.double(), x.double(), level).to(dtype))


def test_trained_levels_have_their_own_times() -> None:
    alphas_squared = configured(DDIMScheduler, VP_CONFIG).alphas_cumprod.tolist()
    time = vp_time(VP_CONFIG)
    times = [time(NoiseLevel.at_alpha_squared(each)) for each in alphas_squared]
    assert times == pytest.approx(list(range(1000)), abs=1e-6)


def test_pure_noise_is_the_last_time_exactly() -> None:
    assert vp_time(VP_CONFIG)(NoiseLevel.at_flow_time(1.0)) == 999.0


def test_levels_between_trained_ones_have_unrounded_times() -> None:
    time = vp_time(VP_CONFIG)
    levels = [NoiseLevel.at_flow_time(0.05 + 0.001 * place) for place in range(940)]
    times = [time(level) for level in levels]
    assert all(earlier < later for earlier, later in pairwise(times))
    assert sum(each == round(each) for each in times) < 5


def test_less_noise_than_was_trained_is_the_first_time() -> None:
    assert vp_time(VP_CONFIG)(NoiseLevel.at_flow_time(0.0027)) == 0.0
