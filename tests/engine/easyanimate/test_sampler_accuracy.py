"""How far samplers end from the exact solution, where the score is known and no network errs.

docs/samplers.md holds the figures and what they mean; `python -m bench.samplers` measures them.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from bench.closed_forms import Mixture, PerfectNetwork, walk
from bench.sampler_errors import (
    CONFIGS,
    GAUSSIAN,
    NARROW_HILLS,
    TWO_HILLS,
    begun,
    error,
    interior_error,
    moments,
)
from engine.easyanimate.checkpoint import Family
from engine.easyanimate.samplers import SAMPLERS, make_sampler

DATA = {"Gaussian": GAUSSIAN, "two hills": TWO_HILLS}
STEPS = (10, 25, 50, 100)

both_families = pytest.mark.parametrize("family", Family)
both_data = pytest.mark.parametrize("data", DATA)


@cache
def errors(data: str, family: Family, name: str) -> list[float]:
    return [error(DATA[data], family, name, steps) for steps in STEPS]


def wide(values: Tensor) -> Tensor:
    """(channels,) beside latents."""
    return values[:, None, None, None]


# ---- the yardstick ----


def test_the_exact_solution_of_a_gaussian_is_its_closed_form() -> None:
    noise, exact = begun(GAUSSIAN)
    mean, spread = GAUSSIAN.means[0], GAUSSIAN.variances[0].sqrt()
    assert (exact - (wide(mean) + wide(spread) * noise)).abs().max() < 1e-9


@pytest.mark.parametrize("data", [TWO_HILLS, NARROW_HILLS], ids=["two hills", "narrow hills"])
def test_the_exact_solution_of_a_mixture_is_solved_finely_enough(data: Mixture) -> None:
    noise = data.noise(seed=1, positions=(1, 8, 8))
    assert (data.solution(noise) - data.solution(noise, rungs=800)).abs().max() < 1e-6


def test_the_exact_solution_draws_from_the_data() -> None:
    drawn = TWO_HILLS.solution(TWO_HILLS.noise(seed=3, positions=(4, 64, 64)), rungs=50)
    drawn = drawn.transpose(0, 1).flatten(1)
    assert (drawn.mean(1) - TWO_HILLS.mean).abs().max() < 0.02
    assert (drawn.var(1) / TWO_HILLS.variance - 1).abs().max() < 0.03


# ---- order ----


@both_data
@both_families
@pytest.mark.parametrize("name", ["DDIM", "Euler", "Flow"])
def test_the_error_of_first_order_samplers_halves_with_twice_the_steps(
    data: str, family: Family, name: str
) -> None:
    ten, twenty_five, fifty, hundred = errors(data, family, name)
    assert 1.6 < ten / twenty_five < 2.8  # 2.5 times the steps
    assert 1.65 < twenty_five / fifty < 2.1
    assert 1.7 < fifty / hundred < 2.1


@both_families
def test_dpm_is_of_second_order_between_the_ends(family: Family) -> None:
    found = [interior_error(TWO_HILLS, family, 2, steps) for steps in (25, 50, 100)]
    assert all(3.6 < coarse / fine < 4.4 for coarse, fine in pairwise(found))


@both_families
def test_at_order_one_it_would_be_of_first_order(family: Family) -> None:
    found = [interior_error(TWO_HILLS, family, 1, steps) for steps in (25, 50, 100)]
    assert all(1.8 < coarse / fine < 2.2 for coarse, fine in pairwise(found))


@both_data
@both_families
def test_dpm_errs_less_than_euler_from_end_to_end(data: str, family: Family) -> None:
    dpm, euler = errors(data, family, "DPM++"), errors(data, family, "Euler")
    assert all(ours < theirs for ours, theirs in zip(dpm, euler, strict=True))
    assert 1.7 < dpm[2] / dpm[3] < 2.2  # of first order there: the ends weigh most


@both_data
@both_families
def test_karras_errs_least_at_any_number_of_steps(data: str, family: Family) -> None:
    karras = errors(data, family, "DPM++ 2M Karras")
    others = [errors(data, family, name) for name in ("DDIM", "Euler", "DPM++", "PNDM", "Flow")]
    for ours, *theirs in zip(karras, *others, strict=True):
        assert ours < 0.6 * min(theirs)
    assert all(coarse > fine for coarse, fine in pairwise(karras))


@both_data
@pytest.mark.parametrize("name", ["DDIM", "Euler", "DPM++", "Flow", "DPM++ 2M Karras"])
def test_both_families_end_at_the_same_place(data: str, name: str) -> None:
    v5, v5_1 = (errors(data, family, name) for family in Family)
    assert v5 == pytest.approx(v5_1, rel=0.01, abs=2e-4)


@both_families
@pytest.mark.parametrize("name", SAMPLERS)
def test_half_precision_ends_near_single_precision(name: str, family: Family) -> None:
    network, noise = PerfectNetwork(TWO_HILLS, family), begun(TWO_HILLS)[0].bfloat16()
    ended = [
        walk(make_sampler(name, family, CONFIGS[family], 25), network, each, generator)
        for each in (noise, noise.float())
        for generator in [torch.Generator().manual_seed(1)]
    ]
    if name != "Euler A":  # whose draws differ between dtypes
        assert (ended[0].float() - ended[1]).square().mean().sqrt() < 0.05
    assert ended[0].isfinite().all()


# ---- Euler A ----


def euler_a_variance(variance: Tensor, ratios: list[float]) -> Tensor:
    """What Euler A makes of a Gaussian's variance, told by its own formula: each step scales the
    distance from the mean and adds fresh noise."""
    spread = torch.full_like(variance, ratios[0] ** 2)
    for start, end in pairwise([*ratios, 0.0]):
        up = (end**2 * (start**2 - end**2) / start**2) ** 0.5
        down = (end**2 - up**2) ** 0.5
        spread = spread * (1 + (down - start) * start / (variance + start**2)) ** 2 + up**2
    return spread


@both_families
@pytest.mark.parametrize("steps", [10, 50])
def test_euler_a_draws_with_the_variance_of_its_formula(family: Family, steps: int) -> None:
    sampler = make_sampler("Euler A", family, CONFIGS[family], steps)
    network = PerfectNetwork(GAUSSIAN, Family.V5)
    times = make_sampler("Euler A", Family.V5, CONFIGS[Family.V5], steps).timesteps
    levels = [network.level(time) for time in times]
    ratios = [4096.0, *(level.sigma / level.alpha for level in levels[1:])]
    noise = GAUSSIAN.noise(seed=4, positions=(4, 64, 64))
    drawn = walk(sampler, PerfectNetwork(GAUSSIAN, family), noise, torch.Generator().manual_seed(5))
    found = drawn.double().transpose(0, 1).flatten(1).var(1)
    assert (found / euler_a_variance(GAUSSIAN.variances[0], ratios) - 1).abs().max() < 0.04


@both_data
@both_families
def test_euler_a_comes_to_the_data_s_mean_and_variance(data: str, family: Family) -> None:
    found = [moments(DATA[data], family, "Euler A", steps) for steps in STEPS]
    assert all(each.mean_off < 0.07 for each in found)
    assert found[-1].mean_off < 0.02
    ratios = [each.variance_ratio for each in found]
    assert all(coarse < fine for coarse, fine in pairwise(ratios))
    assert 0.7 < ratios[-1] < 1.0  # it draws too narrowly, less so with more steps


# ---- PNDM ----


def pndm_limit(data: Mixture, noise: Tensor) -> Tensor:
    """Where PNDM would end in infinitely many steps: it takes pure noise for the last level of
    its unrescaled betas, σ/α = 14.6146, and goes the exact way from there."""
    start = make_sampler("PNDM", Family.V5_1, CONFIGS[Family.V5_1], 50).timesteps[0] / 1000
    ratio = start / (1 - start)
    mean, variance = wide(data.means[0]), wide(data.variances[0])
    begins = noise.double() * (1 + ratio**2) ** 0.5
    return mean + (begins - mean) * (variance / (variance + ratio**2)).sqrt()


def test_pndm_on_v5_1_ends_where_its_unrescaled_betas_lead() -> None:
    noise, exact = begun(GAUSSIAN)
    limit = pndm_limit(GAUSSIAN, noise)
    assert (limit - exact).square().mean().sqrt() == pytest.approx(0.0571, abs=1e-4)
    network, far = PerfectNetwork(GAUSSIAN, Family.V5_1), []
    for steps in (25, 50, 100):
        sampler = make_sampler("PNDM", Family.V5_1, CONFIGS[Family.V5_1], steps)
        far.append((walk(sampler, network, noise) - limit).square().mean().sqrt().item())
    assert far == pytest.approx([0.0703, 0.0376, 0.0199], rel=0.02)


@pytest.mark.parametrize(
    ("data", "family", "biased"),
    [
        ("Gaussian", Family.V5, [0.193, 0.108, 0.079, 0.064]),
        ("Gaussian", Family.V5_1, [0.191, 0.109, 0.082, 0.069]),
        ("two hills", Family.V5, [0.108, 0.048, 0.032, 0.028]),
        ("two hills", Family.V5_1, [0.113, 0.061, 0.050, 0.047]),
    ],
)
def test_pndm_keeps_a_bias_that_steps_don_t_cure(
    data: str, family: Family, biased: list[float]
) -> None:
    assert errors(data, family, "PNDM") == pytest.approx(biased, rel=0.02)
