"""The VAE between pixels and latents, decoding piece by piece as frames come to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl_magvit import AutoencoderKLMagvit
from torch import Tensor

from engine.easyanimate.checkpoint import Family

Stage = Callable[[Tensor], Tensor]

# The most that is alive at once, in numbers per pixel of one frame and per channel of the block at
# full size (128 in V5 and V5.1): mostly the last two frames that every convolution keeps. The
# weights, and what cuDNN takes for itself, come on top.
DECODE_PEAK = 55
ENCODE_PEAK = 32


def vae_dtype(family: Family, dtype: torch.dtype) -> torch.dtype:
    """As the reference: V5's VAE runs in float32 where the rest is float16, which is too narrow."""
    return torch.float32 if family is Family.V5 and dtype is torch.float16 else dtype


class Vae:
    """EasyAnimate's causal VAE: 8× smaller in space, 4× in time behind a first frame of its own.

    Its convolutions keep their last frames between pieces, inside the modules: so one use has to
    end before the next begins, and however it ends, they are emptied.

    Each stage at full size gets one frame at a time. Its convolutions see the same windows and its
    norms the same frames as diffusers' with whole groups, so the numbers are the same bit by bit,
    and the peak is a third lower: 8 and 14 kB a pixel in bfloat16 instead of 12 and 20.
    """

    def __init__(self, model: AutoencoderKLMagvit) -> None:
        self.model = model
        self._busy = False

    @torch.no_grad()
    def encode(self, video: Tensor) -> Tensor:
        """Latents of (1, 3, frames, height, width) in [-1, 1], frames being 4k+1.

        The posterior's mode times the scaling factor: (1, 16, latent_frames, height / 8,
        width / 8), in the dtype of `video` and on the VAE's device, where only a group of frames
        goes at a time. Raises `RuntimeError` while something is decoded.
        """
        with self._alone():
            model = self.model
            pieces = [
                self._encoded(video[:, :, frames].to(model.device, model.dtype))
                for frames in _groups(video.shape[2], model.num_sample_frames_batch_size)
            ]
            mode: Tensor = model.quant_conv(torch.cat(pieces, dim=2)).chunk(2, dim=1)[0]
            return (mode * self.scaling_factor).to(video.dtype)

    @torch.no_grad()
    def decode(self, latents: Tensor) -> Iterator[Tensor]:
        """Pieces of (1, 3, frames, height, width) in [0, 1]: one frame, then four at a time.

        `latents` are scaled, as `encode` and the sampling loop leave them. Put together, the
        pieces are bit by bit what decoding all at once gives. Raises `RuntimeError`, at the first
        piece, while something else is decoded.
        """
        with self._alone():
            unscaled = latents.to(self.model.dtype) * (1 / self.scaling_factor)
            ready = self.model.post_quant_conv(unscaled)
            for frames in _groups(ready.shape[2], self.model.num_latent_frames_batch_size):
                piece = self._decoded(ready[:, :, frames])
                yield (piece.clamp(-1, 1) / 2 + 0.5).to(latents.dtype)

    @property
    def scaling_factor(self) -> float:
        return float(self.model.config["scaling_factor"])

    def _encoded(self, video: Tensor) -> Tensor:
        encoder: Any = self.model.encoder
        stages: list[Stage] = [encoder]
        if self._frames_are_apart:
            # what halves the time needs a group's frames together
            spatial = list(takewhile(_keeps_time, encoder.down_blocks))
            video = torch.cat(list(_through([encoder.conv_in, *spatial], video)), dim=2)
            rest = encoder.down_blocks[len(spatial) :]
            stages = [*rest, encoder.mid_block, _out_of(encoder)]
        for stage in stages:
            video = stage(video)
        return video

    def _decoded(self, latents: Tensor) -> Tensor:
        decoder: Any = self.model.decoder
        if self._frames_are_apart:
            stages = [decoder.conv_in, decoder.mid_block, *decoder.up_blocks, _out_of(decoder)]
            return torch.cat(list(_through(stages, latents)), dim=2)
        pixels: Tensor = decoder(latents)
        return pixels

    @property
    def _frames_are_apart(self) -> bool:
        """Whether norms look at one frame at a time, as in all of V5 and V5.1."""
        return bool(self.model.config["spatial_group_norm"])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if self._busy:
            raise RuntimeError("the VAE is still decoding: end that first")
        self._busy = True
        try:
            yield
        finally:
            self.model._clear_conv_cache()  # type: ignore[no-untyped-call]
            self._busy = False


def _groups(frames: int, size: int) -> Iterator[slice]:
    """The first frame alone, then `size` at a time."""
    start, stop = 0, 1
    while start < frames:
        yield slice(start, stop)
        start, stop = stop, stop + size


def _through(stages: Sequence[Stage], hidden: Tensor) -> Iterator[Tensor]:
    """Each frame through all stages before the next: little is alive at a time."""
    if not stages:
        yield hidden
        return
    for frame in torch.split(hidden, 1, dim=2):
        yield from _through(stages[1:], stages[0](frame))


def _keeps_time(block: Any) -> bool:
    return bool(block.temporal_downsample_factor == 1)


def _out_of(coder: Any) -> Stage:
    """The coder's last norm, which is for pictures, its activation and its convolution."""

    def out(hidden: Tensor) -> Tensor:
        pictures = hidden.transpose(1, 2).flatten(0, 1)
        normed = coder.conv_norm_out(pictures).unflatten(0, (len(hidden), -1)).transpose(1, 2)
        pixels: Tensor = coder.conv_out(coder.conv_act(normed))
        return pixels

    return out
