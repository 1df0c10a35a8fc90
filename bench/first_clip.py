"""From the start of a process to its first clip, beside EasyAnimate's order of loading.

EasyAnimate loads the transformer, the VAE and both text encoders, and encodes the prompts of each
clip: see `bench.easyanimate_way`. Every part here is a sixth of the 7B's, which is as much as this
can write and read in minutes; what is imported is all of it.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.checkpoints import write_checkpoint
from bench.first_clip_process import AT_THE_START, WHEN_NEEDED
from bench.pictures import peak_mb
from bench.sizes import Sizes
from bench.table import Figure, Sample, Table

PEER = "EasyAnimate's order: all of it is loaded at the start"
KNOWN, NEW = "a known prompt", "a new prompt"
SIDE, FRAMES = 32, 1  # of a clip that takes no time beside the loading


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds that the process had worked by then, and the most memory that it ever held."""

    imported_s: float
    ready_s: float
    clip_s: float
    peak_mb: float
    latents: float  # their mean square, which tells whether two starts made the same clip

    @property
    def loading_s(self) -> float:
        return self.ready_s - self.imported_s


async def measure(sizes: Sizes, folder: Path) -> Table:
    net = sizes.loaded_net
    checkpoint = write_checkpoint(folder / "model", net, net.layers, sizes.loaded_vae)
    known = folder / "cache"
    await _start(WHEN_NEEDED, checkpoint, known)  # meets the prompt, and warms the disk's cache
    starts: dict[str, list[Start]] = {KNOWN: [], PEER: [], NEW: []}
    for number in range(sizes.rounds):
        starts[KNOWN].append(await _start(WHEN_NEEDED, checkpoint, known))
        starts[PEER].append(await _start(AT_THE_START, checkpoint, folder / "unused"))
        new = folder / f"cache-{number}"
        starts[NEW].append(await _start(WHEN_NEEDED, checkpoint, new))
    return Table(
        "From the start to the first clip",
        f"A random transformer of {net} and a VAE, in bfloat16, and a BERT and T5 of as many "
        f"blocks, in float32: {_megabytes(checkpoint):,.0f} MB on disk, read before, each part a "
        f"sixth of the 7B's. {sizes.rounds} starts each, in processes of their own; one thread, "
        "process time, which counts no waiting for a disk. The clip is one frame of one step. "
        "The peer makes those calls of EasyAnimate's own script that need no card, on diffusers' "
        "classes, and imports what that names of diffusers and transformers, nothing else; its "
        "clip is then computed as ours is. Imports take as long however large a model is: a "
        "quarter is torch, nearly all of the rest what diffusers reads at its own import, of "
        "torch's compiler, SciPy and transformers too. Memory is the largest resident one, with "
        "what is mapped from files.",
        [
            *_figures(KNOWN, starts[KNOWN], starts[PEER]),
            Figure(
                what=f"{KNOWN}: read from disk up to the first clip",
                ours=Sample.of([_megabytes(checkpoint, without="text_encoder*")], "MB"),
                peer=PEER,
                theirs=Sample.of([_megabytes(checkpoint)], "MB"),
            ),
            *_figures(NEW, starts[NEW], starts[PEER]),
        ],
    )


def _figures(prompt: str, ours: list[Start], theirs: list[Start]) -> Iterator[Figure]:
    aims = {"ready_s": "≤ 0.5 ×", "clip_s": "≤ 0.5 ×"} if prompt == KNOWN else {}
    for what, field, unit in (
        ("all is imported", "imported_s", "s"),
        ("ready", "ready_s", "s"),
        ("ready, once all is imported", "loading_s", "s"),
        ("the first clip", "clip_s", "s"),
        ("peak memory", "peak_mb", "MB"),
    ):
        yield Figure(
            what=f"{prompt}: {what}",
            ours=Sample.of((getattr(one, field) for one in ours), unit),
            aim=aims.get(field, ""),
            peer=PEER,
            theirs=Sample.of((getattr(one, field) for one in theirs), unit),
        )
    apart = [abs(one.latents - other.latents) for one, other in zip(ours, theirs, strict=True)]
    yield Figure(
        what=f"{prompt}: largest difference of the latents' mean squares",
        ours=Sample.of([max(apart)]),
    )


async def _start(order: str, checkpoint: Path, cache: Path) -> Start:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.first_clip_process", order),
        *(str(checkpoint), str(cache), str(SIDE), str(FRAMES)),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,  # the log
    )
    assert process.stdout
    try:
        imported_s, ready_s, clip_s, latents = [
            float(await _line(process.stdout, what))
            for what in ("imported", "ready", "clip", "latents")
        ]
        return Start(imported_s, ready_s, clip_s, peak_mb(process.pid), latents)
    finally:
        process.kill()
        await process.wait()


async def _line(output: asyncio.StreamReader, begins: str) -> str:
    """What stands behind `begins` on the line that it begins; the log may stand on others."""
    while line := (await output.readline()).decode():
        if line.startswith(begins):
            return line.removeprefix(begins).strip()
    raise RuntimeError(f"the process ended before it said {begins!r}")


def _megabytes(checkpoint: Path, without: str = "") -> float:
    parts = [one for one in checkpoint.iterdir() if not (without and one.match(without))]
    weights = [file for part in parts for file in part.glob("*.safetensors")]
    return sum(file.stat().st_size for file in weights) / 10**6
