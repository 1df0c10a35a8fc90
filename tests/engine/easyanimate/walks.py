"""Samplers walked along random outputs: no network, since only the arithmetic is asked."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.easyanimate.checkpoint import Family
from engine.easyanimate.samplers import Sampler, make_sampler
from engine.easyanimate.samplers.schedules import FLOW_CONFIG, VP_CONFIG

CONFIGS = {Family.V5: VP_CONFIG, Family.V5_1: FLOW_CONFIG}


def sampler_of(name: str | None, family: Family, steps: int = 10) -> Sampler:
    return make_sampler(name, family, CONFIGS[family], steps)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def some_latents(seed: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(1, 16, 2, 4, 4, generator=seeded(seed)).to(dtype)


def walked(
    sampler: Sampler, noise: Tensor, generator: torch.Generator | None = None, look: bool = False
) -> Tensor:
    """Along random outputs; with `look`, previews are asked for before and after each step."""
    latents = noise * sampler.init_noise_sigma
    for call in range(len(sampler.timesteps)):
        output = some_latents(call, noise.dtype) + 0.1 * sampler.model_input(latents, call)
        before = latents
        if look:
            sampler.x0(output, call, before)
        latents = sampler.step(output, call, before, generator)
        if look:
            sampler.x0(output, call, before)
    return latents
