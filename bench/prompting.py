"""Prompts into embeddings, new and known, beside encoding them each time as EasyAnimate does."""

from __future__ import annotations

from pathlib import Path

import torch

from bench.checkpoints import write_checkpoint
from bench.net_size import NetSize
from bench.problem import largest_difference
from bench.race import race
from bench.resident import ResidentEncoders
from bench.sizes import Sizes
from bench.table import Figure, Sample, Table
from bot.asking.asking import make_request
from engine.easyanimate.checkpoint import Checkpoint, read_checkpoint
from engine.easyanimate.text import TextEncoders

CPU = torch.device("cpu")
PEER = "encoders that stay loaded, and read both prompts each time"
COLD, WARM = "a new prompt: encoders loaded, asked, let go", "a known prompt"


async def measure(sizes: Sizes, folder: Path) -> Table:
    torch.set_num_threads(1)
    checkpoint = read_checkpoint(write_checkpoint(folder / "model", sizes.net))
    request = make_request({}).request
    asked = request.prompt_to_render, request.negative_prompt
    new_folders = (folder / f"cache-{number}" for number in range(sizes.rounds))
    resident = ResidentEncoders(checkpoint, torch.float32)
    _encoders(checkpoint, folder / "known").encode(*asked)
    after_a_start = _encoders(checkpoint, folder / "known")
    laps = race(
        sizes.rounds,
        {
            COLD: lambda: _encoders(checkpoint, next(new_folders)).encode(*asked),
            PEER: lambda: resident.encode(*asked),
            WARM: lambda: after_a_start.encode(*asked),
        },
    )
    expected = laps[PEER].result
    theirs = laps[PEER].per_second(1, "clips")
    figures = list[Figure]()
    for name, aim in ((WARM, "≥ 100 ×"), (COLD, "")):
        found = laps[name].result
        pairs = zip(
            (*found.prompt, *found.negative), (*expected.prompt, *expected.negative), strict=True
        )
        apart = max(largest_difference(one, other) for one, other in pairs)
        ours = laps[name].per_second(1, "clips")
        figures += [
            Figure(what=name, ours=ours, aim=aim, peer=PEER, theirs=theirs),
            Figure(what="… largest difference of the embeddings", ours=Sample.of([apart])),
        ]
    return Table(
        "Prompt encoding",
        f"{_said(sizes.net)}; the prompt and the negative prompt of a request that says nothing, "
        f"{sizes.rounds} rounds; one thread, process time. The cache is on disk, and the known "
        "prompt is one that an earlier start has met.",
        [
            *figures,
            Figure(
                what="text encoders loaded for the known prompt",
                ours=Sample.of([after_a_start.loads]),
                aim="none",
            ),
        ],
    )


def _encoders(checkpoint: Checkpoint, cache: Path) -> TextEncoders:
    return TextEncoders(checkpoint, CPU, torch.float32, cache)


def _said(size: NetSize) -> str:
    bert, t5 = size.text_widths
    return f"A random BERT and T5 of two blocks each, {bert} and {t5} wide, in float32"
