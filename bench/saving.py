"""What fast mode saves, each saving alone and all together, and how far it leads from exact.

    python -m bench.saving MODEL [--picture FILE] [--side 768] [--frames 49] [--steps 50]

measures a real model of V5: on random weights the seconds are right, but nobody blinks.
"""

from __future__ import annotations

import argparse
from math import isinf
from pathlib import Path

import torch
from PIL import Image

from bench.checkpoints import write_checkpoint
from bench.distance import Frame, curves_apart, psnr, ssim
from bench.problem import largest_difference
from bench.race import race
from bench.sizes import Sizes
from bench.table import Grid, number
from bench.trial import EXACT, Trial
from engine.easyanimate import load_pipeline
from engine.easyanimate.checkpoint import Family
from engine.easyanimate.conditioning import ClipSize
from engine.eyes.face import FaceMesh

SKETCH = Path(__file__).parents[1] / "examples" / "sketch.png"
HEADS = (
    *("", "seconds", "forwards", "speed, × exact", "latents, largest difference"),
    *("PSNR, dB", "SSIM", "lids", "mouth"),
)
NO_FACE = "no face"


async def measure(sizes: Sizes, folder: Path) -> Grid:
    torch.set_num_threads(1)
    model = write_checkpoint(folder / "model", sizes.saved_net)
    pipe = load_pipeline(
        model, device="cpu", dtype=torch.float32, mode="exact", prompt_cache=folder / "cache"
    )
    size = ClipSize(sizes.saved_side, sizes.saved_side, sizes.model_frames)
    with Image.open(SKETCH) as picture:
        trial = Trial(pipe, picture.convert("RGB"), size, sizes.steps_saved)
    return report(
        trial,
        sizes.rounds,
        f"A random transformer of {sizes.saved_net}, in float32, and the tests' VAE; "
        f"{sizes.saved_side}² pixels, {sizes.model_frames} frames, {sizes.steps_saved} steps of "
        f"DDIM, {sizes.rounds} rounds; one thread, process time. What random weights draw has no "
        f"face. At the steps that it serves cache-dit computes the first block, 1 of "
        f"{sizes.saved_net.layers} here and 1 of 36 in the 7B.",
    )


def report(trial: Trial, rounds: int, note: str, peers: bool = True) -> Grid:
    laps = race(rounds, trial.ways(peers), trial.clock)
    expected = laps[EXACT]
    exact_frames = trial.frames(expected.result.latents)
    mesh = FaceMesh()
    rows = [
        [
            *(name, str(lap.sample), str(lap.result.forwards)),
            str(expected.sample.over(lap.sample)),
            number(largest_difference(lap.result.latents, expected.result.latents)),
            *_apart(trial.frames(lap.result.latents), exact_frames, mesh),
        ]
        for name, lap in laps.items()
    ]
    mesh.close()
    return Grid("Denoising, fast", note, HEADS, rows)


def _apart(ours: list[Frame], exact: list[Frame], mesh: FaceMesh) -> list[str]:
    decibels = psnr(ours, exact)
    pixels = ["∞" if isinf(decibels) else number(decibels), f"{ssim(ours, exact):.4f}"]
    curves = curves_apart(ours, exact, mesh)
    if curves is None:
        return [*pixels, NO_FACE, NO_FACE]
    return [*pixels, number(curves.lids), number(curves.mouth)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.saving")
    parser.add_argument("model", help="a folder of EasyAnimateV5, or its name on the hub")
    parser.add_argument("--picture", type=Path, default=SKETCH)
    parser.add_argument("--side", type=int, default=768)
    parser.add_argument("--frames", type=int, default=49)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--without-peers", action="store_true", help="they need the most memory")
    asked = parser.parse_args()
    pipe = load_pipeline(asked.model, mode="exact")
    if pipe.parts.checkpoint.family is not Family.V5:
        parser.error(f"{asked.model} is of {pipe.parts.checkpoint.family}: this measures V5")
    with Image.open(asked.picture) as picture:
        size = ClipSize(asked.side, asked.side, asked.frames)
        trial = Trial(pipe, picture.convert("RGB"), size, asked.steps)
    note = (
        f"{pipe.parts.checkpoint.name} on {pipe.describe()['device']}; {asked.picture.name}, "
        f"{asked.side}² pixels, {asked.frames} frames, {asked.steps} steps of DDIM, once each."
    )
    print(report(trial, 1, note, peers=not asked.without_peers))


if __name__ == "__main__":
    main()
