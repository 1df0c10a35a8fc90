"""What is missing from a model's folder, cut short or damaged is named, down to the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.easyanimate.variants import refusal, shard, weights


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


@pytest.mark.parametrize("listed", ["{}", '{"weight_map": {"proj.bias": 3}}'])
def test_an_index_that_lists_no_files(v5: Path, listed: str) -> None:
    shard(v5, "transformer", 2)
    index = v5 / "transformer" / "diffusion_pytorch_model.safetensors.index.json"
    index.write_text(listed)
    assert f"{index} is damaged" in refusal(v5)
