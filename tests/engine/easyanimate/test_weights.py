"""Weights arrive whole, under the right names, or not at all."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from diffusers.models.autoencoders.autoencoder_kl_magvit import AutoencoderKLMagvit
from diffusers.models.transformers.transformer_easyanimate import EasyAnimateTransformer3DModel
from safetensors.torch import load_file
from torch import Tensor, nn

from engine.easyanimate.checkpoint import read_checkpoint
from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.weights import Source, empty, load_strictly, load_transformer, load_vae
from tests.engine.easyanimate.cases import V5, V5_1
from tests.engine.easyanimate.variants import (
    TEXT_STREAM,
    change_config,
    change_weights,
    copied,
    shard,
    to_diffusers_layout,
    weights,
)

CPU = torch.device("cpu")
Change = Callable[[dict[str, Tensor]], object]


def transformer(path: Path, dtype: torch.dtype = torch.float32) -> EasyAnimateTransformer3DModel:
    return load_transformer(read_checkpoint(path), CPU, dtype)


def vae(path: Path, dtype: torch.dtype = torch.float32) -> AutoencoderKLMagvit:
    return load_vae(read_checkpoint(path), CPU, dtype)


def same(one: nn.Module, other: nn.Module) -> bool:
    ours, theirs = one.state_dict(), other.state_dict()
    return ours.keys() == theirs.keys() and all(torch.equal(ours[key], theirs[key]) for key in ours)


@pytest.mark.parametrize("path", [V5, V5_1])
def test_every_stored_tensor_arrives_in_its_place(path: Path) -> None:
    loaded = transformer(path).state_dict()
    stored = load_file(weights(path))
    assert len(loaded) == len(stored)
    for name, tensor in stored.items():
        for original, diffusers in TEXT_STREAM.items():
            name = name.replace(original, diffusers)
        assert torch.equal(loaded[name], tensor), name


@pytest.mark.parametrize("path", [V5, V5_1])
def test_both_layouts_are_the_same_network(path: Path, tmp_path: Path) -> None:
    converted = to_diffusers_layout(copied(path, tmp_path / "model"))
    assert same(transformer(path), transformer(converted))


@pytest.mark.parametrize("index", [True, False])
def test_shards_are_the_same_network(v5_path: Path, tmp_path: Path, index: bool) -> None:
    sharded = copied(v5_path, tmp_path / "model")
    shard(sharded, "transformer", 4, index)
    shard(sharded, "vae", 2, index)
    assert same(transformer(v5_path), transformer(sharded))
    assert same(vae(v5_path), vae(sharded))


def test_a_network_comes_ready_to_be_used(v5_path: Path) -> None:
    for network in (transformer(v5_path, torch.bfloat16), vae(v5_path, torch.bfloat16)):
        assert not network.training
        tensors = list(network.parameters())
        assert {tensor.dtype for tensor in tensors} == {torch.bfloat16}
        assert {tensor.device.type for tensor in tensors} == {"cpu"}
        assert not any(tensor.requires_grad for tensor in tensors)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells what is mapped")
def test_weights_that_need_no_cast_stay_mapped_from_their_file(v5_path: Path) -> None:
    first = next(transformer(v5_path).parameters())
    mapped = [
        re.match(r"(\w+)-(\w+) .*?(\S*)$", line.strip())
        for line in Path("/proc/self/maps").read_text().splitlines()
    ]
    file = next(
        match[3]
        for match in mapped
        if match and int(match[1], 16) <= first.data_ptr() < int(match[2], 16)
    )
    assert file == str(weights(v5_path))


def test_of_what_is_cast_no_second_copy_of_the_network_ever_exists(v5_path: Path) -> None:
    """Each stored tensor is gone when the next one comes."""
    alive: list[weakref.ref[Tensor]] = []
    most = 0

    def watch(_name: str, tensor: Tensor) -> Tensor:
        nonlocal most
        alive.append(weakref.ref(tensor))
        most = max(most, sum(one() is not None for one in alive))
        return tensor

    part = read_checkpoint(v5_path).vae
    network = empty(AutoencoderKLMagvit, part)
    load_strictly(network, Source(part, edit=watch), CPU, torch.bfloat16)
    assert len(alive) == len(load_file(weights(v5_path, "vae")))
    assert most <= 2


def test_the_vae_takes_as_many_frames_at_a_time_as_its_config_says(
    v5_path: Path, tmp_path: Path
) -> None:
    changed = copied(v5_path, tmp_path / "model")
    change_config(changed, "vae", mini_batch_encoder=8, mini_batch_decoder=2)
    network = vae(changed)
    assert (network.num_sample_frames_batch_size, network.num_latent_frames_batch_size) == (8, 2)
    change_config(changed, "vae", mini_batch_encoder=None, mini_batch_decoder=None)
    network = vae(changed)
    assert (network.num_sample_frames_batch_size, network.num_latent_frames_batch_size) == (4, 1)


def lose(name: str) -> Change:
    return lambda tensors: tensors.pop(name)


def put(name: str, *shape: int) -> Change:
    return lambda tensors: tensors.update({name: torch.zeros(shape)})


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("transformer", lose("proj_out.bias"), "it lacks proj_out.bias"),
        (
            "transformer",
            lose("transformer_blocks.1.attn2.to_out.0.weight"),
            "it lacks transformer_blocks.1.attn2.to_out.0.weight",
        ),
        ("transformer", put("ref_proj.weight", 2), "nothing has a place for ref_proj.weight"),
        (
            "transformer",
            put("transformer_blocks.3.attn2.to_q.weight", 64, 64),
            "nothing has a place for transformer_blocks.3.attn2.to_q.weight",
        ),
        (
            "transformer",
            put("proj.weight", 64, 34, 2, 2),
            "proj.weight is 64×34×2×2 instead of 64×33",
        ),
        ("transformer", put("norm_final.weight", 63), "norm_final.weight is 63 instead of 64"),
        (
            "transformer",
            lambda tensors: tensors.update(
                {"norm_final.weight": torch.zeros(64, dtype=torch.int8)}
            ),
            "norm_final.weight is stored as I8",
        ),
        ("vae", lose("quant_conv.bias"), "it lacks quant_conv.bias"),
        ("vae", put("loss.logvar", 1), "nothing has a place for loss.logvar"),
        ("vae", put("decoder.conv_out.bias", 4), "decoder.conv_out.bias is 4 instead of 3"),
    ],
)
def test_a_key_that_is_missing_unexpected_or_misshapen_is_named(
    v5_path: Path, tmp_path: Path, part: str, change: Change, words: str
) -> None:
    broken = copied(v5_path, tmp_path / "model")
    change_weights(broken, part, change)
    with pytest.raises(CheckpointError) as caught:
        (transformer if part == "transformer" else vae)(broken)
    assert words in str(caught.value)
    assert str(broken / part) in str(caught.value)


def test_a_key_of_the_other_layout_is_named_as_the_file_would_have_it(
    v5_path: Path, tmp_path: Path
) -> None:
    broken = to_diffusers_layout(copied(v5_path, tmp_path / "model"))
    change_weights(broken, "transformer", lose("transformer_blocks.0.attn1.add_q_proj.bias"))
    with pytest.raises(CheckpointError, match=r"lacks transformer_blocks.0.attn1.add_q_proj.bias"):
        transformer(broken)


def test_of_many_missing_keys_a_few_are_named_and_the_rest_counted(
    v5_path: Path, tmp_path: Path
) -> None:
    broken = copied(v5_path, tmp_path / "model")
    change_config(broken, "transformer", num_layers=5)
    with pytest.raises(
        CheckpointError, match=r"it lacks (transformer_blocks\.4\S+ ){3}and 21 more"
    ):
        transformer(broken)


@pytest.mark.parametrize(
    "change", [{"time_embed_dim": "four"}, {"in_channels": None}, {"activation_fn": "sigh"}]
)
def test_a_config_that_makes_no_network_is_named(
    v5_path: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    broken = copied(v5_path, tmp_path / "model")
    change_config(broken, "transformer", **change)
    with pytest.raises(CheckpointError, match=r"transformer/config\.json makes no network"):
        transformer(broken)
