"""One call of the pipeline: its arguments, on their grid or refused."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from engine.easyanimate.conditioning import ClipSize
from engine.easyanimate.denoise import Guidance
from engine.easyanimate.modes import Savings
from engine.easyanimate.text import PromptEmbeds

SIDE_GRID = 16  # pixels: the VAE shrinks by 8, the transformer takes patches of 2 latents
FRAMES_GRID = 4  # the VAE folds four frames into one, behind a first frame of its own
MOST_FRAMES = 49
SPACE_FACTOR = 8
LATENT_CHANNELS = 16
OUTPUT_TYPES = ("np", "latent", "stream")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Raises `ValueError`, naming the numbers, for whatever is off the engine's grid."""

    image: Image.Image
    end_image: Image.Image | None
    prompt: str
    negative_prompt: str
    size: ClipSize
    num_inference_steps: int
    guidance: Guidance
    sampler: str | None
    generator: torch.Generator
    latents: Tensor | None
    output_type: str
    callback: Callable[..., Any] | None
    savings: Savings
    prompt_embeds: PromptEmbeds | None

    def __post_init__(self) -> None:
        for name in ("width", "height"):
            side = getattr(self.size, name)
            if side < SIDE_GRID or side % SIDE_GRID:
                raise ValueError(f"{name} is a multiple of {SIDE_GRID}, not {side}")
        frames = self.size.num_frames
        if not 1 <= frames <= MOST_FRAMES or frames % FRAMES_GRID != 1:
            raise ValueError(f"num_frames is 4k+1, from 1 to {MOST_FRAMES}, not {frames}")
        if self.num_inference_steps < 1:
            raise ValueError(f"num_inference_steps is at least 1, not {self.num_inference_steps}")
        if not isfinite(self.guidance.scale):
            raise ValueError(f"guidance_scale is a finite number, not {self.guidance.scale}")
        if self.output_type not in OUTPUT_TYPES:
            raise ValueError(
                f"output_type is one of {', '.join(OUTPUT_TYPES)}, not {self.output_type!r}"
            )
        if self.latents is not None and self.latents.shape != self.latents_shape:
            raise ValueError(
                f"latents for this clip are {self.latents_shape}, not {tuple(self.latents.shape)}"
            )

    @property
    def latents_shape(self) -> tuple[int, int, int, int, int]:
        """(1, channels, latent_frames, latent_height, latent_width)."""
        size = self.size
        latent_frames = (size.num_frames - 1) // FRAMES_GRID + 1
        height, width = size.height // SPACE_FACTOR, size.width // SPACE_FACTOR
        return 1, LATENT_CHANNELS, latent_frames, height, width


def generator_of(seed: int | None, generator: torch.Generator | None) -> torch.Generator:
    """One on the CPU where nobody brought their own, so that a seed means the same everywhere."""
    if generator is not None:
        if seed is not None:
            raise ValueError("give a seed or a generator, not both")
        return generator
    return torch.Generator("cpu").manual_seed(secrets.randbits(32) if seed is None else seed)
