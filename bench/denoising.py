"""The sampling loop in exact mode, beside diffusers' own loop and class on the same weights."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from bench.diffusers_way import diffusers_own
from bench.networks import random_transformer
from bench.problem import Saving, largest_difference, latents_shape, random_problem
from bench.race import race
from bench.sizes import Sizes
from bench.table import Figure, Sample, Table
from engine.easyanimate.denoiser import Denoiser

CPU = torch.device("cpu")
PEER = "diffusers' loop and class, cured"
BATCHED, APART = "both branches as one batch", "one branch after the other"


async def measure(sizes: Sizes, folder: Path) -> Table:
    torch.set_num_threads(1)
    transformer = random_transformer(sizes.net, CPU, torch.float32)
    shape = latents_shape(sizes.side, sizes.model_frames)
    problem = random_problem(sizes.net, shape, sizes.steps, CPU, torch.float32)
    denoiser = Denoiser(transformer, CPU)

    def theirs() -> Tensor:
        with diffusers_own(transformer) as own:
            return problem.theirs(own)

    laps = race(
        sizes.rounds,
        {
            BATCHED: lambda: problem.ours(denoiser),
            PEER: theirs,
            APART: lambda: problem.ours(denoiser, Saving(batched=False)),
        },
    )
    expected, figures = laps[PEER], list[Figure]()
    for name in (BATCHED, APART):
        figures += [
            Figure(
                what=name,
                ours=laps[name].per_second(sizes.steps, "steps"),
                aim="≥ 1.0 ×" if name == BATCHED else "",
                peer=PEER,
                theirs=expected.per_second(sizes.steps, "steps"),
            ),
            Figure(
                what="… largest difference of the latents",
                ours=Sample.of([largest_difference(laps[name].result, expected.result)]),
                aim="< 0.001",
            ),
        ]
    return Table(
        "Denoising, exact",
        f"A random transformer of {sizes.net}, in float32; {sizes.side}² pixels, "
        f"{sizes.model_frames} frames, {sizes.steps} guided steps of DDIM, {sizes.rounds} rounds; "
        "one thread, process time. The latents end with a standard deviation of "
        f"{float(expected.result.std()):.2g}.",
        figures,
    )
