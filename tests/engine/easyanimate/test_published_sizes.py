"""The networks in their full size, without weights."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from diffusers.models.transformers.transformer_easyanimate import EasyAnimateTransformer3DModel
from safetensors.torch import load_file

from engine.easyanimate.checkpoint import Part, read_checkpoint
from engine.easyanimate.layouts import to_diffusers, to_original
from engine.easyanimate.weights import empty
from tests.engine.easyanimate.cases import V5, V5_1
from tests.engine.easyanimate.variants import weights

SIZES = [
    (V5, 36, 18, 6_813_097_536),
    (V5_1, 36, 18, 6_814_670_912),
    (V5, 48, 48, 11_797_692_480),
    (V5_1, 48, 48, 11_799_265_856),
]


def full_size(path: Path, layers: int, mmdit_layers: int) -> Part:
    part = read_checkpoint(path).transformer
    widths = {"text_embed_dim": 1024, "text_embed_dim_t5": 2048} if path == V5 else {}
    config = {
        **part.config,
        "num_layers": layers,
        "mmdit_layers": mmdit_layers,
        "num_attention_heads": 48,
        "attention_head_dim": 64,
        "time_embed_dim": 512,
        **({"text_embed_dim": 3584} | widths),
    }
    return Part(part.folder, config, part.files)


def original_names(path: Path, layers: int, mmdit_layers: int) -> set[str]:
    """As the reference would store a network of this depth: blocks 0 and 3 of the tiny one."""
    names = set()
    for name in load_file(weights(path)):
        kind = re.match(r"transformer_blocks\.(\d)\.(.+)", name)
        if kind is None:
            names.add(name)
        elif kind[1] in "03":
            blocks = range(mmdit_layers) if kind[1] == "0" else range(mmdit_layers, layers)
            names |= {f"transformer_blocks.{block}.{kind[2]}" for block in blocks}
    return names


@pytest.mark.parametrize(("path", "layers", "mmdit_layers", "parameters"), SIZES)
def test_the_published_sizes_have_as_many_parameters_and_every_key_has_its_place(
    path: Path, layers: int, mmdit_layers: int, parameters: int
) -> None:
    network = empty(EasyAnimateTransformer3DModel, full_size(path, layers, mmdit_layers))
    assert sum(tensor.numel() for tensor in network.parameters()) == parameters
    names = original_names(path, layers, mmdit_layers)
    renamed = {to_diffusers(name) for name in names}
    assert renamed == network.state_dict().keys()
    assert {to_original(name) for name in renamed} == names
