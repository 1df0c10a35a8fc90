"""One call of the pipeline: its arguments, on their grid or refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from engine.easyanimate import arguments
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
    """Raises `ValueError` with one sentence for what isn't of its kind or off the engine's grid."""

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
        arguments.picture("image", self.image)
        if self.end_image is not None:
            arguments.picture("end_image", self.end_image)
        self._check_size()
        if arguments.whole_number("num_inference_steps", self.num_inference_steps) < 1:
            raise ValueError(f"num_inference_steps is at least 1, not {self.num_inference_steps}")
        arguments.finite_number("guidance_scale", self.guidance.scale)
        self._check_words()
        if self.latents is not None:
            arguments.noise("latents", self.latents, self.latents_shape)
        if self.callback is not None and not callable(self.callback):
            raise ValueError(f"callback_on_step_end can't be called, it is {self.callback!r}")

    @property
    def latents_shape(self) -> tuple[int, int, int, int, int]:
        """(1, channels, latent_frames, latent_height, latent_width)."""
        size = self.size
        latent_frames = (size.num_frames - 1) // FRAMES_GRID + 1
        height, width = size.height // SPACE_FACTOR, size.width // SPACE_FACTOR
        return 1, LATENT_CHANNELS, latent_frames, height, width

    def _check_size(self) -> None:
        for name in ("width", "height"):
            side = arguments.whole_number(name, getattr(self.size, name))
            if side < SIDE_GRID or side % SIDE_GRID:
                raise ValueError(f"{name} is a multiple of {SIDE_GRID}, not {side}")
        frames = arguments.whole_number("num_frames", self.size.num_frames)
        if not 1 <= frames <= MOST_FRAMES or frames % FRAMES_GRID != 1:
            raise ValueError(f"num_frames is 4k+1, from 1 to {MOST_FRAMES}, not {frames}")

    def _check_words(self) -> None:
        arguments.text("prompt", self.prompt)
        arguments.text("negative_prompt", self.negative_prompt)
        if self.sampler is not None:
            arguments.text("sampler", self.sampler)
        if self.output_type not in OUTPUT_TYPES:
            raise ValueError(
                f"output_type is one of {', '.join(OUTPUT_TYPES)}, not {self.output_type!r}"
            )
        embeds = self.prompt_embeds
        if embeds is not None and not isinstance(embeds, PromptEmbeds):
            raise ValueError(
                f"prompt_embeds are what encode_prompt returned, not {type(embeds).__name__}"
            )
