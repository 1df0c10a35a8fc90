"""A folder that is no model of ours is named in one sentence, with what to do instead."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.engine.easyanimate.cases import case
from tests.engine.easyanimate.variants import change_config, change_weights, refusal, weights


def test_a_path_that_is_nothing_or_a_file(tmp_path: Path, v5_path: Path) -> None:
    assert "there is no folder" in refusal(tmp_path / "nowhere")
    assert "is a file" in refusal(v5_path / "model_index.json")
    assert "one file of weights" in refusal(weights(v5_path))
    lora = case("v5-start_lora").loras[0][0]
    assert "is a LoRA" in refusal(lora)


def test_an_empty_folder_and_one_of_other_things(tmp_path: Path) -> None:
    assert "is empty" in refusal(tmp_path)
    (tmp_path / "holiday.jpg").touch()
    assert "holds no model" in refusal(tmp_path)


def test_a_folder_with_only_a_lora(tmp_path: Path) -> None:
    shutil.copy(case("v5-start_lora").loras[0][0], tmp_path)
    assert "LORA=" in refusal(tmp_path)


def test_the_folder_around_a_model_names_the_one_inside(v5: Path) -> None:
    assert f"give {v5}" in refusal(v5.parent)


def test_a_hub_cache_names_its_snapshot(v5: Path, tmp_path: Path) -> None:
    repository = tmp_path / "models--a--b"
    snapshot = repository / "snapshots" / "0123"
    snapshot.parent.mkdir(parents=True)
    v5.rename(snapshot)
    assert f"give {snapshot}" in refusal(repository)


def test_the_transformer_alone(v5: Path, tmp_path: Path) -> None:
    assert "the transformer alone" in refusal(v5 / "transformer")
    bare = tmp_path / "bare"
    bare.mkdir()
    (v5 / "transformer").rename(bare / "transformer")
    assert "lacks vae/config.json, text_encoder/config.json" in refusal(bare)


@pytest.mark.parametrize("kind", ["clip_vision_model", "clip"])
def test_an_image_encoder(tmp_path: Path, kind: str) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": kind}))
    assert f"one network alone ({kind})" in refusal(tmp_path)


def test_stable_diffusion(v5: Path) -> None:
    (v5 / "transformer").rename(v5 / "unet")
    assert "Stable Diffusion" in refusal(v5)


def other_class(name: str) -> Callable[[Path], None]:
    return lambda path: change_config(path, "transformer", _class_name=name)


def reads(channels: int) -> Callable[[Path], None]:
    """Another task by its weights: the config keeps quiet."""

    def change(path: Path) -> None:
        change_config(path, "transformer", in_channels=None)
        patches = torch.zeros(64, channels, 2, 2)
        change_weights(
            path, "transformer", lambda tensors: tensors.update({"proj.weight": patches})
        )

    return change


def without_text_projection(path: Path) -> None:
    def change(tensors: dict[str, torch.Tensor]) -> None:
        for name in [name for name in tensors if name.startswith("text_proj.")]:
            tensors[name.replace("text_proj", "text_embedder")] = tensors.pop(name)

    change_weights(path, "transformer", change)


def add(part: str, name: str) -> Callable[[Path], None]:
    return lambda path: change_weights(
        path, part, lambda tensors: tensors.update({name: torch.zeros(2)})
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda path: change_config(path, "transformer", in_channels=48), "Control model"),
        (reads(48), "Control model"),
        (add("transformer", "control_blocks.0.weight"), "Control model"),
        (lambda path: change_config(path, "transformer", in_channels=16), "text-to-video model"),
        (reads(16), "text-to-video model"),
        (lambda path: change_config(path, "transformer", in_channels=36), "of another task"),
        (other_class("HunyuanTransformer3DModel"), "V4 or older"),
        (other_class("CogVideoXTransformer3DModel"), "of another model (CogVideoX"),
        (without_text_projection, "V4 or older"),
        (lambda path: change_config(path, "transformer", swa_layers=[0, 2]), "swa_layers"),
        (lambda path: change_config(path, "transformer", clip_channels=768), "through CLIP"),
    ],
)
def test_other_models_are_named(v5: Path, change: Callable[[Path], None], words: str) -> None:
    change(v5)
    sentence = refusal(v5)
    assert words in sentence
    assert "EasyAnimateV5-7b-zh-InP" in sentence, "it doesn't say what to get instead"


def test_weights_of_both_layouts_in_one_folder(v5_1: Path) -> None:
    both = "transformer_blocks.0.attn1.add_q_proj.weight"
    add("transformer", both)(v5_1)
    assert "in 2 layouts" in refusal(v5_1)


def test_two_copies_of_the_weights_in_one_folder(v5: Path) -> None:
    whole = weights(v5)
    shutil.copy(whole, whole.with_name("model.fp16.safetensors"))
    whole.rename(whole.with_name("model.bf16.safetensors"))
    assert "two copies" in refusal(v5)


def test_an_encoder_of_the_other_family(v5: Path, v5_1_path: Path) -> None:
    shutil.rmtree(v5 / "text_encoder")
    shutil.copytree(v5_1_path / "text_encoder", v5 / "text_encoder")
    assert "is qwen2_vl of width 64, but the transformer is of V5" in refusal(v5)


@pytest.mark.parametrize(
    ("part", "change"),
    [("text_encoder", {"hidden_size": 48}), ("text_encoder_2", {"d_model": 64})],
)
def test_an_encoder_of_another_size(v5: Path, part: str, change: dict[str, object]) -> None:
    change_config(v5, part, **change)
    assert f"of width {next(iter(change.values()))}, but the transformer" in refusal(v5)


def test_a_scheduler_of_the_other_family(v5: Path, v5_1_path: Path) -> None:
    shutil.copy(v5_1_path / "scheduler" / "scheduler_config.json", v5 / "scheduler")
    assert "scheduler of another model" in refusal(v5)


@pytest.mark.parametrize(
    "change", [{"slice_mag_vae": True}, {"latent_channels": 4}, {"cache_mag_vae": False}]
)
def test_a_vae_of_an_older_version(v5: Path, change: dict[str, object]) -> None:
    change_config(v5, "vae", **change)
    assert "another EasyAnimate's" in refusal(v5)
