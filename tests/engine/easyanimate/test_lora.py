"""LoRAs in the reference's format change the weights that they name, and no others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from structlog.testing import capture_logs
from torch import Tensor

from engine.easyanimate.checkpoint import read_checkpoint
from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.layouts import Layout
from engine.easyanimate.lora import Loras
from engine.easyanimate.tensor_files import read_header
from engine.easyanimate.weights import load_transformer
from tests.engine.easyanimate.cases import V5, case
from tests.engine.easyanimate.variants import copied, to_diffusers_layout, weights

CPU = torch.device("cpu")
LORA = case("v5-start_lora").loras[0][0]
QUERY = "lora_unet__transformer_blocks_0_attn2_to_q"


def loaded(
    path: Path, loras: Sequence[tuple[Path, float]], dtype: torch.dtype = torch.float32
) -> dict[str, Tensor]:
    return load_transformer(read_checkpoint(path), CPU, dtype, loras).state_dict()


def delta(layer: str, strength: float) -> Tensor:
    """The textbook's, in float64."""
    lora = {name: tensor.double() for name, tensor in load_file(LORA).items()}
    down, up = lora[f"{layer}.lora_down.weight"], lora[f"{layer}.lora_up.weight"]
    return strength * lora[f"{layer}.alpha"] / down.shape[0] * (up @ down)


@pytest.fixture
def change(tmp_path: Path) -> Callable[[Callable[[dict[str, Tensor]], object]], Path]:
    def changed(how: Callable[[dict[str, Tensor]], object]) -> Path:
        tensors = load_file(LORA)
        how(tensors)
        file = tmp_path / "changed.safetensors"
        save_file(tensors, file)
        return file

    return changed


Changer = Callable[[Callable[[dict[str, Tensor]], object]], Path]


@pytest.mark.parametrize(
    ("layer", "weight"),
    [
        (QUERY, "transformer_blocks.0.attn1.add_q_proj.weight"),
        (
            "lora_unet__transformer_blocks_1_attn2_to_out_0",
            "transformer_blocks.1.attn1.to_add_out.weight",
        ),
        (
            "lora_unet__transformer_blocks_3_ff_net_0_proj",
            "transformer_blocks.3.ff.net.0.proj.weight",
        ),
        ("lora_unet__text_proj_t5", "text_proj_t5.weight"),
    ],
)
def test_a_layer_becomes_the_sum(v5_path: Path, layer: str, weight: str) -> None:
    expected = loaded(v5_path, [])[weight].double() + delta(layer, 0.6)
    found = loaded(v5_path, [(LORA, 0.6)])[weight].double()
    assert delta(layer, 0.6).abs().max() > 1e-3, "a change that could be missed shows nothing"
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


def test_every_layer_of_the_file_changes_one_weight_and_the_rest_stay(v5_path: Path) -> None:
    plain, merged = loaded(v5_path, []), loaded(v5_path, [(LORA, 0.6)])
    changed = {name for name in plain if not torch.equal(plain[name], merged[name])}
    layers = {name.partition(".")[0] for name in load_file(LORA)}
    assert len(changed) == len(layers) == 50
    assert "proj.weight" not in changed


def test_a_strength_of_0_changes_nothing(v5_path: Path) -> None:
    plain, merged = loaded(v5_path, []), loaded(v5_path, [(LORA, 0.0)])
    assert all(torch.equal(plain[name], merged[name]) for name in plain)


def test_the_diffusers_layout_gets_the_same_change(v5_path: Path, tmp_path: Path) -> None:
    converted = to_diffusers_layout(copied(v5_path, tmp_path / "model"))
    one, other = loaded(v5_path, [(LORA, 0.6)]), loaded(converted, [(LORA, 0.6)])
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_several_add_up(v5_path: Path) -> None:
    name = "transformer_blocks.0.attn1.add_q_proj.weight"
    found = loaded(v5_path, [(LORA, 0.6), (LORA, -0.1)])[name]
    torch.testing.assert_close(found, loaded(v5_path, [(LORA, 0.5)])[name])


def test_in_bfloat16_only_the_sum_is_rounded(v5_path: Path) -> None:
    name = "transformer_blocks.0.attn1.add_q_proj.weight"
    found = loaded(v5_path, [(LORA, 0.6)], torch.bfloat16)[name]
    assert torch.equal(found, loaded(v5_path, [(LORA, 0.6)])[name].bfloat16())


def test_without_alpha_the_scale_is_1(v5_path: Path, change: Changer) -> None:
    alpha = load_file(LORA)[f"{QUERY}.alpha"].item()
    assert alpha != 4, "at alpha = rank both would be alike"
    bare = change(lambda tensors: tensors.pop(f"{QUERY}.alpha"))
    name = "transformer_blocks.0.attn1.add_q_proj.weight"
    expected = loaded(v5_path, [])[name] + delta(QUERY, 0.6).float() * 4 / alpha
    torch.testing.assert_close(loaded(v5_path, [(bare, 0.6)])[name], expected)


