"""How much of a latent is picture and how much is noise, and the two ways networks speak of it.

V5's network sees x = αx0 + σε (α² + σ² = 1) and gives v = αε − σx0; V5.1's sees
z = (1 − s)x0 + sε and gives u = ε − x0. With s = σ/(α + σ) both stand for the same noise level,
z = x/(α + σ), and each output holds x0 and ε; so one change of variables carries any sampler to
either family.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True)
class NoiseLevel:
    """The shares of picture, `alpha`, and of noise, `sigma`; alpha² + sigma² = 1."""

    alpha: float
    sigma: float

    @classmethod
    def at_alpha_squared(cls, alpha_squared: float) -> NoiseLevel:
        """From ᾱ, which is what diffusers' `alphas_cumprod` holds."""
        return cls(math.sqrt(alpha_squared), math.sqrt(1.0 - alpha_squared))

    @classmethod
    def at_ratio(cls, ratio: float) -> NoiseLevel:
        """From noise over picture, σ/α: the σ of Karras et al. (arXiv 2206.00364)."""
        length = math.hypot(1.0, ratio)
        return cls(1.0 / length, ratio / length)

    @classmethod
    def at_flow_time(cls, s: float) -> NoiseLevel:
        """From the place on the straight path, 0 (picture) to 1 (noise)."""
        length = math.hypot(1.0 - s, s)
        return cls((1.0 - s) / length, s / length)

    @property
    def flow_time(self) -> float:
        return self.sigma / self.flow_scale

    @property
    def flow_scale(self) -> float:
        """α + σ: how much longer the VP latent is than the flow latent."""
        return self.alpha + self.sigma

    @property
    def log_ratio(self) -> float:
        """log(σ/α), infinite at both ends."""
        if self.alpha == 0.0:
            return math.inf
        return math.log(self.sigma / self.alpha) if self.sigma else -math.inf


# All are computed in float32, so that half precision rounds once and not at each operation; results
# have the dtype of the first argument.


def flow_latents(x: Tensor, level: NoiseLevel) -> Tensor:
    """z of the same picture and noise as `x`."""
    return (x.float() / level.flow_scale).to(x.dtype)


def vp_latents(z: Tensor, level: NoiseLevel) -> Tensor:
    """x of the same picture and noise as `z`."""
    return (z.float() * level.flow_scale).to(z.dtype)


def v_from_u(u: Tensor, x: Tensor, level: NoiseLevel) -> Tensor:
    """The v that a VP scheduler expects, from a flow network's u; `x` are VP latents."""
    lean = level.alpha - level.sigma
    return ((u.float() + lean * x.float()) / level.flow_scale).to(u.dtype)


def u_from_v(v: Tensor, z: Tensor, level: NoiseLevel) -> Tensor:
    """The u that a flow scheduler expects, from a VP network's v; `z` are flow latents."""
    lean = level.alpha - level.sigma
    return ((v.float() - lean * z.float()) * level.flow_scale).to(v.dtype)


def x0_from_v(v: Tensor, x: Tensor, level: NoiseLevel) -> Tensor:
    """The clean latents that a VP network means."""
    return (level.alpha * x.float() - level.sigma * v.float()).to(v.dtype)


def x0_from_u(u: Tensor, z: Tensor, level: NoiseLevel) -> Tensor:
    """The clean latents that a flow network means."""
    return (z.float() - level.flow_time * u.float()).to(u.dtype)
