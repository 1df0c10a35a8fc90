"""Random checkpoints on disk: the tests' tiny one with networks of other sizes in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn
from transformers import BertConfig, BertModel, T5Config, T5EncoderModel

from bench.net_size import NetSize
from bench.networks import random_transformer

TINY = Path(__file__).parents[1] / "tests" / "data" / "easyanimate" / "v5-inp-tiny"
# blocks as the real encoders have them, a twelfth of their number
ENCODER_LAYERS = 2
BERT = {"num_attention_heads": 16, "intermediate_size": 4096, "num_hidden_layers": ENCODER_LAYERS}
T5 = {"num_heads": 32, "d_kv": 64, "d_ff": 5120, "num_layers": ENCODER_LAYERS}


def write_checkpoint(folder: Path, size: NetSize) -> Path:
    """V5 in diffusers' layout: the transformer in bfloat16, the encoders in float32, as published.

    Where the text is as wide as the tests' encoders make it, those are there.
    """
    shutil.copytree(TINY, folder)
    transformer = random_transformer(size, torch.device("cpu"), torch.bfloat16)
    _replace(folder / "transformer", transformer, size.config)
    bert, t5 = size.text_widths
    if _config(folder / "text_encoder")["hidden_size"] != bert:
        config = _config(folder / "text_encoder") | BERT | {"hidden_size": bert}
        network: nn.Module = BertModel(BertConfig.from_dict(config))
        _replace(folder / "text_encoder", network, config)
    if _config(folder / "text_encoder_2")["d_model"] != t5:
        config = _config(folder / "text_encoder_2") | T5 | {"d_model": t5}
        network = T5EncoderModel(T5Config.from_dict(config))
        _replace(folder / "text_encoder_2", network, config)
    return folder


def _config(folder: Path) -> dict[str, Any]:
    config: dict[str, Any] = json.loads((folder / "config.json").read_text())
    return config


def _replace(folder: Path, network: nn.Module, config: Mapping[str, Any]) -> None:
    (old,) = folder.glob("*.safetensors")
    (folder / "config.json").write_text(json.dumps(dict(config)))
    # parameters are named once, even where two layers share one
    save_file({name: one.detach() for name, one in network.named_parameters()}, old)
