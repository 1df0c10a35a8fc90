"""The text encoders: BERT and T5 of V5, and the language half of V5.1's Qwen2-VL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import init_empty_weights  # type: ignore[import-untyped]
from torch import Tensor, nn
from transformers import BertConfig, BertModel, Qwen2VLConfig, T5Config, T5EncoderModel
from transformers.models.qwen2_vl.modeling_qwen2_vl import Qwen2VLTextModel

from engine.easyanimate.checkpoint import Checkpoint, Part
from engine.easyanimate.errors import CheckpointError, told_shortly
from engine.easyanimate.tensor_files import AGAIN
from engine.easyanimate.tokens import Tokenizer, Tokens, bert_tokens, qwen_tokens, t5_tokens
from engine.easyanimate.weights import Source, load_strictly


@dataclass(frozen=True, slots=True)
class Encoder:
    """How one encoder is made from its files: its tokenizer, its network, and what is read off
    the network, (1, tokens, dim). `keeps_float32` says what does where the rest is float16."""

    part: Part
    tokenizer_folder: Path
    tokenizer: Callable[[Path], Tokenizer]
    network: Callable[[dict[str, Any]], nn.Module]
    rename: Callable[[str], str | None]
    read: Callable[[nn.Module, Tokens], Tensor]
    keeps_float32: Callable[[str], bool] = lambda _: False

    def load(self, device: torch.device, dtype: torch.dtype) -> nn.Module:
        """Raises `CheckpointError` for a config that makes none, and weights that don't fit."""
        try:
            with init_empty_weights(include_buffers=False):
                model = self.network(dict(self.part.config))
        except Exception as error:  # nonsense in a config fails in as many ways
            why = (
                f"{self.part.folder}/config.json makes no network ({told_shortly(error)}): {AGAIN}"
            )
            raise CheckpointError(why) from error
        kept = self.keeps_float32 if dtype is torch.float16 else lambda _: False
        source = Source(self.part, rename=self.rename, keeps_float32=kept)
        load_strictly(model, source, device, dtype)
        return model


def encoders_of(checkpoint: Checkpoint) -> tuple[Encoder, ...]:
    """In the order of the transformer's text tokens."""
    first, second = checkpoint.text_encoder, checkpoint.text_encoder_2
    if second is None or checkpoint.tokenizer_2 is None:
        return (Encoder(first, checkpoint.tokenizer, qwen_tokens, _qwen, _qwen_name, _read_qwen),)
    return (
        Encoder(first, checkpoint.tokenizer, bert_tokens, _bert, _bert_name, _read_last),
        Encoder(
            second,
            checkpoint.tokenizer_2,
            t5_tokens,
            _t5,
            _t5_name,
            _read_last,
            keeps_float32=lambda name: ".wo." in name,  # its sums overflow float16
        ),
    )


def _bert(config: dict[str, Any]) -> nn.Module:
    return BertModel(BertConfig.from_dict(config), add_pooling_layer=False)


def _t5(config: dict[str, Any]) -> nn.Module:
    """With its attention written out, as the reference's transformers has it and no other: the
    fused one that newer versions take moves an embedding by up to 1e-4."""
    model = T5EncoderModel(T5Config.from_dict(config, attn_implementation="eager"))
    model.encoder.embed_tokens = model.shared  # one embedding, which empty weights tore apart
    return model


def _qwen(config: dict[str, Any]) -> nn.Module:
    whole: Any = Qwen2VLConfig.from_dict(config)
    return Qwen2VLTextModel(whole.get_text_config())


def _bert_name(stored: str) -> str | None:
    """Some files were saved with a head, or by a TensorFlow that said gamma and beta."""
    name = stored.removeprefix("bert.")
    if name.startswith(("pooler.", "cls.")) or name == "embeddings.position_ids":
        return None
    return name.replace("LayerNorm.gamma", "LayerNorm.weight").replace(
        "LayerNorm.beta", "LayerNorm.bias"
    )


def _t5_name(stored: str) -> str | None:
    return None if stored.startswith(("decoder.", "lm_head.")) else stored


def _qwen_name(stored: str) -> str | None:
    """Neither the tower that looks at pictures nor the head that chooses words is used."""
    name = stored.removeprefix("model.")
    if name.startswith(("visual.", "lm_head.")):
        return None
    return name.removeprefix("language_model.")


def _read_last(model: nn.Module, tokens: Tokens) -> Tensor:
    """The last hidden state. No mask: in the reference V5's text attends to its padding."""
    hidden: Tensor = model(input_ids=tokens.ids.to(_device(model)))[0]
    return hidden


def _read_qwen(model: nn.Module, tokens: Tokens) -> Tensor:
    """What goes into the last layer, without the final norm. Padding, on the right, is masked."""
    device = _device(model)
    told = model(
        input_ids=tokens.ids.to(device),
        attention_mask=tokens.mask.to(device),
        use_cache=False,
        output_hidden_states=True,
    )
    hidden: Tensor = told.hidden_states[-2]
    return hidden


def _device(model: nn.Module) -> torch.device:
    return next(model.parameters()).device
