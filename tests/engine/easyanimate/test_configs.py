"""Numbers in a config that can't be: told of before any weight is read, by their key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.easyanimate.checkpoint import read_checkpoint
from engine.easyanimate.errors import CheckpointError
from tests.engine.easyanimate import cases
from tests.engine.easyanimate.variants import change_config, copied


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return copied(cases.V5, tmp_path / "model")


@pytest.mark.parametrize(
    ("part", "key", "value", "what"),
    [
        ("transformer", "num_layers", 0, "a count"),
        ("transformer", "num_layers", "four", "a count"),
        ("transformer", "num_attention_heads", True, "a count"),
        ("transformer", "attention_head_dim", 24, "a multiple of 16"),
        ("transformer", "attention_head_dim", "x", "a multiple of 16"),
        ("transformer", "patch_size", 4, "1 or 2"),
        ("transformer", "norm_eps", "x", "a positive number"),
        ("vae", "block_out_channels", [], "a list of counts"),
        ("vae", "block_out_channels", "x", "a list of counts"),
        ("vae", "scaling_factor", 0, "a positive number"),
        ("vae", "scaling_factor", float("nan"), "a positive number"),
        ("vae", "mini_batch_encoder", 3, "a multiple of 4"),
        ("vae", "mini_batch_decoder", -1, "a count"),
    ],
)
def test_a_number_that_can_not_be_is_told_by_its_key(
    model: Path, part: str, key: str, value: Any, what: str
) -> None:
    change_config(model, part, **{key: value})
    with pytest.raises(CheckpointError) as caught:
        read_checkpoint(model)
    sentence = f"{model / part}/config.json is damaged, {key} is {value!r} instead of {what}"
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("part", ["transformer", "vae"])
def test_a_config_that_says_nothing(model: Path, part: str) -> None:
    (model / part / "config.json").write_text("{}")
    with pytest.raises(CheckpointError, match=f"{part}/config.json is damaged, it lacks"):
        read_checkpoint(model)
