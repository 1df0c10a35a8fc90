"""How far each sampler ends from the exact solution, on data whose score is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from diffusers import DPMSolverMultistepScheduler
from torch import Tensor

from bench.closed_forms import Mixture, PerfectNetwork, walk
from engine.easyanimate.checkpoint import Family
from engine.easyanimate.samplers import Sampler, make_sampler
from engine.easyanimate.samplers.karras import karras_ratios
from engine.easyanimate.samplers.networks import Space, network_of, vp_time
from engine.easyanimate.samplers.noise_level import NoiseLevel
from engine.easyanimate.samplers.sampler import Run
from engine.easyanimate.samplers.schedules import FLOW_CONFIG, VP_CONFIG, Config, configured

CONFIGS: Mapping[Family, Config] = {Family.V5: VP_CONFIG, Family.V5_1: FLOW_CONFIG}

GAUSSIAN = Mixture.of([1.0], [[0.5, -1.0, 1.5, 0.25]], [[0.05, 0.25, 1.0, 4.0]])
TWO_HILLS = Mixture.of([0.3, 0.7], [[1.0, -0.5], [-1.0, 0.5]], [[0.1, 0.1], [0.2, 0.05]])
NARROW_HILLS = Mixture.of(
    [0.25] * 4, [[2.0, 0.0], [-2.0, 0.0], [0.0, 2.0], [0.0, -2.0]], [[0.01, 0.02]] * 4
)
DATA = {"Gaussian": GAUSSIAN, "two hills": TWO_HILLS, "four narrow hills": NARROW_HILLS}

INTERIOR = NoiseLevel.at_ratio(5.0), NoiseLevel.at_ratio(0.2)


@dataclass(frozen=True, slots=True)
class Moments:
    """Of what a sampler draws, beside the data's: the farthest channel of each."""

    mean_off: float  # in standard deviations of the data
    variance_ratio: float


@cache
def begun(data: Mixture) -> tuple[Tensor, Tensor]:
    """Noise at 1,024 positions, and where exactly it ends."""
    noise = data.noise(seed=1)
    return noise, data.solution(noise)


def error(data: Mixture, family: Family, name: str, steps: int) -> float:
    """Root mean square distance from the exact solution."""
    return _error(make_sampler(name, family, CONFIGS[family], steps), data, family)


def _error(sampler: Sampler, data: Mixture, family: Family) -> float:
    noise, exact = begun(data)
    return _distance(walk(sampler, PerfectNetwork(data, family), noise), exact)


def moments(data: Mixture, family: Family, name: str, steps: int) -> Moments:
    sampler = make_sampler(name, family, CONFIGS[family], steps)
    noise = data.noise(seed=1, positions=(16, 64, 64))
    drawn = walk(sampler, PerfectNetwork(data, family), noise, torch.Generator().manual_seed(2))
    drawn = drawn.double().transpose(0, 1).flatten(1)
    ratios = drawn.var(1) / data.variance
    off = (drawn.mean(1) - data.mean).abs() / data.variance.sqrt()
    return Moments(off.max().item(), ratios[(ratios.log().abs()).argmax()].item())


def interior_error(data: Mixture, family: Family, order: int, steps: int) -> float:
    """DPM-Solver++ of an order between σ/α = 5 and 0.2, in even steps of log(σ/α)."""
    start, end = INTERIOR
    x = data.solution(data.noise(seed=1), end=start)
    ended = walk(interior_sampler(family, order, steps), PerfectNetwork(data, family), x.float())
    return _distance(ended, data.solution(x, start, end))


def interior_sampler(family: Family, order: int, steps: int) -> Sampler:
    config = {
        **VP_CONFIG,
        "solver_order": order,
        "lower_order_final": False,
        "final_sigmas_type": "sigma_min",  # no last step to zero, which is always of order 1
    }
    scheduler = configured(DPMSolverMultistepScheduler, config)
    scheduler.set_timesteps(steps)
    start, end = (level.log_ratio for level in INTERIOR)
    return _resampled(scheduler, family, np.exp(np.linspace(start, end, steps + 1)).tolist())


def cap_error(data: Mixture, cap: float, steps: int) -> float:
    """DPM++ 2M Karras on V5, were its levels to begin at another σ/α."""
    scheduler = configured(DPMSolverMultistepScheduler, VP_CONFIG)
    scheduler.set_timesteps(steps)
    sampler = _resampled(scheduler, Family.V5, [*karras_ratios(VP_CONFIG, steps, cap), 0.0])
    return _error(sampler, data, Family.V5)


def _resampled(scheduler: Any, family: Family, ratios: Sequence[float]) -> Sampler:
    """DPM++ at levels of one's own, the last being where it ends."""
    levels = [NoiseLevel.at_ratio(ratio) for ratio in ratios[:-1]]
    scheduler.sigmas = torch.tensor(ratios, dtype=torch.float32)
    time = vp_time(VP_CONFIG)
    scheduler.timesteps = torch.tensor([time(level) for level in levels])
    scheduler.set_begin_index(0)
    return Sampler("DPM++", Run(scheduler, Space.VP, levels), network_of(family, CONFIGS[family]))


def _distance(got: Tensor, exact: Tensor) -> float:
    return (got.double() - exact).square().mean().sqrt().item()
