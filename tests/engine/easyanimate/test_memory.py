"""Memory plans by arithmetic, for the real 7B on the cards that people have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.easyanimate.checkpoint import read_checkpoint
from engine.easyanimate.conditioning import ClipSize
from engine.easyanimate.errors import TooLargeForMemoryError
from engine.easyanimate.memory import (
    GB,
    Footprint,
    Plan,
    activation_bytes,
    choose_plan,
    explain,
    fitting_clips,
    footprint,
    free_bytes,
    needed_bytes,
    vae_stage_bytes,
)
from engine.easyanimate.vae import DECODE_PEAK, ENCODE_PEAK
from tests.engine.easyanimate import cases

# V5-7b-InP in bfloat16, from its parameter counts: 36 blocks; the norms' modulation stays uncast
SEVEN_B = Footprint(
    transformer_bytes=13_626_195_072,
    eight_bit_bytes=7_500_000_000,
    block_bytes=567_000_000,
    outside_blocks_bytes=100_000_000,
    vae_bytes=488_751_014,
    vae_width=128,
    vae_item_bytes=2,
    hidden_width=3072,
    item_bytes=2,
)
CARD_OF_24, CARD_OF_16 = 25.2, 16.7  # GB of 24,564 and 16,376 MiB that CUDA's context leaves
SMALL, USUAL, LARGE = ClipSize(512, 512, 49), ClipSize(768, 768, 49), ClipSize(1024, 1024, 33)


def test_half_as_wide_patches_are_four_times_as_many() -> None:
    fine = replace(SEVEN_B, patch_pixels=8)
    ratio = activation_bytes(fine, LARGE, 29) / activation_bytes(SEVEN_B, LARGE, 29)
    assert 3.9 < ratio < 4


@pytest.mark.parametrize(
    ("card_gb", "clip", "plan"),
    [
        (80, LARGE, Plan.DEVICE),
        (CARD_OF_24, SMALL, Plan.DEVICE),
        (CARD_OF_24, USUAL, Plan.DEVICE),
        (CARD_OF_24, LARGE, Plan.VAE_SWAPPED),
        (CARD_OF_24 - 2, USUAL, Plan.VAE_SWAPPED),  # with a desktop on it
        (CARD_OF_16, SMALL, Plan.VAE_SWAPPED),
        (CARD_OF_16, USUAL, Plan.EIGHT_BIT),
        (12.3, USUAL, Plan.EIGHT_BIT),
        (8.0, SMALL, Plan.OFFLOADED),
    ],
)
def test_the_7b_finds_a_plan_on_the_cards_that_people_have(
    card_gb: float, clip: ClipSize, plan: Plan
) -> None:
    assert choose_plan(SEVEN_B, int(card_gb * GB), clip) is plan


def test_every_size_of_the_product_is_exact_on_a_card_of_24_gb() -> None:
    """No weight has to be rounded there."""
    for clip in (SMALL, USUAL, LARGE):
        assert choose_plan(SEVEN_B, int(CARD_OF_24 * GB), clip).resident


def test_no_plan_takes_more_than_the_one_before() -> None:
    taken = [needed_bytes(plan, SEVEN_B, USUAL) for plan in Plan]
    assert taken == sorted(taken, reverse=True)


def test_the_last_plan_samples_with_a_sixth_of_the_weights() -> None:
    assert SEVEN_B.weights(Plan.OFFLOADED) < SEVEN_B.transformer_bytes / 6


def test_decoding_takes_14_kilobytes_a_pixel_and_encoding_8() -> None:
    more = ClipSize(1024, 1024, 49)
    pixels = more.width * more.height - USUAL.width * USUAL.height
    for peak, expected in ((DECODE_PEAK, 14_080), (ENCODE_PEAK, 8_192)):
        taken = vae_stage_bytes(SEVEN_B, more, peak) - vae_stage_bytes(SEVEN_B, USUAL, peak)
        assert taken / pixels == pytest.approx(1.1 * expected, rel=1e-6)


@pytest.mark.parametrize("larger", [ClipSize(784, 768, 49), ClipSize(768, 784, 49)])
@pytest.mark.parametrize("plan", Plan)
def test_a_larger_clip_takes_more(plan: Plan, larger: ClipSize) -> None:
    assert needed_bytes(plan, SEVEN_B, larger) > needed_bytes(plan, SEVEN_B, USUAL)


def test_what_never_fits_is_refused_with_what_does() -> None:
    with pytest.raises(TooLargeForMemoryError, match=r"1024×1024×33 takes .* GB") as caught:
        choose_plan(SEVEN_B, 8 * GB, LARGE)
    fitting = caught.value.fitting
    assert fitting == fitting_clips(SEVEN_B, 8 * GB)
    assert fitting
    for width, height, frames in fitting:
        assert choose_plan(SEVEN_B, 8 * GB, ClipSize(width, height, frames))
        assert frames % 4 == 1


def test_where_nothing_fits_that_is_said() -> None:
    with pytest.raises(TooLargeForMemoryError, match="no size of clip at all") as caught:
        choose_plan(SEVEN_B, GB, SMALL)
    assert caught.value.fitting == ()


def test_what_fits_is_told_of_the_plans_that_are_left() -> None:
    """Under the last one the weights don't step aside for the VAE."""
    free = needed_bytes(Plan.EIGHT_BIT, SEVEN_B, LARGE)
    assert (1024, 1024, 49) in fitting_clips(SEVEN_B, free)
    assert (1024, 1024, 49) not in fitting_clips(SEVEN_B, free, start=Plan.OFFLOADED)


