"""The peer of the denoising: diffusers' class with its own attention, in diffusers' own loop.

Its pipeline can't be called for V5, as it knows one text encoder; so the loop here takes the steps
that its pipeline takes, with V5's second text added. Its class is wrong in two places (see
engine/easyanimate/attention.py and rotary.py), which are cured here at no cost in speed, so that
both sides compute the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.models.transformers.transformer_easyanimate import EasyAnimateAttnProcessor2_0
from torch import Tensor, nn

from engine.easyanimate.rotary import rotary_table


@dataclass(frozen=True, slots=True)
class Texts:
    """What the encoders made of the two prompts: (1, tokens, dim) for each encoder."""

    negative: Sequence[Tensor]
    positive: Sequence[Tensor]

    def batched(self) -> tuple[Tensor, ...]:
        pairs = zip(self.negative, self.positive, strict=True)
        return tuple(torch.cat(pair) for pair in pairs)


@contextmanager
def diffusers_own(transformer: Any) -> Iterator[Any]:
    """Inside the block the network computes as diffusers' class does, cured; the weights are the
    same ones. Afterwards it is as it was."""
    blocks = list(transformer.transformer_blocks)
    ours = [block.attn1.processor for block in blocks]
    plain = [block for block in blocks if block.attn1.to_add_out is None]
    positions = transformer.rope_embedding
    for block in blocks:
        block.attn1.set_processor(EasyAnimateAttnProcessor2_0())
    for block in plain:
        block.attn1.to_add_out = block.attn1.to_out[0]
    transformer.rope_embedding = _Positions(transformer.config["attention_head_dim"])
    try:
        yield transformer
    finally:
        transformer.rope_embedding = positions
        for block in plain:
            block.attn1.to_add_out = None
        for block, processor in zip(blocks, ours, strict=True):
            block.attn1.set_processor(processor)


@torch.no_grad()
def denoise(
    transformer: Any,
    scheduler: Any,
    texts: Texts,
    inpaint: Tensor,
    noise: Tensor,
    guidance_scale: float,
    after_step: Callable[[], None],
) -> Tensor:
    """The final latents; the timesteps of `scheduler` are set."""
    latents = noise * scheduler.init_noise_sigma
    embeds = texts.batched()
    inpaint = torch.cat([inpaint] * 2)
    for timestep in scheduler.timesteps:
        both = scheduler.scale_model_input(torch.cat([latents] * 2), timestep)
        times = torch.tensor([timestep] * 2, device=both.device).to(both.dtype)
        output = transformer(
            both,
            times,
            encoder_hidden_states=embeds[0],
            encoder_hidden_states_t5=embeds[1],
            inpaint_latents=inpaint,
            return_dict=False,
        )[0]
        negative, positive = output.chunk(2)
        guided = negative + guidance_scale * (positive - negative)
        latents = scheduler.step(guided, timestep, latents, return_dict=False)[0]
        after_step()
    result: Tensor = latents
    return result


class _Positions(nn.Module):
    """The reference's positions in place of diffusers', made where and as often as those are."""

    def __init__(self, head_dim: int) -> None:
        super().__init__()
        self._head_dim = head_dim

    def forward(self, hidden_states: Tensor) -> tuple[Tensor, Tensor]:
        frames, height, width = hidden_states.shape[2:]
        return rotary_table(frames, height // 2, width // 2, self._head_dim)
