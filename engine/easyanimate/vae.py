"""The VAE between pixels and latents, decoding piece by piece as frames come to be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from diffusers.models.autoencoders.autoencoder_kl_magvit import AutoencoderKLMagvit
from torch import Tensor

from engine.easyanimate.checkpoint import Family


def vae_dtype(family: Family, dtype: torch.dtype) -> torch.dtype:
    """As the reference: V5's VAE runs in float32 where the rest is float16, which is too narrow."""
    return torch.float32 if family is Family.V5 and dtype is torch.float16 else dtype


class Vae:
    """EasyAnimate's causal VAE: 8× smaller in space, 4× in time behind a first frame of its own.

    Its convolutions keep their last frames between pieces, inside the modules: so one use has to
    end before the next begins, and however it ends, they are emptied.
    """

    def __init__(self, model: AutoencoderKLMagvit) -> None:
        self.model = model
        self._busy = False

    @torch.no_grad()
    def encode(self, video: Tensor) -> Tensor:
        """Latents of (1, 3, frames, height, width) in [-1, 1], frames being 4k+1.

        The posterior's mode times the scaling factor: (1, 16, latent_frames, height / 8,
        width / 8), in the dtype of `video`. Raises `RuntimeError` while something is decoded.
        """
        with self._alone():
            posterior = self.model.encode(video.to(self.model.dtype)).latent_dist
            return (posterior.mode() * self.scaling_factor).to(video.dtype)

    @torch.no_grad()
    def decode(self, latents: Tensor) -> Iterator[Tensor]:
        """Pieces of (1, 3, frames, height, width) in [0, 1]: one frame, then four at a time.

        `latents` are scaled, as `encode` and the sampling loop leave them. Put together, the
        pieces are bit by bit what decoding all at once gives.
        """
        with self._alone():
            unscaled = latents.to(self.model.dtype) * (1 / self.scaling_factor)
            ready = self.model.post_quant_conv(unscaled)
            start, stop = 0, 1
            while start < ready.shape[2]:
                piece = self.model.decoder(ready[:, :, start:stop])
                yield (piece.clamp(-1, 1) / 2 + 0.5).to(latents.dtype)
                start, stop = stop, stop + self.model.num_latent_frames_batch_size

    @property
    def scaling_factor(self) -> float:
        return float(self.model.config["scaling_factor"])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if self._busy:
            raise RuntimeError("the VAE is still decoding: end that first")
        self._busy = True
        try:
            yield
        finally:
            self.model._clear_conv_cache()
            self._busy = False
