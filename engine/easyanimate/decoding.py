"""Latents into frames, piece by piece, with whatever room is left for it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.easyanimate.conditioning import ClipSize
from engine.easyanimate.errors import BrokenLatentsError
from engine.easyanimate.placement import Placement
from engine.easyanimate.vae import DECODE_PEAK, Vae

Frames = NDArray[np.float32]  # (frames, height, width, 3), RGB in [0, 1]


def decode(vae: Vae, placement: Placement, latents: Tensor, size: ClipSize) -> Iterator[Frames]:
    """Pieces on the CPU, as the VAE makes them.

    Out of memory costs no step: one plan down, and on from where the pieces broke off. Raises
    `BrokenLatentsError` for NaN, which would come out black.
    """
    given = 0
    try:
        for piece in _pieces(vae, placement, latents, size):
            yield piece
            given += 1
    except torch.OutOfMemoryError as error:
        placement.tell_out_of_memory(error)
    else:
        return
    placement.ran_out(size)
    yield from islice(_pieces(vae, placement, latents, size), given, None)


@torch.no_grad()
def _pieces(vae: Vae, placement: Placement, latents: Tensor, size: ClipSize) -> Iterator[Frames]:
    with placement.for_vae(size, DECODE_PEAK):
        for piece in vae.decode(latents):
            frames: Frames = piece[0].permute(1, 2, 3, 0).float().cpu().numpy()
            if not np.isfinite(frames).all():
                raise BrokenLatentsError(
                    "the VAE makes NaN of sound latents: its weights are damaged, or "
                    f"{vae.model.dtype} is too narrow for it"
                )
            yield frames
