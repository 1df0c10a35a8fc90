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
    video = masked_video(image, end_image, size).to(dtype)
    if add_noise:
        video = _with_noise(video, generator)
    latents = vae.encode(video.to(device))
    return torch.cat([_mask_like(latents, vae.scaling_factor), latents], dim=1)


def resized(image: Image.Image, width: int, height: int) -> Tensor:
    """(3, height, width) in [-1, 1]: stretched, as in the reference, by PIL's bicubic filter.

    What is transparent becomes white.
    """
    pixels = np.asarray(_on_white(image).resize((width, height)), dtype=np.float32)
    return torch.from_numpy(pixels / 127.5 - 1.0).permute(2, 0, 1)


def masked_video(image: Image.Image, end_image: Image.Image | None, size: ClipSize) -> Tensor:
    """(1, 3, frames, height, width): the given frames, and `UNKNOWN` everywhere else."""
    video = torch.full((1, 3, size.num_frames, size.height, size.width), UNKNOWN)
    video[0, :, 0] = resized(image, size.width, size.height)
    if end_image is not None:
        video[0, :, -1] = resized(end_image, size.width, size.height)
    return video


def _with_noise(video: Tensor, generator: torch.Generator) -> Tensor:
    """A little noise on the given pixels; none where a value is exactly `UNKNOWN`, which a
    picture's black is too."""
    noise = torch.randn(
        video.shape, generator=generator, dtype=video.dtype, device=generator.device
    ).to(video.device)
    return torch.where(video == UNKNOWN, video, video + noise * NOISE_STRENGTH)


def _mask_like(latents: Tensor, scaling_factor: float) -> Tensor:
    """The scaling factor where a latent frame is given whole, 0 where it is to be made.

    That is the first one alone. An end picture leaves no trace here: the reference shrinks the
    mask by sampling the two middle frames of each four, which the last one is not among.
    """
    mask = torch.zeros_like(latents[:, :1])
    mask[:, :, 0] = scaling_factor
    return mask


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    paper = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(paper, layer).convert("RGB")
