"""The ways to denoise that a card is asked to show, and one run of each of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import torch
from diffusers.models.transformers.transformer_easyanimate import EasyAnimateTransformer3DModel
from torch import Tensor

from bench.diffusers_way import diffusers_own
from bench.problem import Problem, Saving
from engine.easyanimate.attention_backends import AUTO, BACKENDS
from engine.easyanimate.checkpoint import Family
from engine.easyanimate.denoiser import Denoiser
from engine.easyanimate.modes import SAVINGS
from engine.easyanimate.step_cache import tea_cache

EXACT_STEPS = 3  # the first warms up
FAST_STEPS = 10  # enough for every saving to show
NEEDS_SQUARES = "sdpa-math"  # it keeps all scores: tokens squared, for each head
QUICK = "sage"  # rounds to 8 bits: never exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """`attention` is a backend's name, "" with diffusers' class, which chooses for itself;
    `compiler` one of torch's."""

    name: str
    attention: str = AUTO
    batched: bool = True
    fast: bool = False
    compiler: str = ""

    @property
    def steps(self) -> int:
        return FAST_STEPS if self.fast else EXACT_STEPS


DIFFUSERS = Way(name="diffusers' loop and class", attention="")
WAYS = (
    DIFFUSERS,
    *(
        Way(name=f"{'8 bits' if name == QUICK else 'exact'}, {name}", attention=name)
        for name in BACKENDS
        if name != NEEDS_SQUARES
    ),
    Way(name="exact, one branch after the other", batched=False),
    Way(name="fast", fast=True, batched=False),
)


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds of each step; `forwards` went through the blocks in all of them, `peak_bytes` is
    the most that was allocated, weights included. `attention` is what really ran."""

    way: Way
    step_s: tuple[float, ...]
    forwards: int
    peak_bytes: int
    latents: Tensor
    attention: str

    @property
    def seconds(self) -> float:
        """A step, once all is warm; of a fast run the mean, since its steps differ."""
        if self.way.fast:
            return sum(self.step_s) / len(self.step_s)
        return median(self.step_s[1:])

    @property
    def forwards_a_step(self) -> float:
        return self.forwards / len(self.step_s)


class BackendMissingError(RuntimeError):
    """This attention can't be had here."""


def run(way: Way, transformer: EasyAnimateTransformer3DModel, problem: Problem) -> Run:
    """Raises `BackendMissingError`, and whatever a card says that can't do it."""
    device = problem.noise.device
    if not way.attention:
        with diffusers_own(transformer) as own:
            step_s, peak, latents = _watched(
                device, lambda after_step: problem.theirs(own, after_step)
            )
        return Run(way, step_s, 2 * problem.steps, peak, latents, "torch's choice")
    denoiser = Denoiser(transformer, device, way.attention)
    denoiser.allow_quick_attention(way.fast or way.attention == QUICK)
    if way.attention not in (AUTO, denoiser.attention):
        raise BackendMissingError("does not run here")
    if way.compiler:
        denoiser.compile(way.compiler)
    saving = _saving(way, problem.steps)
    step_s, peak, latents = _watched(
        device, lambda after_step: problem.ours(denoiser, saving, after_step)
    )
    return Run(way, step_s, denoiser.forwards, peak, latents, denoiser.attention)


def _saving(way: Way, steps: int) -> Saving:
    if not way.fast:
        return Saving(batched=way.batched)
    savings = SAVINGS["fast"]
    threshold = savings.step_cache or 0.0
    cache = tea_cache(Family.V5, 0, threshold, steps)
    return Saving(savings.guidance_until, cache, way.batched)


def _watched(
    device: torch.device, denoise: Callable[[Callable[[], None]], Tensor]
) -> tuple[tuple[float, ...], int, Tensor]:
    cuda = device.type == "cuda"
    if cuda:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
    marks: list[float] = []

    def mark() -> None:
        if cuda:
            torch.cuda.synchronize(device)
        marks.append(time.perf_counter())

    mark()
    latents = denoise(mark)
    peak = torch.cuda.max_memory_allocated(device) if cuda else 0
    steps = tuple(after - before for before, after in pairwise(marks))
    return steps, peak, latents
