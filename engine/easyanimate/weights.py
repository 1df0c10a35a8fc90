"""Weights from safetensors files into networks: strictly, and without a second copy in memory.

A network is built with empty parameters; each tensor goes from its file straight to the device,
is cast there, and becomes the parameter. Two copies exist of one tensor at a time.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import torch
from accelerate import init_empty_weights  # type: ignore[import-untyped]
from diffusers.models.autoencoders.autoencoder_kl_magvit import AutoencoderKLMagvit
from diffusers.models.transformers.transformer_easyanimate import EasyAnimateTransformer3DModel
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from engine.easyanimate.checkpoint import Checkpoint, Part
from engine.easyanimate.errors import CheckpointError, told_shortly
from engine.easyanimate.layouts import Layout, to_diffusers, to_original
from engine.easyanimate.lora import Loras
from engine.easyanimate.tensor_files import AGAIN, StoredTensor, read_header, read_headers

Network = TypeVar("Network", bound=nn.Module)
FLOATING = ("F", "BF")  # what safetensors' names of such dtypes begin with
NAMED = 3  # of the keys that don't fit, a sentence names so many


@dataclass(frozen=True, slots=True)
class Source:
    """Where a network's tensors come from, and what becomes of them on the way.

    `rename` gives the network's name for a stored one, None for what it has no use for, and
    `stored_name` the way back, so that a missing key is named as its file would. `edit` gets the
    stored name and the tensor as it is stored, on the device. `keeps_float32` says, by the
    network's name, what isn't cast to the dtype.
    """

    part: Part
    rename: Callable[[str], str | None] = field(default=lambda name: name)
    stored_name: Callable[[str], str] = field(default=lambda name: name)
    edit: Callable[[str, Tensor], Tensor] = field(default=lambda _, tensor: tensor)
    keeps_float32: Callable[[str], bool] = field(default=lambda _: False)


def load_transformer(
    checkpoint: Checkpoint,
    device: torch.device,
    dtype: torch.dtype,
    loras: Sequence[tuple[Path, float]] = (),
) -> EasyAnimateTransformer3DModel:
    """The denoising network, with each LoRA (file, weight) merged into it.

    Raises `CheckpointError` for what doesn't fit, in the checkpoint or in a LoRA.
    """
    part = checkpoint.transformer
    model: EasyAnimateTransformer3DModel = empty(EasyAnimateTransformer3DModel, part)
    stored = read_headers(part.files)
    merged = Loras(loras, stored, checkpoint.layout)
    source = Source(part, edit=merged.edit)
    if checkpoint.layout is Layout.ORIGINAL:
        source = replace(source, rename=to_diffusers, stored_name=to_original)
    load_strictly(model, source, device, dtype)
    return model


def load_vae(
    checkpoint: Checkpoint, device: torch.device, dtype: torch.dtype
) -> AutoencoderKLMagvit:
    """The VAE, which takes as many frames at a time as its config says."""
    part = checkpoint.vae
    model: AutoencoderKLMagvit = empty(AutoencoderKLMagvit, part)
    load_strictly(model, Source(part), device, dtype)
    model.num_sample_frames_batch_size = part.config.get("mini_batch_encoder", 4)
    model.num_latent_frames_batch_size = part.config.get("mini_batch_decoder", 1)
    return model


def empty(network: type[Network], part: Part) -> Network:
    """A network of diffusers as `part` has it, its parameters on the meta device.

    Raises `CheckpointError` for a config that makes none.
    """
    known = inspect.signature(network).parameters
    config = {key: value for key, value in part.config.items() if key in known}
    try:
        with init_empty_weights(include_buffers=False):
            return network(**config)
    except Exception as error:  # nonsense in a config fails in as many ways
        why = f"{part.folder}/config.json makes no network ({told_shortly(error)}): {AGAIN}"
        raise CheckpointError(why) from error


def load_strictly(
    model: nn.Module, source: Source, device: torch.device, dtype: torch.dtype
) -> None:
    """Fill `model`, whose parameters are on the meta device, and set it to inference.

    Floating-point tensors become `dtype`; on the CPU one that has it already stays mapped from
    its file. Buffers that aren't stored keep their values and follow to the device. Raises
    `CheckpointError`, naming them, for keys that are missing, unexpected or misshapen.
    """
    twins = _twins(model)
    names = refuse_misfits(source, model.state_dict(), twins)
    for name, tensor in _tensors(source, names, device):
        kind = torch.float32 if source.keeps_float32(name) else dtype
        value = tensor.to(kind) if tensor.is_floating_point() else tensor
        _put(model, twins[name], value)
    model.to(device)  # buffers that no file holds
    model.eval().requires_grad_(False)


def _names(
    stored: Mapping[str, StoredTensor], rename: Callable[[str], str | None]
) -> dict[str, str]:
    """The network's names of the stored tensors that it has a use for."""
    renamed = {name: rename(name) for name in stored}
    return {name: wanted for name, wanted in renamed.items() if wanted is not None}


