"""A model's folder is known by what is in it, and anything else is named in one sentence."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from engine.easyanimate import load_pipeline
from engine.easyanimate.checkpoint import Family, Layout, read_checkpoint
from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.tensor_files import read_header
from tests.engine.easyanimate.cases import case
from tests.engine.easyanimate.variants import (
    change_config,
    change_weights,
    copied,
    shard,
    to_diffusers_layout,
    weights,
)


@pytest.fixture
def v5(v5_path: Path, tmp_path: Path) -> Path:
    return copied(v5_path, tmp_path / "model")


@pytest.fixture
def v5_1(v5_1_path: Path, tmp_path: Path) -> Path:
    return copied(v5_1_path, tmp_path / "model")


def refusal(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        read_checkpoint(path)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert str(path) in sentence, "it doesn't say which folder"
    return sentence


def test_a_v5_folder_has_two_encoders_and_two_tokenizers(v5_path: Path) -> None:
    checkpoint = read_checkpoint(v5_path)
    assert (checkpoint.family, checkpoint.layout) == (Family.V5, Layout.ORIGINAL)
    assert checkpoint.text_encoder.config["model_type"] == "bert"
    assert checkpoint.text_encoder_2 is not None
    assert checkpoint.text_encoder_2.config["model_type"] == "t5"
    assert checkpoint.tokenizer == v5_path / "tokenizer"
    assert checkpoint.tokenizer_2 == v5_path / "tokenizer_2"
    assert checkpoint.transformer.files == (weights(v5_path),)
    assert checkpoint.scheduler["prediction_type"] == "v_prediction"
    assert (checkpoint.name, checkpoint.size) == ("v5-inp-tiny", "0.4M")


def test_a_v5_1_folder_has_one_of_each(v5_1_path: Path) -> None:
    checkpoint = read_checkpoint(v5_1_path)
    assert (checkpoint.family, checkpoint.layout) == (Family.V5_1, Layout.ORIGINAL)
    assert checkpoint.text_encoder.config["model_type"] == "qwen2_vl"
    assert (checkpoint.text_encoder_2, checkpoint.tokenizer_2) == (None, None)
    assert checkpoint.scheduler["shift"] == 3.0


def test_neither_the_folders_name_nor_the_model_index_is_believed(
    v5_path: Path, v5_1_path: Path, tmp_path: Path
) -> None:
    disguised = copied(v5_path, tmp_path / "EasyAnimateV5.1-12b-zh-Control-diffusers")
    shutil.copy(v5_1_path / "model_index.json", disguised)
    checkpoint = read_checkpoint(disguised)
    assert (checkpoint.family, checkpoint.layout) == (Family.V5, Layout.ORIGINAL)
    (disguised / "model_index.json").unlink()
    assert read_checkpoint(disguised).family is Family.V5


def test_the_layout_is_told_by_the_names_of_the_tensors(v5_1: Path) -> None:
    assert read_checkpoint(to_diffusers_layout(v5_1)).layout is Layout.DIFFUSERS


def test_the_references_settings_rule_over_the_transformers_own(v5: Path, v5_1_path: Path) -> None:
    change_config(v5, "transformer", enable_text_attention_mask=True, after_norm=True)
    config = read_checkpoint(v5).transformer.config
    assert (config["enable_text_attention_mask"], config["after_norm"]) == (False, False)
    config = read_checkpoint(v5_1_path).transformer.config
    assert config["enable_text_attention_mask"] is True
    assert config["add_ref_latent_in_control_model"] is True


@pytest.mark.parametrize("index", [True, False])
def test_shards_are_read_together_with_an_index_and_without(v5: Path, index: bool) -> None:
    files = shard(v5, "transformer", 3, index)
    checkpoint = read_checkpoint(v5)
    assert checkpoint.transformer.files == tuple(files)
    assert checkpoint.size == "0.4M"


def test_files_of_any_name_are_merged(v5: Path) -> None:
    one, two = shard(v5, "vae", 2, index=False)
    parts = (one.rename(one.with_name("a.safetensors")), two.rename(two.with_name("b.safetensors")))
    assert read_checkpoint(v5).vae.files == parts


def test_a_whole_file_is_read_instead_of_shards_that_lie_beside_it(v5: Path) -> None:
    whole = weights(v5).read_bytes()
    shard(v5, "transformer", 2)
    weights(v5).write_bytes(whole)
    assert read_checkpoint(v5).transformer.files == (weights(v5),)


def test_blocks_of_the_vae_may_be_written_as_a_string(v5: Path) -> None:
    change_config(v5, "vae", block_out_channels="(8, 8, 16, 16)")
    assert read_checkpoint(v5).vae.config["block_out_channels"] == [8, 8, 16, 16]
    change_config(v5, "vae", block_out_channels="[8] * 4")
    assert "vae/config.json is damaged" in _any_refusal(v5)


def _any_refusal(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        read_checkpoint(path)
    return str(caught.value)


def test_reading_a_checkpoint_needs_no_torch(v5_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path;"
        "from engine.easyanimate.checkpoint import read_checkpoint;"
        f"read_checkpoint(Path({str(v5_path)!r})); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


# What it is not


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


def test_a_transformer_may_have_no_block_with_weights_of_its_own_for_the_text(v5: Path) -> None:
    def change(tensors: dict[str, torch.Tensor]) -> None:
        for name in [name for name in tensors if ".txt_ff." in name or ".attn2." in name]:
            del tensors[name]

    change_weights(v5, "transformer", change)
    assert "in 0 layouts" in refusal(v5)
    change_config(v5, "transformer", mmdit_layers=0)
    pipe = load_pipeline(v5, device="cpu", mode="exact")
    clip = pipe(
        Image.new("RGB", (32, 32), "white"),
        height=32,
        width=32,
        num_frames=5,
        num_inference_steps=2,
        output_type="latent",
    )
    assert clip.forwards == 4


def test_what_an_original_config_leaves_out_is_what_the_reference_takes(
    v5: Path, v5_1_path: Path, tmp_path: Path
) -> None:
    """diffusers takes other things, and a folder in its layout was written by it."""
    paths = v5, to_diffusers_layout(copied(v5_1_path, tmp_path / "diffusers"))
    for path in paths:
        change_config(path, "transformer", add_noise_in_inpaint_model=None, mmdit_layers=None)
    original, diffusers = (read_checkpoint(path).transformer.config for path in paths)
    assert original["add_noise_in_inpaint_model"] is False
    assert original["mmdit_layers"] > 48
    assert not {"add_noise_in_inpaint_model", "mmdit_layers"} & diffusers.keys()


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


def test_a_qwen_config_may_be_nested(v5_1: Path) -> None:
    change_config(v5_1, "text_encoder", hidden_size=None, text_config={"hidden_size": 64})
    assert read_checkpoint(v5_1).family is Family.V5_1
    change_config(v5_1, "text_encoder", text_config={"hidden_size": 32})
    assert "of width 32" in refusal(v5_1)


def test_a_scheduler_of_the_other_family(v5: Path, v5_1_path: Path) -> None:
    shutil.copy(v5_1_path / "scheduler" / "scheduler_config.json", v5 / "scheduler")
    assert "scheduler of another model" in refusal(v5)


@pytest.mark.parametrize(
    "change", [{"slice_mag_vae": True}, {"latent_channels": 4}, {"cache_mag_vae": False}]
)
def test_a_vae_of_an_older_version(v5: Path, change: dict[str, object]) -> None:
    change_config(v5, "vae", **change)
    assert "another EasyAnimate's" in refusal(v5)


# Not all there


@pytest.mark.parametrize(
    "lost",
    [
        "vae/config.json",
        "text_encoder_2/config.json",
        "scheduler/scheduler_config.json",
        "tokenizer/vocab.txt",
        "tokenizer_2/spiece.model",
        "transformer/config.json",
    ],
)
def test_a_file_that_is_missing_is_named(v5: Path, lost: str) -> None:
    (v5 / lost).unlink()
    sentence = refusal(v5)
    assert Path(lost).name in sentence
    assert "half downloaded" in sentence


@pytest.mark.parametrize("part", ["transformer", "vae", "text_encoder", "text_encoder_2"])
def test_a_download_that_has_not_brought_the_weights_yet(v5: Path, part: str) -> None:
    file = weights(v5, part)
    file.rename(file.with_suffix(".safetensors.incomplete"))
    sentence = refusal(v5)
    assert "half downloaded" in sentence
    assert str(v5 / part) in sentence


def test_a_download_that_has_hardly_begun(tmp_path: Path) -> None:
    cache = tmp_path / ".cache" / "huggingface" / "download" / "transformer"
    cache.mkdir(parents=True)
    (cache / "ab12.incomplete").touch()
    assert "half downloaded" in refusal(tmp_path)


@pytest.mark.parametrize("index", [True, False])
def test_a_shard_that_is_missing_is_named(v5: Path, index: bool) -> None:
    lost = shard(v5, "transformer", 3, index)[1]
    lost.unlink()
    assert lost.name in refusal(v5)


@pytest.mark.parametrize("part", ["transformer", "vae", "text_encoder", "text_encoder_2"])
def test_a_file_that_is_cut_short(v5: Path, part: str) -> None:
    file = weights(v5, part)
    size = file.stat().st_size
    file.write_bytes(file.read_bytes()[: size // 2])
    sentence = refusal(v5)
    assert f"cut short, at {size // 2} of {size} bytes" in sentence
    assert str(file) in sentence


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\x10", "is damaged"),
        (b"<html>no such model</html>" * 9, "is damaged"),
        ((2).to_bytes(8, "little") + b"[]", "is damaged"),
        ((7).to_bytes(8, "little") + b'{"a":1}', "is damaged"),
        ((9).to_bytes(8, "little") + b'{"a":{}}\xff', "is damaged"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 13626195072\n",
            "git lfs pull",
        ),
    ],
)
def test_a_file_that_holds_no_weights(v5: Path, content: bytes, words: str) -> None:
    weights(v5, "vae").write_bytes(content)
    assert words in refusal(v5)


def test_a_file_with_something_behind_its_tensors(v5: Path) -> None:
    with weights(v5, "vae").open("ab") as file:
        file.write(b"more")
    assert "is damaged" in refusal(v5)


def test_pickles_are_refused_with_what_to_do(v5: Path) -> None:
    weights(v5, "text_encoder").rename(v5 / "text_encoder" / "pytorch_model.bin")
    sentence = refusal(v5)
    assert "pytorch_model.bin, a pickle" in sentence
    assert "safetensors" in sentence


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"text"', b"\xff\xfe"])
@pytest.mark.parametrize("file", ["transformer/config.json", "scheduler/scheduler_config.json"])
def test_a_config_that_is_no_json_object(v5: Path, file: str, content: bytes) -> None:
    (v5 / file).write_bytes(content)
    assert f"{v5 / file} is damaged" in refusal(v5)


def test_an_index_that_lists_nothing(v5: Path) -> None:
    shard(v5, "transformer", 2)
    index = v5 / "transformer" / "diffusion_pytorch_model.safetensors.index.json"
    index.write_text("{}")
    assert f"{index} is damaged" in refusal(v5)


def test_headers_are_read_in_the_order_of_the_bytes(tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    save_file({"b": torch.ones(2, 3), "a": torch.ones(4, dtype=torch.bfloat16)}, file)
    header = read_header(file)
    starts = [tensor.start for tensor in header.values()]
    assert starts == sorted(starts)
    assert (header["b"].shape, header["b"].dtype, header["b"].num_bytes) == ((2, 3), "F32", 24)
    assert header["a"].dtype == "BF16"
