"""The weights that a text encoder has to have, told from its config alone.

So a damaged encoder is told of when the model is loaded, not by the first prompt that is new, and
without the library that makes its network, which takes seconds to import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import torch

from engine.easyanimate.weights import Source, refuse_misfits

Shapes = dict[str, tuple[int, ...]]
Config = Mapping[str, Any]

T5_TABLE = ("shared.weight", "encoder.embed_tokens.weight")
TIED: Mapping[str, tuple[str, ...]] = MappingProxyType(dict.fromkeys(T5_TABLE, T5_TABLE))
# what older files leave out, as transformers takes it
T5_DEFAULTS: Config = MappingProxyType(
    {"relative_attention_num_buckets": 32, "feed_forward_proj": "relu"}
)


def refuse_other_weights(source: Source) -> None:
    """Raises `CheckpointError`, naming them, for keys that are missing, unexpected or misshapen.

    A config that says too little is left to whoever makes a network of it.
    """
    config = source.part.config
    try:
        shapes = SHAPES[config["model_type"]](config)
        wanted = {name: torch.empty(shape, device="meta") for name, shape in shapes.items()}
    except Exception:  # nonsense in a config fails in as many ways
        return
    refuse_misfits(source, wanted, {name: TIED.get(name, (name,)) for name in wanted})


def bert(config: Config) -> Shapes:
    width, inner = config["hidden_size"], config["intermediate_size"]
    shapes: Shapes = {
        "embeddings.word_embeddings.weight": (config["vocab_size"], width),
        "embeddings.position_embeddings.weight": (config["max_position_embeddings"], width),
        "embeddings.token_type_embeddings.weight": (config["type_vocab_size"], width),
        **_with_bias("embeddings.LayerNorm", width),
    }
    for number in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{number}"
        for name in ("self.query", "self.key", "self.value", "output.dense"):
            shapes |= _with_bias(f"{layer}.attention.{name}", width, width)
        shapes |= _with_bias(f"{layer}.attention.output.LayerNorm", width)
        shapes |= _with_bias(f"{layer}.intermediate.dense", inner, width)
        shapes |= _with_bias(f"{layer}.output.dense", width, inner)
        shapes |= _with_bias(f"{layer}.output.LayerNorm", width)
    return shapes


def t5(config: Config) -> Shapes:
    config = {**T5_DEFAULTS, **config}
    width, inner = config["d_model"], config["d_ff"]
    heads = config["num_heads"]
    gated = config.get("is_gated_act", config["feed_forward_proj"].startswith("gated-"))
    shapes: Shapes = dict.fromkeys(T5_TABLE, (config["vocab_size"], width))
    shapes["encoder.final_layer_norm.weight"] = (width,)
    for number in range(config["num_layers"]):
        attention, forward = (f"encoder.block.{number}.layer.{half}" for half in (0, 1))
        for name in ("q", "k", "v"):
            shapes[f"{attention}.SelfAttention.{name}.weight"] = (heads * config["d_kv"], width)
        shapes[f"{attention}.SelfAttention.o.weight"] = (width, heads * config["d_kv"])
        for name in ("wi_0", "wi_1") if gated else ("wi",):
            shapes[f"{forward}.DenseReluDense.{name}.weight"] = (inner, width)
        shapes[f"{forward}.DenseReluDense.wo.weight"] = (width, inner)
        shapes |= {f"{half}.layer_norm.weight": (width,) for half in (attention, forward)}
    buckets = config["relative_attention_num_buckets"]
    bias = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
    return {**shapes, bias: (buckets, heads)}


def qwen(config: Config) -> Shapes:
    """Of the half that reads; newer files describe it one level down."""
    config = {**config, **config.get("text_config", {})}
    width, inner = config["hidden_size"], config["intermediate_size"]
    shared = width // config["num_attention_heads"] * config["num_key_value_heads"]
    shapes: Shapes = {
        "embed_tokens.weight": (config["vocab_size"], width),
        "norm.weight": (width,),
    }
    for number in range(config["num_hidden_layers"]):
        layer = f"layers.{number}"
        for name, wide in (("q", width), ("k", shared), ("v", shared)):
            shapes |= _with_bias(f"{layer}.self_attn.{name}_proj", wide, width)
        shapes[f"{layer}.self_attn.o_proj.weight"] = (width, width)
        shapes |= {f"{layer}.mlp.{name}_proj.weight": (inner, width) for name in ("gate", "up")}
        shapes[f"{layer}.mlp.down_proj.weight"] = (width, inner)
        for name in ("input_layernorm", "post_attention_layernorm"):
            shapes[f"{layer}.{name}.weight"] = (width,)
    return shapes


SHAPES: Mapping[str, Callable[[Config], Shapes]] = MappingProxyType(
    {"bert": bert, "t5": t5, "mt5": t5, "qwen2_vl": qwen}
)


def _with_bias(name: str, *shape: int) -> Shapes:
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