def _twins(model: nn.Module) -> dict[str, list[str]]:
    """For each name all names of the same tensor: tied weights need to be stored only once."""
    by_tensor: dict[int, list[str]] = {}
    wanted = model.state_dict(keep_vars=True)
    for name, tensor in wanted.items():
        by_tensor.setdefault(id(tensor), []).append(name)
    return {name: by_tensor[id(tensor)] for name, tensor in wanted.items()}


def refuse_misfits(
    source: Source, wanted: Mapping[str, Tensor], twins: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """The network's names of the stored tensors that it has a use for, by the stored ones.

    `wanted` are the network's own, by name; `twins` are all names of the same
    tensor, of which one has to be stored. Raises `CheckpointError` as `load_strictly` does.
    """
    stored = read_headers(source.part.files)
    names = _names(stored, source.rename)
    found = set(names.values())
    missing = [source.stored_name(name) for name in wanted if found.isdisjoint(twins[name])]
    unexpected = [name for name, to in names.items() if to not in wanted]
    misfits = [
        _misfit(name, stored[name], wanted[to]) for name, to in names.items() if to in wanted
    ]
    complaints = [
        *_complaint("it lacks ", missing),
        *_complaint("nothing has a place for ", unexpected),
        *_complaint("", list(filter(None, misfits))),
    ]
    if complaints:
        raise CheckpointError(
            f"the weights in {source.part.folder} don't fit its config.json: "
            f"{'; '.join(complaints)}; {AGAIN}"
        )
    return names


def _misfit(name: str, stored: StoredTensor, wanted: Tensor) -> str | None:
    if stored.shape != tuple(wanted.shape):
        return f"{name} is {_shape(stored.shape)} instead of {_shape(wanted.shape)}"
    if wanted.is_floating_point() != stored.dtype.startswith(FLOATING):
        return f"{name} is stored as {stored.dtype}, which is quantised or broken"
    return None


def _complaint(what: str, keys: Sequence[str]) -> list[str]:
    if not keys:
        return []
    more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
    return [what + ", ".join(keys[:NAMED]) + more]


def _shape(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "one number"


def _tensors(
    source: Source, names: Mapping[str, str], device: torch.device
) -> Iterator[tuple[str, Tensor]]:
    """By the network's names, in the order of the files' bytes, so that disks read forwards."""
    for file in source.part.files:
        try:
            with safe_open(file, framework="pt", device=str(device)) as opened:
                for name in read_header(file):
                    if name in names:
                        yield names[name], source.edit(name, opened.get_tensor(name))
        except (OSError, SafetensorError) as error:
            raise CheckpointError(f"{file} can't be read ({error}): {AGAIN}") from error


def _put(model: nn.Module, names: Sequence[str], value: Tensor) -> None:
    """Make `value` the parameter or buffer of these (tied) names."""
    for name in names:
        owner, _, leaf = name.rpartition(".")
        module = model.get_submodule(owner)
        if leaf in module._parameters and not isinstance(value, nn.Parameter):
            value = nn.Parameter(value, requires_grad=False)
        setattr(module, leaf, value)
