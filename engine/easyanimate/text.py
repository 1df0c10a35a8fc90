"""Prompts into what the transformer reads, loading the text encoders only for new ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
import torch
from torch import Tensor

from engine.easyanimate.checkpoint import Checkpoint
from engine.easyanimate.encoder_shapes import refuse_other_weights
from engine.easyanimate.encoders import Encoder, encoders_of
from engine.easyanimate.errors import BrokenLatentsError, CheckpointError, told_shortly
from engine.easyanimate.prompt_cache import Known, PromptCache, fingerprint
from engine.easyanimate.tensor_files import AGAIN
from engine.easyanimate.weights import Source

log = structlog.get_logger(__name__)

ROOM_TO_RUN_BYTES = 2**30  # activations and the allocator's own, beside the weights


@dataclass(frozen=True, slots=True)
class PromptEmbeds:
    """Embeddings of a prompt and of a negative one: (1, tokens, dim) per encoder, BERT's before
    T5's. `cut`: one of them was longer than what any encoder reads (V5's T5 reads 256 tokens,
    BERT the first 77 of them)."""

    prompt: tuple[Tensor, ...]
    negative: tuple[Tensor, ...]
    cut: bool = False

    def __post_init__(self) -> None:
        """Guidance runs both as one batch: `ValueError` where their shapes differ."""
        shapes, others = (
            [tuple(one.shape) for one in side] for side in (self.prompt, self.negative)
        )
        if shapes != others:
            raise ValueError(f"a prompt's embeddings are {shapes}, the negative one's {others}")


class TextEncoders:
    """A checkpoint's encoders, which are on disk until a prompt is new, and go again after it.

    `cache_dir` None keeps no embeddings. `loads` counts how often encoders were loaded. Raises
    `CheckpointError` at once for weights that aren't those of an encoder's config.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        device: torch.device,
        dtype: torch.dtype,
        cache_dir: Path | None,
    ) -> None:
        self.loads = 0
        self._encoders = encoders_of(checkpoint)
        for encoder in self._encoders:
            refuse_other_weights(Source(encoder.part, rename=encoder.rename))
        self._device = device
        self._dtype = dtype
        self._cache = PromptCache(cache_dir, self._fingerprint()) if cache_dir else None

    def encode(self, prompt: str, negative_prompt: str) -> PromptEmbeds:
        """Raises `CheckpointError` where an encoder's files can't be used, `BrokenLatentsError`
        for NaN, which isn't kept."""
        prompt, negative_prompt = _readable(prompt), _readable(negative_prompt)
        texts = list(dict.fromkeys((prompt, negative_prompt)))
        known = {text: found for text in texts if (found := self._cached(text))}
        if new := [text for text in texts if text not in known]:
            known |= self._encoded(new)
        positive, negative = known[prompt], known[negative_prompt]
        return PromptEmbeds(
            self._here(positive), self._here(negative), positive.cut or negative.cut
        )

    def _here(self, known: Known) -> tuple[Tensor, ...]:
        return tuple(embeds.to(self._device) for embeds in known.embeds)

    def _cached(self, text: str) -> Known | None:
        return self._cache.get(text) if self._cache else None

    @torch.no_grad()
    def _encoded(self, texts: Sequence[str]) -> dict[str, Known]:
        """One encoder at a time, so that the larger one has the room to itself."""
        self.loads += 1
        by_encoder = [self._read(encoder, texts) for encoder in self._encoders]
        known = {}
        for text, told in zip(texts, zip(*by_encoder, strict=True), strict=True):
            known[text] = Known(
                tuple(embeds for embeds, _ in told), cut=all(cut for _, cut in told)
            )
            if self._cache:
                self._cache.put(text, known[text])
        return known

    def _read(self, encoder: Encoder, texts: Sequence[str]) -> list[tuple[Tensor, bool]]:
        with _blaming(encoder.tokenizer_folder):
            tokenizer = encoder.tokenizer(encoder.tokenizer_folder)
            tokens = [tokenizer(text) for text in texts]
        device = self._room_for(encoder)
        log.info("text_encoder.loaded", folder=encoder.part.folder.name, device=str(device))
        model = encoder.load(device, self._dtype)
        with _blaming(encoder.part.folder):
            told = [(encoder.read(model, one).to("cpu", self._dtype), one.cut) for one in tokens]
        del model
        if not all(bool(torch.isfinite(embeds).all()) for embeds, _ in told):
            raise BrokenLatentsError(
                f"{encoder.part.folder} makes NaN or infinity of a prompt: its weights are "
                f"damaged, or {self._dtype} is too narrow for them"
            )
        if device.type == "cuda":
            torch.cuda.empty_cache()
        return told

    def _room_for(self, encoder: Encoder) -> torch.device:
        """The GPU if it has the room beside what lies there, else the CPU."""
        if self._device.type != "cuda":
            return self._device
        free, _ = torch.cuda.mem_get_info(self._device)
        needed = sum(file.stat().st_size for file in encoder.part.files) + ROOM_TO_RUN_BYTES
        return self._device if free > needed else torch.device("cpu")

    def _fingerprint(self) -> str:
        parts = [encoder.part for encoder in self._encoders]
        return fingerprint(
            parts, [encoder.tokenizer_folder for encoder in self._encoders], self._dtype
        )


@contextmanager
def _blaming(folder: Path) -> Iterator[None]:
    """What fails over a prompt, which any text may be, is the fault of a part that doesn't fit
    the rest: too few positions for its tokenizer, say, or a broken chat template."""
    try:
        yield
    except (CheckpointError, torch.OutOfMemoryError):
        raise
    except Exception as error:
        raise CheckpointError(f"{folder} can't be used ({told_shortly(error)}): {AGAIN}") from error


def _readable(text: str) -> str:
    """Halves of a character, as a terminal with another encoding sends, stop every tokenizer."""
    return text.encode("utf-8", "replace").decode()
