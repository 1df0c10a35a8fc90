"""What the transformer is told of the pictures: the reference's mask, video and noise."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from PIL import Image

from engine.easyanimate.checkpoint import read_checkpoint
from engine.easyanimate.conditioning import ClipSize, condition, masked_video, resized
from engine.easyanimate.vae import Vae
from engine.easyanimate.weights import load_vae
from tests.engine.easyanimate.cases import Case, case

CPU = torch.device("cpu")


def vae_for(one: Case) -> Vae:
    return Vae(load_vae(read_checkpoint(one.checkpoint), CPU, torch.float32))


@pytest.mark.parametrize("name", ["v5-start", "v5-start_end", "v5.1-start", "v5.1-start_end"])
def test_mask_and_masked_video_are_the_references(name: str) -> None:
    one = case(name)
    asked = one.request
    generator = torch.Generator().manual_seed(asked.seed)
    shape = (1, 16, (asked.frames - 1) // 4 + 1, asked.height // 8, asked.width // 8)
    noise = torch.randn(shape, generator=generator)
    if name.endswith("start"):  # the first draw is the first call's input
        assert torch.equal(noise, one.expected["dit/hidden_states"])
    told = condition(
        vae_for(one),
        one.start,
        one.end,
        ClipSize(asked.width, asked.height, asked.frames),
        generator=generator,
        device=CPU,
        dtype=torch.float32,
    )
    assert torch.equal(told[:, :1], one.expected["cond/mask_latents"])
    assert torch.equal(told[:, 1:], one.expected["cond/masked_video_latents"])


def conditioned(image: Image.Image, num_frames: int = 5, **changes: object) -> torch.Tensor:
    asked: dict[str, object] = {
        "generator": torch.Generator().manual_seed(1),
        "device": CPU,
        "dtype": torch.float32,
    }
    vae = vae_for(case("v5-start"))
    return condition(vae, image, None, ClipSize(32, 16, num_frames), **(asked | changes))


def test_black_gets_no_noise_and_grey_does() -> None:
    """Exactly -1 stands for "to be made", inside a picture too."""
    for colour, noisy in ((0, False), (128, True)):
        image = Image.new("RGB", (32, 16), (colour,) * 3)
        with_noise = conditioned(image)
        assert torch.equal(with_noise, conditioned(image, add_noise=False)) is not noisy


class Glass:
    """A VAE that keeps what it is shown."""

    scaling_factor = 1.0

    def encode(self, video: torch.Tensor) -> torch.Tensor:
        self.shown = video
        return torch.zeros(1, 16, 2, 2, 4, dtype=video.dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_the_noise_s_strength_is_rounded_like_everything_else(dtype: torch.dtype) -> None:
    """The reference keeps it in the dtype, where bfloat16 has 0.05615 of 0.0563."""
    glass: Any = Glass()
    grey, size = Image.new("RGB", (32, 16), (140, 120, 100)), ClipSize(32, 16, 5)
    generator = torch.Generator().manual_seed(1)
    condition(glass, grey, None, size, generator=generator, device=CPU, dtype=dtype)
    clean = masked_video(grey, None, size, dtype)[:, :, :1]
    drawn = torch.randn(1, 3, 5, 16, 32, generator=generator.manual_seed(1), dtype=dtype)
    strength = torch.full((1,), 0.0563, dtype=dtype)
    assert torch.equal(glass.shown[:, :, :1], clean + (drawn * strength)[:, :, :1])


def test_one_frame_is_known_whole() -> None:
    told = conditioned(Image.new("RGB", (32, 16), "white"), num_frames=1)
    assert told.shape == (1, 17, 1, 2, 4)
    assert (told[:, 0] == torch.tensor(0.7125)).all()


def test_given_frames_are_kept_and_all_others_are_unknown() -> None:
    white, grey = Image.new("RGB", (9, 9), "white"), Image.new("RGB", (9, 9), (51, 51, 51))
    video = masked_video(white, grey, ClipSize(16, 16, 5), torch.float32)
    assert (video[0, :, 0] == 1).all()
    assert torch.allclose(video[0, :, -1], torch.tensor(51 / 127.5 - 1))
    assert (video[0, :, 1:-1] == -1).all()


@pytest.mark.parametrize(
    "mode", ["RGB", "RGBA", "L", "LA", "P", "PA", "1", "CMYK", "HSV", "I", "I;16", "F"]
)
def test_pictures_of_any_mode_are_taken(mode: str) -> None:
    pixels = resized(Image.new(mode, (10, 20)), 16, 32)
    assert pixels.shape == (3, 32, 16)
    assert pixels.abs().max() <= 1


def test_what_is_transparent_is_white() -> None:
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    assert (resized(clear, 16, 16) == 1).all()


def test_a_transparent_colour_of_a_palette_is_white_too() -> None:
    palette = Image.new("P", (8, 8), 3)
    palette.putpalette([0] * 768)
    palette.info["transparency"] = 3
    assert (resized(palette, 16, 16) == 1).all()


def test_the_grey_of_sixteen_bits_stays_grey() -> None:
    """Pillow's own conversion makes all of it white."""
    half = Image.new("I;16", (8, 8), 32768)
    assert resized(half, 16, 16).abs().max() < 0.01


def test_a_given_picture_is_left_as_it_was() -> None:
    picture = case("v5-start").start.copy()
    before = picture.tobytes()
    conditioned(picture)
    assert picture.tobytes() == before


def test_the_next_draw_comes_behind_the_noise_of_all_frames() -> None:
    """Euler A goes on with the same generator; the frames to be made are drawn for as well."""
    ours, counted = torch.Generator().manual_seed(5), torch.Generator().manual_seed(5)
    conditioned(Image.new("RGB", (32, 16), "grey"), generator=ours)
    torch.randn(1, 3, 5, 16, 32, generator=counted)
    assert torch.equal(torch.randn(4, generator=ours), torch.randn(4, generator=counted))
