"""A model's folder is known by what is in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from engine.easyanimate import load_pipeline
from engine.easyanimate.checkpoint import Family, Layout, read_checkpoint
from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.tensor_files import read_header
from tests.engine.easyanimate.variants import (
    change_config,
    change_weights,
    copied,
    refusal,
    shard,
    to_diffusers_layout,
    weights,
)


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


def test_what_macos_leaves_beside_a_file_is_none_of_the_weights(v5: Path) -> None:
    files = shard(v5, "transformer", 3, index=False)
    (v5 / "transformer" / f"._{files[0].name}").write_bytes(b"\0\5\x16\7")
    assert read_checkpoint(v5).transformer.files == tuple(files)


def test_a_whole_file_is_read_instead_of_shards_that_lie_beside_it(v5: Path) -> None:
    whole = weights(v5).read_bytes()
    shard(v5, "transformer", 2)
    weights(v5).write_bytes(whole)
    assert read_checkpoint(v5).transformer.files == (weights(v5),)


def test_blocks_of_the_vae_may_be_written_as_a_string(v5: Path) -> None:
    change_config(v5, "vae", block_out_channels="(8, 8, 16, 16)")
    assert read_checkpoint(v5).vae.config["block_out_channels"] == [8, 8, 16, 16]
    change_config(v5, "vae", block_out_channels="[8] * 4")
    with pytest.raises(CheckpointError, match=r"vae/config\.json is damaged"):
        read_checkpoint(v5)


def test_a_qwen_config_may_be_nested(v5_1: Path) -> None:
    change_config(v5_1, "text_encoder", hidden_size=None, text_config={"hidden_size": 64})
    assert read_checkpoint(v5_1).family is Family.V5_1
    change_config(v5_1, "text_encoder", text_config={"hidden_size": 32})
    assert "of width 32" in refusal(v5_1)


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


def test_reading_a_checkpoint_needs_no_torch(v5_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path;"
        "from engine.easyanimate.checkpoint import read_checkpoint;"
        f"read_checkpoint(Path({str(v5_path)!r})); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_headers_are_read_in_the_order_of_the_bytes(tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    save_file({"b": torch.ones(2, 3), "a": torch.ones(4, dtype=torch.bfloat16)}, file)
    header = read_header(file)
    starts = [tensor.start for tensor in header.values()]
    assert starts == sorted(starts)
    assert (header["b"].shape, header["b"].dtype, header["b"].num_bytes) == ((2, 3), "F32", 24)
    assert header["a"].dtype == "BF16"
