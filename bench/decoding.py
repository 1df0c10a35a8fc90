"""Latents into the lossless master: piece by piece as they are decoded, or all decoded first."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl_magvit import AutoencoderKLMagvit
from torch import Tensor

from bench.networks import random_vae
from bench.problem import latents_shape
from bench.race import race
from bench.sizes import Sizes
from bench.table import Figure, Sample, Table
from bot.clip import FPS
from engine.easyanimate.vae import Vae
from engine.video.master import MasterWriter, read_master

OURS, PEER = "streamed", "diffusers decodes all of it, then it is written"
CHANNELS = (16, 32, 64, 64)


class Written:
    """One way's master, and for each round the seconds of the clock until its first frames were
    decoded, and until it was there."""

    def __init__(self, master: Path, side: int) -> None:
        self.master = master
        self.first_s: list[float] = []
        self.all_s: list[float] = []
        self._side = side

    def write(self, pieces: Iterable[Tensor]) -> None:
        """Pieces of (1, 3, frames, height, width) in [0, 1]."""
        started = time.perf_counter()
        with MasterWriter(self.master, self._side, self._side, FPS) as out:
            for number, piece in enumerate(pieces):
                if number == 0:
                    self.first_s.append(time.perf_counter() - started)
                for frame in piece[0].permute(1, 2, 3, 0).numpy():
                    out.write((frame * 255).astype(np.uint8))
        self.all_s.append(time.perf_counter() - started)


async def measure(sizes: Sizes, folder: Path) -> Table:
    torch.set_num_threads(1)
    model = random_vae(CHANNELS)
    shape = latents_shape(sizes.decoded_side, sizes.num_frames)
    latents = torch.randn(1, 16, *shape, generator=torch.Generator().manual_seed(4))
    streamed = Written(folder / "streamed.mkv", sizes.decoded_side)
    at_once = Written(folder / "at-once.mkv", sizes.decoded_side)
    vae = Vae(model)
    decodings = race(
        sizes.rounds,
        {
            OURS: lambda: streamed.write(vae.decode(latents)),
            PEER: lambda: at_once.write(_all_at_once(model, latents)),
        },
        clock=_own_and_ffmpegs,
    )
    ours_s, theirs_s = Sample.of(streamed.all_s, "s"), Sample.of(at_once.all_s, "s")
    return Table(
        "VAE decode into the master",
        f"A random VAE, {CHANNELS[0]} to {CHANNELS[-1]} channels instead of 128 to 512, in "
        f"float32; {sizes.decoded_side}² pixels, {sizes.num_frames} frames, which are {shape[0]} "
        f"latent ones, {sizes.rounds} rounds; one thread beside ffmpeg's. The work is that of both "
        "processes together; the rest is by the clock, on which neighbours weigh.",
        [
            Figure(
                what="work in all",
                ours=decodings[OURS].sample,
                peer=PEER,
                theirs=decodings[PEER].sample,
            ),
            Figure(
                what="until it is there", ours=ours_s, aim="≤ 1.0 ×", peer=PEER, theirs=theirs_s
            ),
            Figure(
                what="until the first frames are there",
                ours=Sample.of(streamed.first_s, "s"),
                peer=PEER,
                theirs=Sample.of(at_once.first_s, "s"),
            ),
            Figure(
                what="the first frames, of all the time",
                ours=Sample.of(streamed.first_s, "s").over(ours_s),
                aim=f"≤ 1/{shape[0]} = {1 / shape[0]:.3f} ×",
            ),
            Figure(
                what="largest difference of a pixel, of 255",
                ours=Sample.of([_largest_difference(streamed.master, at_once.master)]),
            ),
        ],
    )


def _own_and_ffmpegs() -> float:
    """Seconds of work: ffmpeg's count once it has ended, which a written master says."""
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system


def _all_at_once(model: AutoencoderKLMagvit, latents: Tensor) -> Iterator[Tensor]:
    with torch.no_grad():
        video = model.decode(latents * (1 / model.config["scaling_factor"])).sample
    yield video.clamp(-1, 1) / 2 + 0.5


def _largest_difference(one: Path, other: Path) -> float:
    pairs = zip(read_master(one), read_master(other), strict=True)
    return float(max(np.abs(np.subtract(a, b, dtype=np.int16)).max() for a, b in pairs))
