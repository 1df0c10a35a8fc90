"""The tiny checkpoints, copied and changed: other layouts, shards, and what goes wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.easyanimate.checkpoint import read_checkpoint
from engine.easyanimate.errors import CheckpointError

WEIGHTS = {
    "transformer": "diffusion_pytorch_model",
    "vae": "diffusion_pytorch_model",
    "text_encoder": "model",
    "text_encoder_2": "model",
}

# written here a second time, so that the engine's own table is checked against something
TEXT_STREAM = {
    "attn2.to_q.": "attn1.add_q_proj.",
    "attn2.to_k.": "attn1.add_k_proj.",
    "attn2.to_v.": "attn1.add_v_proj.",
    "attn2.to_out.0.": "attn1.to_add_out.",
    "attn2.norm_q.": "attn1.norm_added_q.",
    "attn2.norm_k.": "attn1.norm_added_k.",
}


def copied(checkpoint: Path, to: Path) -> Path:
    return Path(shutil.copytree(checkpoint, to))


def weights(checkpoint: Path, part: str = "transformer") -> Path:
    return checkpoint / part / f"{WEIGHTS[part]}.safetensors"


def change_weights(
    checkpoint: Path, part: str, change: Callable[[dict[str, Tensor]], object]
) -> None:
    file = weights(checkpoint, part)
    # copies, since the file that they are mapped from is written over
    tensors = {name: tensor.clone() for name, tensor in load_file(file).items()}
    change(tensors)
    save_file(tensors, file)


def change_config(checkpoint: Path, part: str, **changes: Any) -> None:
    """Set keys of a config; None takes one out."""
    name = "scheduler_config.json" if part == "scheduler" else "config.json"
    file = checkpoint / part / name
    config = {**json.loads(file.read_text()), **changes}
    file.write_text(json.dumps({key: value for key, value in config.items() if value is not None}))


def to_diffusers_layout(checkpoint: Path) -> Path:
    """Rename the text stream's tensors as diffusers' conversion does."""

    def rename(tensors: dict[str, Tensor]) -> None:
        for name in list(tensors):
            tensors[_diffusers_name(name)] = tensors.pop(name)

    change_weights(checkpoint, "transformer", rename)
    return checkpoint


def _diffusers_name(name: str) -> str:
    for original, diffusers in TEXT_STREAM.items():
        name = name.replace(original, diffusers)
    return name


def shard(checkpoint: Path, part: str, count: int = 3, index: bool = True) -> list[Path]:
    """Split a part's weights into `count` files, with an index or without."""
    whole = weights(checkpoint, part)
    tensors = load_file(whole)
    names = sorted(tensors)
    files, weight_map = [], {}
    for number in range(count):
        file = whole.with_name(f"{whole.stem}-{number + 1:05}-of-{count:05}.safetensors")
        mine = names[number::count]
        save_file({name: tensors[name] for name in mine}, file)
        weight_map.update(dict.fromkeys(mine, file.name))
        files.append(file)
    if index:
        listed = json.dumps({"metadata": {}, "weight_map": weight_map})
        whole.with_suffix(".safetensors.index.json").write_text(listed)
    whole.unlink()
    return files


def refusal(path: Path) -> str:
    """The one sentence that reading it ends with."""
    with pytest.raises(CheckpointError) as caught:
        read_checkpoint(path)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert str(path) in sentence, "it doesn't say which folder"
    return sentence
