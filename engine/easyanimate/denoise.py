"""The sampling loop: from noise to clean latents, with guidance and a step cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from engine.easyanimate.denoiser import Denoiser
from engine.easyanimate.errors import BrokenLatentsError
from engine.easyanimate.samplers import Sampler
from engine.easyanimate.step_cache import TeaCache


@dataclass(frozen=True, slots=True)
class Guidance:
    """Classifier-free guidance in the first `until` (0..1) of the model calls.

    Switching it off late costs little: its effect on a picture comes from the middle noise
    levels (Kynkäänniemi et al., arXiv 2404.07724).
    """

    scale: float
    until: float = 1.0

    @property
    def wanted(self) -> bool:
        """A scale of 1 or less is the positive branch alone."""
        return self.scale > 1.0 and self.until > 0.0

    def at(self, call: int, calls: int) -> bool:
        return self.wanted and call < self.until * calls

    def combine(self, outputs: Sequence[Tensor]) -> Tensor:
        """The one output of [negative, positive], or of [positive]."""
        if len(outputs) == 1:
            return outputs[0]
        negative, positive = outputs
        return negative + self.scale * (positive - negative)


@dataclass(frozen=True, slots=True)
class Step:
    """What a watcher learns after each model call; `x0` predicts the clean latents."""

    call: int
    calls: int
    timestep: float
    latents: Tensor
    x0: Callable[[], Tensor]


class OnStep(Protocol):
    def __call__(self, step: Step) -> Tensor:
        """The latents to go on with; what it raises ends the run."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What every model call gets besides the latents.

    `texts` are the projected tokens of [negative, positive] or [positive], (1, tokens, dim) each;
    `inpaint` is (1, 17, latent_frames, latent_height, latent_width). `batched` runs both
    branches as one batch: bit by bit the reference's, for twice the activations.
    """

    texts: Sequence[Tensor]
    inpaint: Tensor
    guidance: Guidance
    batched: bool = True


def denoise(
    denoiser: Denoiser,
    sampler: Sampler,
    conditions: Conditions,
    noise: Tensor,
    generator: torch.Generator | None = None,
    cache: TeaCache | None = None,
    on_step: OnStep = lambda step: step.latents,
) -> Tensor:
    """Clean latents, shaped as `noise`: (1, 16, latent_frames, latent_height, latent_width).

    `noise` has unit variance; `generator` is asked by ancestral samplers alone, once per step.
    Raises `BrokenLatentsError` as soon as a step yields NaN or infinity.
    """
    guidance, latents = conditions.guidance, noise * sampler.init_noise_sigma
    calls = len(sampler.timesteps)
    for call, timestep in enumerate(sampler.timesteps):
        texts = conditions.texts if guidance.at(call, calls) else conditions.texts[-1:]
        outputs = denoiser(
            sampler.model_input(latents, call),
            timestep,
            texts,
            conditions.inpaint,
            cache,
            conditions.batched,
        )
        output, before = guidance.combine(outputs), latents
        latents = sampler.step(output, call, before, generator)
        _check_finite(latents, call, calls)
        x0 = _lazily(sampler, output, call, before)
        latents = on_step(Step(call, calls, timestep, latents, x0))
    return latents


def _lazily(sampler: Sampler, output: Tensor, call: int, before: Tensor) -> Callable[[], Tensor]:
    return lambda: sampler.x0(output, call, before)


def _check_finite(latents: Tensor, call: int, calls: int) -> None:
    if not bool(torch.isfinite(latents).all()):
        raise BrokenLatentsError(
            f"step {call + 1} of {calls} yields NaN or infinity: the checkpoint or a LoRA is "
            f"damaged, or {latents.dtype} is too narrow for it"
        )
