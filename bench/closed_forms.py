"""Data whose score is known exactly, and so what a perfect network would say of it.

A sampler that walks by these has no network to blame: what it misses is its own. The data is a
mixture of Gaussians with diagonal covariances, one channel an axis; every position of a latent
(batch, channels, frames, height, width) is a draw of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from diffusers import DDIMScheduler
from torch import Tensor

from engine.easyanimate.checkpoint import Family
from engine.easyanimate.samplers import Sampler
from engine.easyanimate.samplers.noise_level import NoiseLevel
from engine.easyanimate.samplers.schedules import VP_CONFIG, configured

PICTURE, NOISE = NoiseLevel(1.0, 0.0), NoiseLevel(0.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """`weights` (components,); `means` and `variances` (components, channels); float64."""

    weights: Tensor
    means: Tensor
    variances: Tensor

    @classmethod
    def of(
        cls,
        weights: Sequence[float],
        means: Sequence[Sequence[float]],
        variances: Sequence[Sequence[float]],
    ) -> Mixture:
        return cls(
            *(torch.tensor(each, dtype=torch.float64) for each in (weights, means, variances))
        )

    @property
    def mean(self) -> Tensor:
        """(channels,)"""
        return self.weights @ self.means

    @property
    def variance(self) -> Tensor:
        """(channels,), of the whole mixture."""
        return self.weights @ (self.variances + (self.means - self.mean) ** 2)

    def noise(self, seed: int, positions: tuple[int, int, int] = (4, 16, 16)) -> Tensor:
        """Unit noise to begin with, float32."""
        shape = (1, self.means.shape[1], *positions)
        return torch.randn(shape, generator=torch.Generator().manual_seed(seed))

    def expected(self, x: Tensor, level: NoiseLevel) -> tuple[Tensor, Tensor]:
        """x0 and ε as they are on average where the VP latents are `x`; float64."""
        means, variances = _broad(self.means), _broad(self.variances)
        total = level.alpha**2 * variances + level.sigma**2
        off = x.double() - level.alpha * means
        shares = self._shares(off, total)
        x0 = (shares * (means + level.alpha * variances * off / total)).sum(0)
        return x0, (shares * level.sigma * off / total).sum(0)

    def v(self, x: Tensor, level: NoiseLevel) -> Tensor:
        x0, noise = self.expected(x, level)
        return level.alpha * noise - level.sigma * x0

    def u(self, z: Tensor, level: NoiseLevel) -> Tensor:
        x0, noise = self.expected(z.double() * level.flow_scale, level)
        return noise - x0

    def solution(
        self, x: Tensor, start: NoiseLevel = NOISE, end: NoiseLevel = PICTURE, rungs: int = 400
    ) -> Tensor:
        """Where the probability-flow ODE carries the VP latents `x`; float64.

        Along α = cos φ, σ = sin φ that is dx/dφ = v, smooth up to both ends; solved by
        Runge-Kutta of order 4.
        """
        angle = math.atan2(start.sigma, start.alpha)
        h = (math.atan2(end.sigma, end.alpha) - angle) / rungs
        x = x.double()
        for rung in range(rungs):
            x = self._runge_kutta(x, angle + rung * h, h)
        return x

    def _shares(self, off: Tensor, total: Tensor) -> Tensor:
        """How likely each component is at each position."""
        log_likelihoods = -0.5 * (total.log() + off**2 / total).sum(2, keepdim=True)
        return (log_likelihoods + _broad(self.weights[:, None]).log()).softmax(0)

    def _runge_kutta(self, x: Tensor, angle: float, h: float) -> Tensor:
        first = self._slope(x, angle)
        second = self._slope(x + h / 2 * first, angle + h / 2)
        third = self._slope(x + h / 2 * second, angle + h / 2)
        fourth = self._slope(x + h * third, angle + h)
        return x + h / 6 * (first + 2 * second + 2 * third + fourth)

    def _slope(self, x: Tensor, angle: float) -> Tensor:
        return self.v(x, NoiseLevel(math.cos(angle), math.sin(angle)))


def _broad(values: Tensor) -> Tensor:
    """(components, channels) as (components, 1, channels, 1, 1, 1)."""
    return values[:, None, :, None, None, None]


class PerfectNetwork:
    """What a network of `family` would give, had it learnt the data and its schedule exactly."""

    def __init__(self, data: Mixture, family: Family) -> None:
        self._data, self._family = data, family
        alphas_squared = configured(DDIMScheduler, VP_CONFIG).alphas_cumprod[:-1].double().numpy()
        self._log_ratios = 0.5 * np.log((1.0 - alphas_squared) / alphas_squared)

    def __call__(self, latents: Tensor, time: float) -> Tensor:
        level = self.level(time)
        told = self._data.v if self._family is Family.V5 else self._data.u
        return told(latents, level).to(latents.dtype)

    def level(self, time: float) -> NoiseLevel:
        """What a time means. V5's last is pure noise; between two times log(σ/α) runs straight."""
        if self._family is Family.V5_1:
            return NoiseLevel.at_flow_time(time / 1000.0)
        last = len(self._log_ratios) - 1
        if time > last:
            return NOISE
        return NoiseLevel.at_ratio(math.exp(np.interp(time, np.arange(last + 1), self._log_ratios)))


def walk(
    sampler: Sampler,
    network: PerfectNetwork,
    noise: Tensor,
    generator: torch.Generator | None = None,
) -> Tensor:
    """From unit noise to the sampler's clean latents."""
    latents = noise * sampler.init_noise_sigma
    for call, time in enumerate(sampler.timesteps):
        output = network(sampler.model_input(latents, call), time)
        latents = sampler.step(output, call, latents, generator)
    return latents