def test_a_convolution_of_one_pixel_is_a_layer_like_any_other(tmp_path: Path) -> None:
    down, up = torch.rand(2, 3, 1, 1), torch.rand(5, 2, 1, 1)
    model, lora = tmp_path / "model.safetensors", tmp_path / "lora.safetensors"
    save_file({"proj.weight": torch.zeros(5, 3, 1, 1)}, model)
    save_file(
        {"lora_unet__proj.lora_down.weight": down, "lora_unet__proj.lora_up.weight": up}, lora
    )
    loras = Loras([(lora, 1.0)], read_header(model), Layout.ORIGINAL)
    found = loras.edit("proj.weight", torch.zeros(5, 3, 1, 1))
    torch.testing.assert_close(found, (up.flatten(1) @ down.flatten(1))[:, :, None, None])


def test_what_is_for_the_text_encoder_is_left_out_with_a_word(
    v5_path: Path, change: Changer
) -> None:
    key = "lora_te__encoder_layer_0_attention_self_query.lora_down.weight"
    both = change(lambda tensors: tensors.update({key: torch.ones(4, 32)}))
    with capture_logs() as logs:
        merged = loaded(v5_path, [(both, 0.6)])
    plain = loaded(v5_path, [(LORA, 0.6)])
    assert all(torch.equal(plain[name], merged[name]) for name in plain)
    said = [entry for entry in logs if entry["event"] == "lora.text_encoder_left_out"]
    assert [entry["tensors"] for entry in said] == [1]


# What doesn't fit


def refusal(*loras: tuple[Path, float]) -> str:
    with pytest.raises(CheckpointError) as caught:
        loaded(V5, loras)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def rename(old: str, new: str) -> Callable[[dict[str, Tensor]], object]:
    return lambda tensors: tensors.update({new: tensors.pop(old)})


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (
            rename(f"{QUERY}.alpha", "lora_unet__transformer_blocks_9_attn2_to_q.alpha"),
            "changes lora_unet__transformer_blocks_9_attn2_to_q, which this model doesn't have",
        ),
        (
            rename(f"{QUERY}.alpha", "lora_unet_down_blocks_0_attentions_0_proj_in.alpha"),
            "it has lora_unet_down_blocks_0_attentions_0_proj_in.alpha",
        ),
        (
            rename(f"{QUERY}.alpha", f"{QUERY}.hada_w1_a"),
            f"it has {QUERY}.hada_w1_a",
        ),
        (
            rename(f"{QUERY}.alpha", "transformer.transformer_blocks.0.attn1.to_q.lora_A.weight"),
            "it has transformer.transformer_blocks.0.attn1.to_q.lora_A.weight",
        ),
        (
            lambda tensors: tensors.pop(f"{QUERY}.lora_up.weight"),
            f"lacks {QUERY}.lora_up.weight",
        ),
        (
            lambda tensors: tensors.update({f"{QUERY}.lora_down.weight": torch.ones(4, 96)}),
            f"another size: {QUERY} is 64×4 times 4×96 for a weight of 64×64",
        ),
        (
            lambda tensors: tensors.update({f"{QUERY}.lora_up.weight": torch.ones(64, 8)}),
            f"another size: {QUERY} is 64×8 times 4×64",
        ),
        (
            lambda tensors: tensors.update({f"{QUERY}.alpha": torch.ones(4)}),
            f"{QUERY}.alpha is 4 numbers",
        ),
    ],
)
def test_a_key_that_does_not_fit_is_named(
    change: Changer, how: Callable[[dict[str, Tensor]], object], words: str
) -> None:
    file = change(how)
    sentence = refusal((file, 0.6))
    assert words in sentence
    assert str(file) in sentence


def test_one_that_does_not_fit_is_told_among_several(change: Changer) -> None:
    other = change(rename(f"{QUERY}.alpha", "lora_unet__transformer_blocks_9_attn2_to_q.alpha"))
    assert str(other) in refusal((LORA, 0.6), (other, 0.6))


def test_one_only_for_the_text_encoder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "text.safetensors"
    save_file({"lora_te__encoder.lora_down.weight": torch.ones(4, 32)}, file)
    assert "changes nothing in the transformer" in refusal((file, 0.6))


def test_files_that_are_no_lora(tmp_path: Path) -> None:
    assert "there is no LoRA" in refusal((tmp_path / "nowhere.safetensors", 0.6))
    assert "is no LoRA for this engine" in refusal((weights(V5), 0.6))
    text = tmp_path / "text.safetensors"
    text.write_text("<html>404</html>")
    assert "is damaged" in refusal((text, 0.6))


@pytest.mark.parametrize("strength", [float("nan"), float("inf")])
def test_a_strength_that_is_no_number(v5_path: Path, strength: float) -> None:
    with pytest.raises(ValueError, match="strength"):
        loaded(v5_path, [(LORA, strength)])
