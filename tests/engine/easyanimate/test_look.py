"""The picture in the progress card: colours learnt from the start picture's own latents."""

from __future__ import annotations

import numpy as np
import torch

from engine.easyanimate.look import fit_look

MIX = torch.linspace(-1, 1, 48).view(16, 3)


def latents_and_pixels(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """A picture that is a linear map of its latents, which is what a look can learn."""
    varied = torch.randn(16, 8, 12, generator=torch.Generator().manual_seed(seed))
    latents = varied + torch.linspace(-3, 3, 16)[:, None, None]
    small = torch.einsum("chw,cr->rhw", varied, MIX) / 20
    return latents, small.repeat_interleave(8, dim=1).repeat_interleave(8, dim=2)


def test_it_finds_the_colours_of_its_own_picture_again() -> None:
    latents, pixels = latents_and_pixels()
    shown = fit_look(latents, pixels).picture(latents[None, :, None])
    assert shown.shape == (8 * 21, 12 * 21, 3)
    wanted = ((pixels[:, 4::8, 4::8] / 2 + 0.5) * 255).permute(1, 2, 0).numpy()
    assert np.abs(shown[10::21, 10::21] - wanted).mean() < 6


def test_it_shows_the_frame_in_the_middle() -> None:
    latents, pixels = latents_and_pixels()
    look = fit_look(latents, pixels)
    other = latents_and_pixels(seed=1)[0]
    clip = torch.stack([other, latents, other], dim=1)[None]
    assert np.array_equal(look.picture(clip), look.picture(latents[None, :, None]))


def test_a_picture_of_one_colour_stays_of_one_colour_whatever_the_latents() -> None:
    latents, _ = latents_and_pixels()
    look = fit_look(latents, torch.full((3, 64, 96), 0.8))
    shown = look.picture(100 * latents_and_pixels(seed=1)[0][None, :, None])
    assert np.ptp(shown) <= 1
    assert abs(int(shown[0, 0, 0]) - 229) <= 1


def test_latents_that_say_nothing_give_the_mean_colour() -> None:
    _, pixels = latents_and_pixels()
    look = fit_look(torch.zeros(16, 8, 12), pixels)
    assert torch.isfinite(look.weights).all()
    assert np.ptp(look.picture(torch.zeros(1, 16, 1, 8, 12)), axis=(0, 1)).max() <= 1


def test_latents_without_numbers_are_grey_and_no_error() -> None:
    look = fit_look(*latents_and_pixels())
    assert (look.picture(torch.full((1, 16, 3, 8, 12), float("nan"))) == 127).all()


def test_one_latent_without_a_number_spoils_only_what_is_around_it() -> None:
    latents, pixels = latents_and_pixels()
    look = fit_look(latents, pixels)
    broken = latents.clone()
    broken[0, 0, 0] = float("nan")
    whole, spoiled = (look.picture(one[None, :, None]) for one in (latents, broken))
    assert np.array_equal(whole[80:], spoiled[80:])
    assert np.array_equal(whole[:, 80:], spoiled[:, 80:])


def test_latents_beyond_every_number_give_a_picture() -> None:
    """What a clip about to fail looks like: its error is the pipeline's to raise."""
    latents, pixels = latents_and_pixels()
    look = fit_look(latents, pixels)
    assert look.picture(1e38 * latents[None, :, None]).shape == (168, 252, 3)
    for endless in (float("inf"), -float("inf")):
        only_one = torch.zeros(1, 16, 1, 8, 12)
        only_one[:, 0] = endless
        assert (look.picture(only_one) == 127).all()
    assert fit_look(latents * float("nan"), pixels).picture(latents[None, :, None]).max() == 127
