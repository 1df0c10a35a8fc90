"""From pictures to what the transformer is told of them: a mask and a masked video, as latents.

Follows the reference (aigc-apps/EasyAnimate, pipeline_easyanimate_inpaint.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from engine.easyanimate.vae import Vae
from engine.eyes.colour import eight_bit, on_white

NOISE_STRENGTH = 0.0563  # e^-2.877: near the middle of the noise that training put on pictures
UNKNOWN = -1.0  # what frames hold that are to be made


@dataclass(frozen=True, slots=True)
class ClipSize:
    """Pixels and frames: the sides multiples of 16, the frames 4k+1."""

    width: int
    height: int
    num_frames: int


def condition(
    vae: Vae,
    image: Image.Image,
    end_image: Image.Image | None,
    size: ClipSize,
    *,
    generator: torch.Generator,
    device: torch.device,
    dtype: torch.dtype,
    add_noise: bool = True,
) -> Tensor:
    """(1, 17, latent_frames, latent_height, latent_width): the mask, then the masked video.

    Draws the pictures' noise from `generator`, on the generator's device and for all frames, as
    the reference does: the draw after that of the initial latents.
    """
    video = masked_video(image, end_image, size, dtype)
    if add_noise:
        _add_noise(video, generator)
    latents = vae.encode(video).to(device)
    return torch.cat([_mask_like(latents, vae.scaling_factor), latents], dim=1)


def resized(image: Image.Image, width: int, height: int) -> Tensor:
    """(3, height, width) in [-1, 1]: stretched, as in the reference, by PIL's bicubic filter.

    Any mode of picture will do; what is transparent becomes white.
    """
    pixels = np.asarray(on_white(eight_bit(image)).resize((width, height)), dtype=np.float32)
    return torch.from_numpy(pixels / 127.5 - 1.0).permute(2, 0, 1)


def masked_video(
    image: Image.Image, end_image: Image.Image | None, size: ClipSize, dtype: torch.dtype
) -> Tensor:
    """(1, 3, frames, height, width): the given frames, and `UNKNOWN` everywhere else."""
    video = torch.full((1, 3, size.num_frames, size.height, size.width), UNKNOWN, dtype=dtype)
    video[0, :, 0] = resized(image, size.width, size.height)
    if end_image is not None:
        video[0, :, -1] = resized(end_image, size.width, size.height)
    return video


def _add_noise(video: Tensor, generator: torch.Generator) -> None:
    """A little noise on the given pixels; none where a value is exactly `UNKNOWN`, which a
    picture's black is too.

    In place, as a clip of 1024 pixels a side is 600 MB in float32.
    """
    noise = torch.randn(
        video.shape, generator=generator, dtype=video.dtype, device=generator.device
    ).to(video.device)
    strength = torch.tensor(NOISE_STRENGTH, dtype=video.dtype)  # rounded, as the reference's is
    noise.mul_(strength).masked_fill_(video == UNKNOWN, 0)
    video.add_(noise)


def _mask_like(latents: Tensor, scaling_factor: float) -> Tensor:
    """The scaling factor where a latent frame is given whole, 0 where it is to be made.

    That is the first one alone. An end picture leaves no trace here: the reference shrinks the
    mask by sampling the two middle frames of each four, which the last one is not among.
    """
    mask = torch.zeros_like(latents[:, :1])
    mask[:, :, 0] = scaling_factor
    return mask
