"""Latents into an MP4: streamed through the lossless master, or all decoded first and exported."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl_magvit import AutoencoderKLMagvit
from numpy.typing import NDArray
from torch import Tensor

from bench.networks import random_vae
from bench.problem import latents_shape
from bench.race import race
from bench.sizes import Sizes
from bench.table import Figure, Sample, Table
from bot.clip import FPS, Clip, EncodeOrder
from bot.request import ClipFormat
from engine.easyanimate.vae import Vae
from engine.video.encode import encode
from engine.video.master import MasterWriter, read_master
from engine.video.recipes import RECIPES

OURS, PEER = "streamed", "diffusers decodes all of it, then it is exported"
CHANNELS = (16, 32, 64, 64)
CRF = RECIPES[ClipFormat.MP4].qualities[0].setting  # the quality at which a clip is posted

Frames = NDArray[np.uint8]


class Streamed:
    """The way of a job. `first_s` and `master_s` are seconds of the clock in each round, until
    its first frames were decoded and until the master was there; `all_s` until the MP4 was."""

    def __init__(self, folder: Path, side: int, num_frames: int) -> None:
        self.clip = Clip(
            master=folder / "master.mkv", width=side, height=side, num_frames=num_frames
        )
        self.first_s: list[float] = []
        self.master_s: list[float] = []
        self.all_s: list[float] = []
        self._order = EncodeOrder(format=ClipFormat.MP4, target=folder / "streamed.mp4")

    def make(self, vae: Vae, latents: Tensor) -> None:
        started = time.perf_counter()
        clip = self.clip
        with MasterWriter(clip.master, clip.width, clip.height, clip.fps) as out:
            for number, piece in enumerate(vae.decode(latents)):
                if number == 0:
                    self.first_s.append(time.perf_counter() - started)
                for frame in _frames_of(piece):
                    out.write(frame)
        self.master_s.append(time.perf_counter() - started)
        encode(clip, self._order)
        self.all_s.append(time.perf_counter() - started)


class Exported:
    """As `diffusers.utils.export_to_video` does it by imageio, but at the quality of ours."""

    def __init__(self, folder: Path) -> None:
        self.frames: Frames | None = None
        self.first_s: list[float] = []
        self.all_s: list[float] = []
        self._target = folder / "exported.mp4"

    def make(self, model: AutoencoderKLMagvit, latents: Tensor) -> None:
        started = time.perf_counter()
        with torch.no_grad():
            video = model.decode(latents * (1 / model.config["scaling_factor"])).sample
        self.first_s.append(time.perf_counter() - started)
        self.frames = _frames_of(video.clamp(-1, 1) / 2 + 0.5)
        _, height, width, _ = self.frames.shape
        writer = imageio_ffmpeg.write_frames(
            str(self._target),
            (width, height),
            fps=FPS,
            codec="libx264",
            quality=None,
            macro_block_size=1,
            output_params=["-crf", str(CRF), "-preset", "medium"],
        )
        writer.send(None)
        for frame in self.frames:
            writer.send(frame)
        writer.close()
        self.all_s.append(time.perf_counter() - started)


async def measure(sizes: Sizes, folder: Path) -> Table:
    torch.set_num_threads(1)
    model = random_vae(CHANNELS)
    shape = latents_shape(sizes.decoded_side, sizes.num_frames)
    latents = torch.randn(1, 16, *shape, generator=torch.Generator().manual_seed(4))
    streamed = Streamed(folder, sizes.decoded_side, sizes.num_frames)
    exported = Exported(folder)
    vae = Vae(model)
    laps = race(
        sizes.rounds,
        {
            OURS: lambda: streamed.make(vae, latents),
            PEER: lambda: exported.make(model, latents),
        },
        clock=_own_and_ffmpegs,
    )
    return Table(
        "VAE decode into an MP4",
        f"A random VAE, {CHANNELS[0]} to {CHANNELS[-1]} channels instead of 128 to 512, in "
        f"float32; {sizes.decoded_side}² pixels, {sizes.num_frames} frames, which are {shape[0]} "
        f"latent ones, {sizes.rounds} rounds; one thread beside ffmpeg's. Ours goes by the "
        "lossless master, from which the MP4 and its poster are made as for a chat; the peer "
        "writes the MP4 alone, at the same quality. The work is that of all processes together; "
        "the rest is by the clock, on which neighbours weigh.",
        [
            *_in_all(streamed, exported, laps[OURS].sample, laps[PEER].sample),
            *_first_frames(streamed, exported, shape[0]),
            Figure(
                what="largest difference of a pixel, of 255",
                ours=Sample.of([_largest_difference(streamed.clip.master, exported)]),
            ),
        ],
    )


def _in_all(
    streamed: Streamed, exported: Exported, ours: Sample, theirs: Sample
) -> Iterator[Figure]:
    exported_s = Sample.of(exported.all_s, "s")
    yield Figure(what="work in all", ours=ours, peer=PEER, theirs=theirs)
    yield Figure(
        what="until the MP4 is there",
        ours=Sample.of(streamed.all_s, "s"),
        aim="≤ 1.0 ×",
        peer=PEER,
        theirs=exported_s,
    )
    yield Figure(
        what="until the master is there, and the next job may begin",
        ours=Sample.of(streamed.master_s, "s"),
        peer=PEER,
        theirs=exported_s,
    )


def _first_frames(streamed: Streamed, exported: Exported, pieces: int) -> Iterator[Figure]:
    first_s = Sample.of(streamed.first_s, "s")
    yield Figure(
        what="until the first frames are there",
        ours=first_s,
        peer=PEER,
        theirs=Sample.of(exported.first_s, "s"),
    )
    yield Figure(
        what="the first frames, of all the time of decoding",
        ours=first_s.over(Sample.of(streamed.master_s, "s")),
        aim=f"≤ 1/{pieces} = {1 / pieces:.3f} ×",
    )


def _own_and_ffmpegs() -> float:
    """Seconds of work: ffmpeg's count once it has ended, which a written file says."""
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system


def _frames_of(piece: Tensor) -> Frames:
    """(frames, height, width, 3) of (1, 3, frames, height, width) in [0, 1]."""
    pixels = (piece[0].permute(1, 2, 3, 0).numpy() * 255).astype(np.uint8)
    return np.ascontiguousarray(pixels)  # astype keeps the order of the tensor's axes


def _largest_difference(master: Path, exported: Exported) -> float:
    assert exported.frames is not None
    pairs = zip(read_master(master), exported.frames, strict=True)
    return float(max(np.abs(np.subtract(a, b, dtype=np.int16)).max() for a, b in pairs))
