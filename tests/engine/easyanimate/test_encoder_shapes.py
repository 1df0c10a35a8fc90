"""What a text encoder has to have: what its network has, and told when the model is loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.easyanimate import load_pipeline, loading
from engine.easyanimate.checkpoint import read_checkpoint
from engine.easyanimate.encoder_shapes import SHAPES
from engine.easyanimate.encoders import encoders_of
from engine.easyanimate.errors import CheckpointError
from tests.engine.easyanimate.cases import V5, V5_1
from tests.engine.easyanimate.variants import change_config, change_weights, copied

Change = Callable[[dict[str, Tensor]], object]

QWEN_OF_ONE_LEVEL_DOWN = {
    "hidden_size": 96,
    "intermediate_size": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 6,
    "num_key_value_heads": 3,
    "vocab_size": 50,
    "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]},
}


@pytest.mark.parametrize(
    ("checkpoint", "place", "changes"),
    [
        (V5, 0, {}),
        (V5, 0, {"num_hidden_layers": 5, "hidden_size": 64, "type_vocab_size": 3}),
        (V5, 1, {}),
        (V5, 1, {"feed_forward_proj": "relu", "is_gated_act": False, "num_layers": 3, "d_kv": 8}),
        (V5, 1, {"relative_attention_num_buckets": 16, "num_heads": 4}),
        (V5_1, 0, {}),
        (V5_1, 0, {"num_hidden_layers": 1, "num_key_value_heads": 1}),
        (V5_1, 0, {"text_config": QWEN_OF_ONE_LEVEL_DOWN}),
    ],
)
def test_the_shapes_are_those_of_the_network(
    checkpoint: Path, place: int, changes: dict[str, Any]
) -> None:
    encoder = encoders_of(read_checkpoint(checkpoint))[place]
    config = {**encoder.part.config, **changes}
    with torch.device("meta"):
        network = encoder.network(dict(config))
    wanted = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    assert SHAPES[config["model_type"]](config) == wanted


def lose(name: str) -> Change:
    return lambda tensors: tensors.pop(name)


def put(name: str, *shape: int) -> Change:
    return lambda tensors: tensors.update({name: torch.zeros(shape)})


@pytest.mark.parametrize(
    ("checkpoint", "part", "change", "words"),
    [
        (
            V5,
            "text_encoder",
            lose("encoder.layer.1.output.dense.bias"),
            "it lacks encoder.layer.1.output.dense.bias",
        ),
        (
            V5,
            "text_encoder",
            put("embeddings.word_embeddings.weight", 3, 32),
            "embeddings.word_embeddings.weight is 3×32 instead of 275×32",
        ),
        (V5, "text_encoder_2", lose("shared.weight"), "it lacks shared.weight"),
        (V5, "text_encoder_2", put("adapter.weight", 2), "nothing has a place for adapter.weight"),
        (
            V5_1,
            "text_encoder",
            lose("model.layers.2.mlp.up_proj.weight"),
            "it lacks layers.2.mlp.up_proj.weight",
        ),
    ],
)
def test_a_key_that_does_not_fit_is_named_before_any_weight_is_read(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    checkpoint: Path,
    part: str,
    change: Change,
    words: str,
) -> None:
    def never(*_: Any) -> Any:
        raise AssertionError("no weights are read")

    monkeypatch.setattr(loading, "load_transformer", never)
    damaged = copied(checkpoint, tmp_path / "model")
    change_weights(damaged, part, change)
    with pytest.raises(CheckpointError, match=words):
        load_pipeline(damaged, device="cpu")


@pytest.mark.parametrize("changes", [{"type_vocab_size": None}, {"model_type": None}])
def test_a_config_that_says_too_little_is_left_to_the_first_prompt(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    """Where the network takes its own defaults, and its weights tell."""
    vague = copied(V5, tmp_path / "model")
    change_config(vague, "text_encoder", **changes)
    load_pipeline(vague, device="cpu").encode_prompt("a wink")


def test_nonsense_in_a_config_is_told_by_the_network(tmp_path: Path) -> None:
    nonsense = copied(V5, tmp_path / "model")
    change_config(nonsense, "text_encoder", intermediate_size=-3)
    pipe = load_pipeline(nonsense, device="cpu")
    with pytest.raises(CheckpointError, match="makes no network"):
        pipe.encode_prompt("a wink")
