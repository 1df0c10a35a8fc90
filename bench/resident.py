"""Text encoders as EasyAnimate keeps them: all are loaded at the start, nothing is remembered."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.easyanimate.checkpoint import Checkpoint
from engine.easyanimate.encoders import encoders_of
from engine.easyanimate.text import PromptEmbeds


class ResidentEncoders:
    def __init__(self, checkpoint: Checkpoint, dtype: torch.dtype) -> None:
        self._dtype = dtype
        self._encoders = [
            (one, one.tokenizer(one.tokenizer_folder), one.load(torch.device("cpu"), dtype))
            for one in encoders_of(checkpoint)
        ]

    @torch.no_grad()
    def encode(self, prompt: str, negative_prompt: str) -> PromptEmbeds:
        return PromptEmbeds(self._read(prompt), self._read(negative_prompt))

    def _read(self, prompt: str) -> tuple[Tensor, ...]:
        return tuple(
            encoder.read(network, tokenizer(prompt)).to(self._dtype)
            for encoder, tokenizer, network in self._encoders
        )
