"""What latents roughly look like, without the VAE: a linear map from channels to colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the field's own name for it
from numpy.typing import NDArray
from torch import Tensor

RIDGE = 0.1  # of the channels' mean square: line art has nearly one colour, which fixes little
SIDE = 256  # pixels that a picture's longer side is enlarged towards
GREY = 0.5


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of a latent pixel: `weights` (channels, 3) times its channels plus `base` (3,)."""

    weights: Tensor
    base: Tensor

    def picture(self, x0: Tensor) -> NDArray[np.uint8]:
        """(height, width, 3) of the middle frame of (1, channels, frames, height, width).

        The frame in the middle moves, and stays the same one from step to step. Never raises for
        what the numbers are: where they are not finite the picture is grey.
        """
        frame = x0[0, :, x0.shape[2] // 2].float().cpu()
        colours = torch.einsum("chw,cr->rhw", frame, self.weights) + self.base[:, None, None]
        colours = torch.nan_to_num(colours, nan=GREY, posinf=GREY, neginf=GREY).clamp(0, 1)
        factor = max(1, SIDE // max(colours.shape[1:]))
        large = F.interpolate(colours[None], scale_factor=factor, mode="bicubic")[0]
        return (large.clamp(0, 1) * 255).to(torch.uint8).permute(1, 2, 0).numpy()


def fit_look(latents: Tensor, pixels: Tensor) -> Look:
    """Learn the colours from a picture whose latents are known, by ridge regression.

    `latents` are (channels, h, w), `pixels` (3, H, W) in [-1, 1]. Channels that say nothing of
    this picture get no say, so that later frames keep its colours.
    """
    _, height, width = latents.shape
    known = latents.float().cpu().flatten(1).T
    small = F.adaptive_avg_pool2d(pixels.float().cpu(), (height, width))
    wanted = (small / 2 + 0.5).flatten(1).T
    mean, colour = known.mean(0), wanted.mean(0)
    centred = known - mean
    gram = centred.T @ centred
    ridge = RIDGE * gram.diagonal().mean().clamp_min(1e-6) * torch.eye(len(gram))
    weights = torch.linalg.solve(gram + ridge, centred.T @ (wanted - colour))
    return Look(weights, colour - mean @ weights)
