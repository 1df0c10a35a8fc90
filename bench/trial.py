"""One clip, made exactly and with each saving: what a pipeline, and its peers, make of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from diffusers.utils.torch_utils import randn_tensor
from PIL import Image
from torch import Tensor

from bench.cache_dit_way import caching
from bench.diffusers_way import Texts, diffusers_own
from bench.distance import Frame
from bench.problem import Problem, Saving, latents_shape
from bot.asking.asking import make_request
from engine.easyanimate.conditioning import ClipSize, condition
from engine.easyanimate.modes import SAVINGS
from engine.easyanimate.pipeline import EasyAnimatePipeline
from engine.easyanimate.step_cache import tea_cache
from engine.easyanimate.vae import DECODE_PEAK, ENCODE_PEAK

FAST = SAVINGS["fast"]
THRESHOLD = FAST.step_cache or 0.0
EXACT = "exact"
LATE = f"guidance off after {FAST.guidance_until:.0%} of the steps"
CACHE = f"TeaCache, V5-7b's coefficients, {THRESHOLD}"
EIGHT_BITS = "8-bit attention"
ALL = "all of it: fast"
THEIRS = "diffusers' loop and class"
CACHE_DIT = "… with cache-dit, TeaCache's steps computed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`forwards`: samples through the last block."""

    latents: Tensor
    forwards: int


class Trial:
    """Of a checkpoint of V5; `steps` by DDIM."""

    def __init__(
        self, pipe: EasyAnimatePipeline, picture: Image.Image, size: ClipSize, steps: int
    ) -> None:
        self._pipe = pipe
        self._size = size
        self._transformer = pipe.parts.denoiser.transformer
        self._problem = _problem(pipe, picture, size, steps)
        self._forwards = 0
        self._computed: list[bool] = []  # TeaCache's steps in its newest run
        self._transformer.transformer_blocks[-1].register_forward_hook(self._count)

    def ways(self, peers: bool) -> Mapping[str, Callable[[], Outcome]]:
        """Each saving alone, then all; cache-dit comes behind TeaCache, whose steps it takes."""
        ours = {
            EXACT: lambda: self._ours(),
            LATE: lambda: self._ours(guidance_until=FAST.guidance_until),
            CACHE: lambda: self._ours(cached=True),
            ALL: lambda: self._ours(FAST.guidance_until, cached=True, quick=True),
        }
        if self._has_quick_attention():
            ours[EIGHT_BITS] = lambda: self._ours(quick=True)
        return ours | ({THEIRS: self._theirs, CACHE_DIT: self._cache_dit} if peers else {})

    def clock(self) -> float:
        """This process's own time, or the clock's once a card has finished."""
        if self._pipe.parts.device.type != "cuda":
            return time.process_time()
        torch.cuda.synchronize(self._pipe.parts.device)
        return time.perf_counter()

    def frames(self, latents: Tensor) -> list[Frame]:
        with self._pipe.parts.placement.for_vae(self._size, DECODE_PEAK):
            pieces = list(self._pipe.parts.vae.decode(latents))
        pixels = torch.cat(pieces, dim=2)[0].permute(1, 2, 3, 0).float().cpu().numpy()
        return list((pixels * 255).astype(np.uint8))

    def _ours(
        self, guidance_until: float = 1.0, cached: bool = False, quick: bool = False
    ) -> Outcome:
        parts = self._pipe.parts
        layers = int(self._transformer.config["num_layers"])
        steps = self._problem.steps
        cache = tea_cache(parts.checkpoint.family, layers, THRESHOLD, steps) if cached else None
        saving = Saving(guidance_until, cache, parts.placement.batched)
        parts.denoiser.allow_quick_attention(quick)
        outcome = self._counted(lambda: self._problem.ours(parts.denoiser, saving))
        if cache is not None and guidance_until == 1.0:
            self._computed = cache.computed
        return outcome

    def _theirs(self) -> Outcome:
        with diffusers_own(self._transformer) as own:
            return self._counted(lambda: self._problem.theirs(own))

    def _cache_dit(self) -> Outcome:
        with diffusers_own(self._transformer) as own, caching(own, self._computed):
            return self._counted(lambda: self._problem.theirs(own))

    def _counted(self, denoise: Callable[[], Tensor]) -> Outcome:
        self._forwards = 0
        latents = denoise()
        return Outcome(latents, self._forwards)

    def _count(self, block: Any, arguments: Any, given: tuple[Tensor, Tensor]) -> None:
        self._forwards += len(given[0])

    def _has_quick_attention(self) -> bool:
        denoiser = self._pipe.parts.denoiser
        denoiser.allow_quick_attention(False)
        exact = denoiser.attention
        denoiser.allow_quick_attention(True)
        return denoiser.attention != exact


def _problem(
    pipe: EasyAnimatePipeline, picture: Image.Image, size: ClipSize, steps: int
) -> Problem:
    """As the pipeline prepares a request that says nothing."""
    parts, request = pipe.parts, make_request({}).request
    embeds = pipe.encode_prompt(request.prompt_to_render, request.negative_prompt)
    generator = torch.Generator().manual_seed(7)
    shape = (1, 16, *latents_shape(size.height, size.num_frames))
    noise = randn_tensor(shape, generator, parts.device, parts.dtype)
    with parts.placement.for_vae(size, ENCODE_PEAK), torch.no_grad():
        inpaint = condition(
            *(parts.vae, picture, None, size),
            generator=generator,
            device=parts.device,
            dtype=parts.dtype,
        )
    texts = Texts(embeds.negative, embeds.prompt)
    return Problem(texts, inpaint, noise, steps, parts.checkpoint.scheduler)
