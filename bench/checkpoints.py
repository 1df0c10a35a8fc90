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
from bench.networks import random_transformer, random_vae

TINY = Path(__file__).parents[1] / "tests" / "data" / "easyanimate" / "v5-inp-tiny"
ENCODER_LAYERS = 2  # a twelfth of the real encoders' number
# blocks as they have them
BERT = {"num_attention_heads": 16, "intermediate_size": 4096}
T5 = {"num_heads": 32, "d_kv": 64, "d_ff": 5120}


def write_checkpoint(
    folder: Path,
    size: NetSize,
    encoder_layers: int = ENCODER_LAYERS,
    vae_channels: tuple[int, ...] = (),
) -> Path:
    """V5 in diffusers' layout: the transformer in bfloat16, the encoders in float32, as published.

    Where the text is as wide as the tests' encoders make it, those are there; so is their VAE,
    unless it is to have other channels.
    """
    shutil.copytree(TINY, folder)
    transformer = random_transformer(size, torch.device("cpu"), torch.bfloat16)
    _replace(folder / "transformer", transformer, size.config)
    bert, t5 = size.text_widths
    if _config(folder / "text_encoder")["hidden_size"] != bert:
        wanted = BERT | {"hidden_size": bert, "num_hidden_layers": encoder_layers}
        config = _config(folder / "text_encoder") | wanted
        network: nn.Module = BertModel(BertConfig.from_dict(config))
        _replace(folder / "text_encoder", network, config)
    if _config(folder / "text_encoder_2")["d_model"] != t5:
        wanted = T5 | {"d_model": t5, "num_layers": encoder_layers}
        config = _config(folder / "text_encoder_2") | wanted
        network = T5EncoderModel(T5Config.from_dict(config))
        _replace(folder / "text_encoder_2", network, config)
    if vae_channels:
        config = _config(folder / "vae") | {"block_out_channels": list(vae_channels)}
        _replace(folder / "vae", random_vae(vae_channels), config, torch.bfloat16)
    return folder


def _config(folder: Path) -> dict[str, Any]:
    config: dict[str, Any] = json.loads((folder / "config.json").read_text())
    return config


def _replace(
    folder: Path,
    network: nn.Module,
    config: Mapping[str, Any],
    dtype: torch.dtype | None = None,
) -> None:
    (old,) = folder.glob("*.safetensors")
    (folder / "config.json").write_text(json.dumps(dict(config)))
    # parameters are named once, even where two layers share one
    save_file({name: one.detach().to(dtype) for name, one in network.named_parameters()}, old)
