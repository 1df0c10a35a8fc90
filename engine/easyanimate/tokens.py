"""Prompts into token ids, as the reference (aigc-apps/EasyAnimate) makes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sentencepiece
import torch
from torch import Tensor
from transformers import AutoTokenizer, BertTokenizer

from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.tensor_files import AGAIN, MALFORMED, json_object

MOST_TOKENS = 256
FEWEST_TOKENS = 3  # BERT's two marks and a word
T5_PAD, T5_END = 0, 1


@dataclass(frozen=True, slots=True)
class Tokens:
    """Ids and mask, (1, tokens) int64 each; `cut` says that the prompt was longer."""

    ids: Tensor
    mask: Tensor
    cut: bool

    @classmethod
    def padded(cls, ids: Sequence[int], length: int, pad: int, cut: bool) -> Tokens:
        missing = length - len(ids)
        mask = [1] * len(ids) + [0] * missing
        return cls(torch.tensor([[*ids, *[pad] * missing]]), torch.tensor([mask]), cut)


Tokenizer = Callable[[str], Tokens]


def bert_tokens(folder: Path) -> Tokenizer:
    """As many tokens as the tokenizer says, 77 in V5, its two marks included."""
    tokenizer: Any = _loaded(BertTokenizer, folder)
    length = _length(tokenizer.model_max_length)

    def tokens(prompt: str) -> Tokens:
        ids = tokenizer(prompt, verbose=False).input_ids
        kept = tokenizer(prompt, truncation=True, max_length=length).input_ids
        return Tokens.padded(kept, length, tokenizer.pad_token_id, len(ids) > length)

    return tokens


def t5_tokens(folder: Path) -> Tokenizer:
    """By sentencepiece itself: transformers 5 turns the model's byte fallback off, and gives
    "unknown" for characters that the reference spells in bytes.

    What is typed like one of the model's own marks counts as one, as in the reference.
    """
    model: Any = sentencepiece.SentencePieceProcessor()
    try:
        model.Load(str(folder / "spiece.model"))
        config = json_object((folder / "tokenizer_config.json").read_bytes())
    except (OSError, RuntimeError, *MALFORMED) as error:
        raise CheckpointError(
            f"the tokenizer in {folder} can't be read ({error}): {AGAIN}"
        ) from error
    length = _length(config.get("model_max_length"))

    marks = {model.id_to_piece(one): one for one in (T5_PAD, T5_END, model.unk_id())}
    between = re.compile(f"({'|'.join(map(re.escape, marks))})")

    def tokens(prompt: str) -> Tokens:
        ids: list[int] = []
        for piece in filter(None, between.split(prompt)):
            ids += [marks[piece]] if piece in marks else model.encode(piece)
        kept = ids[: length - 1]
        if kept[-1:] != [T5_END]:
            kept = [*kept, T5_END]
        return Tokens.padded(kept, length, T5_PAD, len(ids) > length - 1)

    return tokens


def qwen_tokens(folder: Path) -> Tokenizer:
    """The prompt as one user's turn of a chat, and the beginning of the answer.

    A prompt that is too long loses that beginning first, as in the reference; so does what is
    typed like one of the chat's own marks count as one.
    """
    tokenizer: Any = _loaded(AutoTokenizer, folder)
    template = tokenizer.chat_template or _template_beside(folder)

    def tokens(prompt: str) -> Tokens:
        chat = _chat(tokenizer, template, prompt)
        ids = tokenizer(chat, verbose=False).input_ids
        return Tokens.padded(
            ids[:MOST_TOKENS], MOST_TOKENS, tokenizer.pad_token_id, len(ids) > MOST_TOKENS
        )

    return tokens


def _chat(tokenizer: Any, template: str, prompt: str) -> str:
    turn = {"role": "user", "content": [{"type": "text", "text": prompt}]}
    chat: str = tokenizer.apply_chat_template(
        [turn], chat_template=template, tokenize=False, add_generation_prompt=True
    )
    return chat


def _template_beside(folder: Path) -> str:
    """Where older checkpoints keep it, which transformers looks for with processors alone."""
    try:
        template: str = json_object((folder / "chat_template.json").read_bytes())["chat_template"]
    except (OSError, *MALFORMED) as error:
        raise CheckpointError(f"{folder} has no chat template: {AGAIN}") from error
    return template


def _length(model_max_length: int | None) -> int:
    """Of ids, the marks included. What nobody limited is as long as the reference lets it be."""
    length = MOST_TOKENS if model_max_length is None else min(model_max_length, MOST_TOKENS)
    if length < FEWEST_TOKENS:
        raise ValueError(f"model_max_length is {model_max_length}")
    return length


def _loaded(kind: Any, folder: Path) -> Any:
    try:
        return kind.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # as many kinds as there are broken files
        raise CheckpointError(
            f"the tokenizer in {folder} can't be read ({error}): {AGAIN}"
        ) from error
