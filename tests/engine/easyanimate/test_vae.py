"""The VAE: the reference's frames, in pieces, and whole again after every use."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers.models.autoencoders.autoencoder_kl_magvit import AutoencoderKLMagvit

from engine.easyanimate.checkpoint import Family, read_checkpoint
from engine.easyanimate.vae import DECODE_PEAK, ENCODE_PEAK, Vae, vae_dtype
from engine.easyanimate.weights import load_vae
from tests.engine.easyanimate import cases
from tests.engine.easyanimate.alive import Alive
from tests.engine.easyanimate.cases import case


def vae_of(path: Path) -> Vae:
    return Vae(load_vae(read_checkpoint(path), torch.device("cpu"), torch.float32))


def no_memory(*_: object) -> torch.Tensor:
    raise torch.OutOfMemoryError("no memory, says the test")


@pytest.fixture(scope="module")
def vae() -> Vae:
    return vae_of(cases.V5)


@pytest.mark.parametrize(("name", "sampler"), [("v5-start", "DDIM"), ("v5.1-start", "Flow")])
def test_decoded_latents_are_the_references_frames(name: str, sampler: str) -> None:
    one = case(name)
    frames = torch.cat(list(vae_of(one.checkpoint).decode(one.of(sampler, "latents"))), dim=2)
    crop = frames[:, :, ::4, 16:48, 32:80]
    assert (crop - one.of(sampler, "frames_crop")).abs().max() < 1e-4
    eight_bits = (frames[:, :, 8:] * 255).to(torch.uint8)
    assert (eight_bits.int() - one.of(sampler, "frames_u8").int()).abs().max() <= 1


def vae_of_full_size() -> Vae:
    """The real networks' shapes, without their numbers."""
    with torch.device("meta"):
        return Vae(
            AutoencoderKLMagvit(
                down_block_types=["SpatialDownBlock3D"] + 3 * ["SpatialTemporalDownBlock3D"],
                up_block_types=["SpatialUpBlock3D"] + 3 * ["SpatialTemporalUpBlock3D"],
            )
        )


def test_the_peaks_are_those_that_memory_is_planned_with() -> None:
    vae, side = vae_of_full_size(), 128
    numbers = side * side * vae.model.config["block_out_channels"][0]
    bytes_each = 4  # float32
    with Alive() as decoding:
        for _ in vae.decode(torch.empty(1, 16, 5, side // 8, side // 8, device="meta")):
            pass
    with Alive() as encoding:
        vae.encode(torch.empty(1, 3, 17, side, side, device="meta"))
    assert DECODE_PEAK - 2 < decoding.peak / bytes_each / numbers < DECODE_PEAK
    assert ENCODE_PEAK - 2 < encoding.peak / bytes_each / numbers < ENCODE_PEAK


@pytest.mark.parametrize("frames_are_apart", [True, False])
@pytest.mark.parametrize("latent_frames", [1, 2, 3])
def test_any_grouping_gives_diffusers_numbers(frames_are_apart: bool, latent_frames: int) -> None:
    """Each stage sees frame after frame, or a whole group where norms mix its frames."""
    torch.manual_seed(0)
    vae = Vae(
        AutoencoderKLMagvit(
            block_out_channels=[8, 8, 16, 16],
            down_block_types=["SpatialDownBlock3D"] + 3 * ["SpatialTemporalDownBlock3D"],
            up_block_types=["SpatialUpBlock3D"] + 3 * ["SpatialTemporalUpBlock3D"],
            norm_num_groups=4,
            spatial_group_norm=frames_are_apart,
        )
    )
    vae.model.num_latent_frames_batch_size = latent_frames
    vae.model.num_sample_frames_batch_size = 4 * latent_frames
    video, latents = torch.rand(1, 3, 17, 32, 48) * 2 - 1, torch.randn(1, 16, 5, 4, 6)
    with torch.no_grad():
        encoded = vae.model.encode(video).latent_dist.mode() * vae.scaling_factor
        at_once = vae.model.decode(latents * (1 / vae.scaling_factor)).sample
    assert torch.equal(vae.encode(video), encoded)
    pieces = torch.cat(list(vae.decode(latents)), dim=2)
    assert torch.equal(pieces, at_once.clamp(-1, 1) / 2 + 0.5)


def test_the_pieces_are_what_decoding_at_once_gives(vae: Vae) -> None:
    latents = case("v5-start").of("DDIM", "latents")
    pieces = list(vae.decode(latents))
    assert [piece.shape[2] for piece in pieces] == [1, 4, 4]
    at_once = vae.model.decode(latents * (1 / vae.scaling_factor)).sample
    assert torch.equal(torch.cat(pieces, dim=2), at_once.clamp(-1, 1) / 2 + 0.5)


def test_frames_stay_between_nought_and_one(vae: Vae) -> None:
    frames = torch.cat(list(vae.decode(100 * torch.ones(1, 16, 2, 4, 4))), dim=2)
    assert frames.min() >= 0
    assert frames.max() <= 1


def test_a_decode_that_is_broken_off_leaves_nothing_behind(vae: Vae) -> None:
    latents = case("v5-start").of("DDIM", "latents")
    whole = torch.cat(list(vae.decode(latents)), dim=2)
    pieces = vae.decode(latents.flip(2))
    next(pieces)
    next(pieces)
    pieces.close()
    assert torch.equal(torch.cat(list(vae.decode(latents)), dim=2), whole)


def test_an_error_in_the_middle_leaves_nothing_behind(
    vae: Vae, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = torch.rand(1, 3, 5, 16, 16)
    before = vae.encode(video)
    with monkeypatch.context() as patch:
        patch.setattr(vae.model.quant_conv, "forward", no_memory)
        with pytest.raises(torch.OutOfMemoryError):
            vae.encode(video.flip(2))
    assert torch.equal(vae.encode(video), before)


def test_nothing_is_encoded_in_the_middle_of_a_decode(vae: Vae) -> None:
    pieces = vae.decode(torch.zeros(1, 16, 2, 4, 4))
    next(pieces)
    with pytest.raises(RuntimeError, match="still decoding"):
        vae.encode(torch.zeros(1, 3, 1, 16, 16))
    assert len(list(pieces)) == 1


def test_the_config_says_how_many_latent_frames_a_piece_has(vae: Vae) -> None:
    two = vae_of(cases.V5)
    two.model.num_latent_frames_batch_size = 2
    latents = torch.zeros(1, 16, 4, 4, 4)
    assert [piece.shape[2] for piece in two.decode(latents)] == [1, 8, 4]


def test_float16_is_too_narrow_for_the_vae_of_v5_alone() -> None:
    assert vae_dtype(Family.V5, torch.float16) is torch.float32
    assert vae_dtype(Family.V5_1, torch.float16) is torch.float16
    assert vae_dtype(Family.V5, torch.bfloat16) is torch.bfloat16


def test_a_vae_in_another_dtype_gives_frames_in_that_of_the_latents() -> None:
    half = Vae(load_vae(read_checkpoint(cases.V5), torch.device("cpu"), torch.bfloat16))
    assert half.encode(torch.zeros(1, 3, 1, 16, 16)).dtype is torch.float32
    assert next(half.decode(torch.zeros(1, 16, 1, 2, 2))).dtype is torch.float32
