"""The ways to denoise that a card is asked to show, and one run of each of them."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from statistics import mean

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

EXACT_STEPS = 2
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
        """Beside the first one, which warms up."""
        return FAST_STEPS if self.fast else EXACT_STEPS

    @property
    def likely_forwards(self) -> int:
        """The first step's among them; of a fast run at most about half are computed."""
        return 2 + self.steps * (1 if self.fast else 2)


DIFFUSERS = Way(name="diffusers' loop and class", attention="")
BEST = Way(name="exact, the best attention")
CHOSEN = (DIFFUSERS, BEST, Way(name="fast", fast=True, batched=False))
KERNELS = (
    *(
        Way(name=f"{'8 bits' if name == QUICK else 'exact'}, {name}", attention=name)
        for name in BACKENDS
        if name != NEEDS_SQUARES
    ),
    Way(name="exact, one branch after the other", batched=False),
)


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds of a first step, which warms all up, and of each step after it; `forwards` went
    through the blocks in those. `peak_bytes` is the most that was allocated, weights included,
    `attention` what really ran."""

    way: Way
    first_s: float
    step_s: tuple[float, ...]
    forwards: int
    peak_bytes: int
    latents: Tensor
    attention: str

    @property
    def seconds(self) -> float:
        """A step; the mean, since those of a fast run differ."""
        return mean(self.step_s)

    @property
    def forwards_a_step(self) -> float:
        return self.forwards / len(self.step_s)


class BackendMissingError(RuntimeError):
    """This attention can't be had here."""


class TooSlowError(RuntimeError):
    """There was time for less than this, by what was known before."""


def run(
    way: Way,
    transformer: EasyAnimateTransformer3DModel,
    problem: Problem,
    ends: float = math.inf,
) -> Run:
    """Raises `BackendMissingError`, `TooSlowError` after the step in which `time.monotonic()`
    passes `ends`, and whatever a card says that can't do it."""
    device = problem.noise.device
    first = replace(problem, steps=1)
    watch = _Watch(device, ends)
    if not way.attention:
        with diffusers_own(transformer) as own:
            (first_s,), _ = watch.over(partial(first.theirs, own))
            step_s, latents = watch.over(partial(problem.theirs, own))
        forwards = 2 * problem.steps
        return Run(way, first_s, step_s, forwards, watch.peak(), latents, "torch's choice")
    denoiser = _denoiser(way, transformer, device)
    (first_s,), _ = watch.over(partial(first.ours, denoiser, Saving(batched=way.batched)))
    before = denoiser.forwards
    step_s, latents = watch.over(partial(problem.ours, denoiser, _saving(way, problem.steps)))
    forwards = denoiser.forwards - before
    return Run(way, first_s, step_s, forwards, watch.peak(), latents, denoiser.attention)


def _denoiser(
    way: Way, transformer: EasyAnimateTransformer3DModel, device: torch.device
) -> Denoiser:
    denoiser = Denoiser(transformer, device, way.attention)
    denoiser.allow_quick_attention(way.fast or way.attention == QUICK)
    if way.attention not in (AUTO, denoiser.attention):
        raise BackendMissingError("does not run here")
    if way.compiler:
        denoiser.compile(way.compiler)
    return denoiser


def _saving(way: Way, steps: int) -> Saving:
    if not way.fast:
        return Saving(batched=way.batched)
    savings = SAVINGS["fast"]
    threshold = savings.step_cache or 0.0
    cache = tea_cache(Family.V5, 0, threshold, steps)
    return Saving(savings.guidance_until, cache, way.batched)


class _Watch:
    """Over one run: seconds of its steps, and its memory from now on."""

    def __init__(self, device: torch.device, ends: float) -> None:
        self._device = device
        self._ends = ends
        self._cuda = device.type == "cuda"
        gc.collect()  # a way that failed may have left its tensors in a traceback
        if self._cuda:
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats(device)

    def over(
        self, denoise: Callable[[Callable[[], None]], Tensor]
    ) -> tuple[tuple[float, ...], Tensor]:
        """`denoise` takes what is to be called after each step."""
        marks: list[float] = []

        def mark() -> None:
            if self._cuda:
                torch.cuda.synchronize(self._device)
            marks.append(time.monotonic())
            if marks[-1] > self._ends:
                raise TooSlowError("too slow for the time left")

        mark()
        latents = denoise(mark)
        return tuple(after - before for before, after in pairwise(marks)), latents

    def peak(self) -> int:
        return torch.cuda.max_memory_allocated(self._device) if self._cuda else 0