def test_plans_above_the_one_in_use_are_not_gone_back_to() -> None:
    plan = choose_plan(SEVEN_B, 80 * GB, SMALL, start=Plan.EIGHT_BIT)
    assert plan is Plan.EIGHT_BIT


def test_the_plan_says_itself_in_one_line() -> None:
    said = explain(Plan.DEVICE, SEVEN_B, int(23.5 * GB), USUAL)
    assert said.startswith("device: ")
    assert "of 23.5 GB for 768×768×49, 13.6 of them" in said


@pytest.mark.parametrize("path", [cases.V5, cases.V5_1], ids=["V5", "V5.1"])
def test_a_footprint_is_read_off_headers(path: object) -> None:
    checkpoint = read_checkpoint(path)  # type: ignore[arg-type]
    half, whole = footprint(checkpoint, torch.bfloat16), footprint(checkpoint, torch.float32)
    stored = sum(file.stat().st_size for file in checkpoint.transformer.files)
    assert 0.97 * stored < whole.transformer_bytes < stored
    assert whole.transformer_bytes == 2 * half.transformer_bytes
    assert half.eight_bit_bytes < half.transformer_bytes
    assert whole.outside_blocks_bytes + 4 * whole.block_bytes >= whole.transformer_bytes
    assert whole.hidden_width == 64
    assert whole.vae_width == 8


def test_float16_decodes_v5_in_float32() -> None:
    told = footprint(read_checkpoint(cases.V5), torch.float16)
    assert (told.item_bytes, told.vae_item_bytes) == (2, 4)


def test_one_frame_is_sampled_with_less_and_decoded_with_as_much() -> None:
    one = replace(USUAL, num_frames=1)
    assert activation_bytes(SEVEN_B, one, 17) < activation_bytes(SEVEN_B, USUAL, 17) / 10
    taken = [vae_stage_bytes(SEVEN_B, clip, DECODE_PEAK) for clip in (one, USUAL)]
    assert taken[0] == taken[1]


def test_of_this_machine_what_only_caches_files_is_free(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = "MemTotal: 65000000 kB\nMemFree:  300000 kB\nMemAvailable:   32000000 kB\n"
    (tmp_path / "meminfo").write_text(told)
    monkeypatch.setattr("engine.easyanimate.memory.MEMINFO", tmp_path / "meminfo")
    assert free_bytes(torch.device("cpu")) == 32_000_000 * 1024


def test_where_nobody_says_what_is_free_it_is_all_there_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("engine.easyanimate.memory.MEMINFO", tmp_path / "nothing")
    assert free_bytes(torch.device("cpu")) > GB / 2
