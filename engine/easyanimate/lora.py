"""LoRAs in the reference's key format, merged into the weights as they are loaded.

A file has, for each layer that it changes, `lora_unet__<path>.lora_down.weight`, `.lora_up.weight`
and mostly `.alpha`, the path being the layer's in the reference, its dots written as `_`. The layer
becomes weight + strength · alpha / rank · up · down (Hu et al., arXiv 2106.09685), in float32.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, prod
from numbers import Real
from pathlib import Path

import structlog
import torch
from safetensors import safe_open
from torch import Tensor

from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.layouts import Layout, to_original
from engine.easyanimate.tensor_files import StoredTensor, read_header

log = structlog.get_logger(__name__)

PREFIX = "lora_unet__"
TEXT_ENCODER = "lora_te"
DOWN, UP, ALPHA = "lora_down.weight", "lora_up.weight", "alpha"
FORMAT = f"this engine reads the reference's format, {PREFIX}….{DOWN}"


@dataclass(frozen=True, slots=True)
class Change:
    """What one LoRA does to one layer; `layer` is its name in the file."""

    file: Path
    layer: str
    strength: float
    has_alpha: bool

    def delta(self, device: torch.device) -> Tensor:
        """strength · alpha / rank · up · down, (out, in) float32."""
        with safe_open(self.file, framework="pt", device=str(device)) as opened:
            down: Tensor = opened.get_tensor(f"{self.layer}.{DOWN}").float().flatten(1)
            up: Tensor = opened.get_tensor(f"{self.layer}.{UP}").float().flatten(1)
            alpha = opened.get_tensor(f"{self.layer}.{ALPHA}").item() if self.has_alpha else None
        scale = 1.0 if alpha is None else alpha / len(down)
        return self.strength * scale * (up @ down)


class Loras:
    """The changes of several LoRAs, by the stored name of the weight that they change.

    `stored` are the transformer's tensors in `layout`. Raises `CheckpointError`, naming file and
    key, for a file of another kind, a layer that the transformer lacks, or one of another shape;
    `ValueError` for a strength that is no number.
    """

    def __init__(
        self,
        loras: Sequence[tuple[Path, float]],
        stored: Mapping[str, StoredTensor],
        layout: Layout,
    ) -> None:
        weights = _weights_by_layer(stored, layout)
        self._changes: dict[str, list[Change]] = {}
        for file, strength in loras:
            if not isinstance(strength, Real) or not isfinite(strength):
                raise ValueError(f"the strength of LoRA {file} is a number, not {strength!r}")
            layers = _layers(file)
            for layer, tensors in layers.items():
                if layer not in weights:
                    raise CheckpointError(
                        f"LoRA {file} changes {layer}, which this model doesn't have: it was made "
                        "for another one"
                    )
                _refuse_misfit(file, layer, tensors, stored[weights[layer]])
                change = Change(file, layer, strength, ALPHA in tensors)
                self._changes.setdefault(weights[layer], []).append(change)
            log.info("lora.merged", file=str(file), strength=strength, layers=len(layers))

    def edit(self, name: str, weight: Tensor) -> Tensor:
        """The stored tensor `name`, in float32 where a LoRA changes it."""
        for change in self._changes.get(name, ()):
            weight = weight.float() + change.delta(weight.device).reshape(weight.shape)
        return weight


def _weights_by_layer(stored: Mapping[str, StoredTensor], layout: Layout) -> dict[str, str]:
    """The stored name of each layer's weight, by what a LoRA calls the layer."""
    weights = {}
    for name in stored:
        original = to_original(name) if layout is Layout.DIFFUSERS else name
        if original.endswith(".weight"):
            weights[PREFIX + original.removesuffix(".weight").replace(".", "_")] = name
    return weights


def _layers(file: Path) -> dict[str, dict[str, StoredTensor]]:
    """The tensors of a file by layer and kind; those for text encoders are left out, with a word.

    The prompt's embeddings are made, and kept on disk, without LoRAs.
    """
    if not file.is_file():
        raise CheckpointError(f"there is no LoRA {file}: give the path of a .safetensors file")
    layers: dict[str, dict[str, StoredTensor]] = {}
    left_out = 0
    for key, tensor in read_header(file).items():
        layer, _, kind = key.partition(".")
        if layer.startswith(TEXT_ENCODER):
            left_out += 1
        elif not layer.startswith(PREFIX) or kind not in (DOWN, UP, ALPHA):
            raise CheckpointError(f"{file} is no LoRA for this engine, it has {key}: {FORMAT}")
        else:
            layers.setdefault(layer, {})[kind] = tensor
    if not layers:
        raise CheckpointError(f"{file} changes nothing in the transformer: {FORMAT}")
    if left_out:
        log.warning("lora.text_encoder_left_out", file=str(file), tensors=left_out)
    return layers


def _refuse_misfit(
    file: Path, layer: str, tensors: Mapping[str, StoredTensor], weight: StoredTensor
) -> None:
    for kind in (DOWN, UP):
        if kind not in tensors:
            raise CheckpointError(f"LoRA {file} lacks {layer}.{kind}: get the file again")
    if ALPHA in tensors and tensors[ALPHA].parameters != 1:
        raise CheckpointError(
            f"LoRA {file} is damaged, {layer}.{ALPHA} is {tensors[ALPHA].parameters} numbers "
            "instead of one: get the file again"
        )
    down, up = _matrix(tensors[DOWN].shape), _matrix(tensors[UP].shape)
    wanted = _matrix(weight.shape)
    if (up[0], down[1]) != wanted or up[1] != down[0] or not down[0]:
        raise CheckpointError(
            f"LoRA {file} was made for a model of another size: {layer} is {up[0]}×{up[1]} times "
            f"{down[0]}×{down[1]} for a weight of {wanted[0]}×{wanted[1]}"
        )


def _matrix(shape: tuple[int, ...]) -> tuple[int, int]:
    """(out, in) of a layer's weight, a convolution's read as the reference does."""
    return (shape[0], prod(shape[1:])) if shape else (0, 0)
