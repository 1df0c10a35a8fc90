"""One clip to be denoised, by our loop or by diffusers' own: the same numbers for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from diffusers import DDIMScheduler
from torch import Tensor

from bench import diffusers_way
from bench.diffusers_way import Texts
from bench.net_size import NetSize
from engine.easyanimate.checkpoint import Family
from engine.easyanimate.denoise import Conditions, Guidance, Step, denoise
from engine.easyanimate.denoiser import Denoiser
from engine.easyanimate.samplers import make_sampler
from engine.easyanimate.samplers.schedules import VP_CONFIG, configured
from engine.easyanimate.step_cache import TeaCache

TEXT_TOKENS = (77, 256)  # as many as BERT and T5 read
GUIDANCE = 6.0


@dataclass(frozen=True, slots=True)
class Saving:
    """What is left out: guidance after a share of the calls, and what a step cache serves.
    Branches that aren't `batched` save memory."""

    guidance_until: float = 1.0
    cache: TeaCache | None = None
    batched: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """A clip of V5 by DDIM. `noise` and `inpaint` as `engine.easyanimate.denoise` takes them."""

    texts: Texts
    inpaint: Tensor
    noise: Tensor
    steps: int
    scheduler: Mapping[str, Any] = field(default_factory=lambda: VP_CONFIG)

    def ours(
        self,
        denoiser: Denoiser,
        saving: Saving | None = None,
        after_step: Callable[[], None] = lambda: None,
    ) -> Tensor:
        """The final latents."""
        saving = saving or Saving()
        conditions = Conditions(
            texts=[denoiser.text_tokens(one) for one in (self.texts.negative, self.texts.positive)],
            inpaint=self.inpaint,
            guidance=Guidance(GUIDANCE, saving.guidance_until),
            batched=saving.batched,
        )

        def on_step(step: Step) -> Tensor:
            after_step()
            return step.latents

        sampler = make_sampler("DDIM", Family.V5, self.scheduler, self.steps)
        with torch.no_grad():
            return denoise(
                denoiser, sampler, conditions, self.noise, cache=saving.cache, on_step=on_step
            )

    def theirs(self, transformer: Any, after_step: Callable[[], None] = lambda: None) -> Tensor:
        """Likewise, by diffusers' class, which `diffusers_way.diffusers_own` makes of ours."""
        scheduler = configured(DDIMScheduler, self.scheduler)
        scheduler.set_timesteps(self.steps)
        return diffusers_way.denoise(
            *(transformer, scheduler, self.texts, self.inpaint, self.noise, GUIDANCE, after_step)
        )


def random_problem(
    size: NetSize,
    shape: tuple[int, int, int],
    steps: int,
    device: torch.device,
    dtype: torch.dtype,
) -> Problem:
    """Of (latent_frames, latent_height, latent_width), out of a seed, drawn on the CPU."""
    generator = torch.Generator().manual_seed(20)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator).to(device, dtype)

    negative, positive = (
        [draw(1, tokens, wide) for tokens, wide in zip(TEXT_TOKENS, size.text_widths, strict=True)]
        for _ in range(2)
    )
    return Problem(
        Texts(negative, positive),
        inpaint=draw(1, 17, *shape),
        noise=draw(1, 16, *shape),
        steps=steps,
    )


def latents_shape(side: int, num_frames: int) -> tuple[int, int, int]:
    """Of a square clip: (latent_frames, latent_height, latent_width)."""
    return (num_frames - 1) // 4 + 1, side // 8, side // 8


def largest_difference(one: Tensor, other: Tensor) -> float:
    return float((one.float() - other.float()).abs().max())
