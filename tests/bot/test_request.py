"""What can be asked for, and what a refusal offers instead."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import RequestError, WayOut
from bot.request import (
    DEFAULT_NEGATIVE_PROMPT,
    RESOLUTIONS,
    AnimationRequest,
    Expression,
    fit_size,
    snap_frames,
)


def refusal(build: Callable[[], object]) -> RequestError:
    with pytest.raises(RequestError) as caught:
        build()
    return caught.value


def test_a_request_has_the_defaults_of_the_product() -> None:
    request = AnimationRequest(seed=1)
    assert (request.num_frames, request.res, request.num_inference_steps) == (49, 768, 50)
    assert (request.guidance_scale, request.prompt, request.loop) == (6.0, "", False)
    assert request.negative_prompt == DEFAULT_NEGATIVE_PROMPT


@pytest.mark.parametrize(
    ("field", "name", "low", "high", "beyond"),
    [
        ("num_inference_steps", "steps", 10, 100, 1),
        ("guidance_scale", "cfg", 1, 20, 0.01),
        ("seed", "seed", 0, 2**32 - 1, 1),
        ("num_frames", "frames", 5, 49, 4),
    ],
)
def test_a_number_is_taken_up_to_its_bounds_and_refused_beyond_with_the_range(
    field: str, name: str, low: int, high: int, beyond: float
) -> None:
    def build(value: float) -> AnimationRequest:
        fields: dict[str, Any] = {"seed": 1, field: value}
        return AnimationRequest(**fields)

    assert getattr(build(low), field) == low
    assert getattr(build(high), field) == high
    for value, nearest in ((low - beyond, low), (high + beyond, high)):
        refused = refusal(lambda value=value: build(value))
        assert refused.key == "request-out-of-range"
        assert refused.args_of_text == {
            "name": name,
            "value": str(value),
            "low": low,
            "high": high,
        }
        assert refused.ways_out == (WayOut("change", {name: str(nearest)}),)


def test_a_guidance_scale_that_is_no_number_cannot_be_built() -> None:
    assert refusal(lambda: AnimationRequest(seed=1, guidance_scale=float("nan"))).key == (
        "request-out-of-range"
    )


def test_frames_off_the_grid_cannot_be_built() -> None:
    refused = refusal(lambda: AnimationRequest(seed=1, num_frames=32))
    assert refused.key == "request-off-grid"
    assert refused.args_of_text == {"value": 32, "nearest": 33}


def test_a_resolution_is_one_of_three() -> None:
    refused = refusal(lambda: AnimationRequest(seed=1, res=800))
    assert refused.args_of_text == {"name": "res", "value": "800", "allowed": "512, 768, 1024"}


def test_beyond_the_budget_both_requests_that_fit_are_offered_and_do_fit() -> None:
    refused = refusal(lambda: AnimationRequest(seed=1, res=1024, num_frames=37))
    assert refused.key == "request-over-budget"
    assert refused.ways_out == (
        WayOut("change", {"frames": "33"}),
        WayOut("change", {"res": "768"}),
    )
    assert refused.args_of_text["fitting_frames"] == 33
    assert refused.args_of_text["fitting_res"] == "768"
    AnimationRequest(seed=1, res=1024, num_frames=33)
    AnimationRequest(seed=1, res=768, num_frames=37)


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
def test_a_thousand_characters_are_enough(field: str) -> None:
    def build(length: int) -> AnimationRequest:
        fields: dict[str, Any] = {field: "愿" * length}
        return AnimationRequest(seed=1, **fields)

    build(1000)
    assert refusal(lambda: build(1001)).key == "request-text-too-long"


def test_the_negative_prompt_is_never_empty() -> None:
    assert refusal(lambda: AnimationRequest(seed=1, negative_prompt="")).key == (
        "request-negative-empty"
    )


def test_a_loop_shows_one_frame_less() -> None:
    assert AnimationRequest(seed=1).frames_shown == 49
    assert AnimationRequest(seed=1, loop=True).frames_shown == 48


def test_an_expression_speaks_only_where_the_person_wrote_nothing() -> None:
    assert AnimationRequest(seed=1).prompt_to_render == ""
    assert AnimationRequest(seed=1, expression=Expression.SMILE).prompt_to_render == "gentle smile"
    wrote = AnimationRequest(seed=1, expression=Expression.SMILE, prompt="a frown")
    assert wrote.prompt_to_render == "a frown"


def test_what_a_person_wrote_is_not_in_a_requests_repr() -> None:
    shown = repr(AnimationRequest(seed=1, prompt="for my aunt", negative_prompt="no hats"))
    assert "aunt" not in shown
    assert "hats" not in shown


@pytest.mark.parametrize(
    ("wanted", "frames"),
    [(5, 5), (6, 5), (7, 9), (8, 9), (29, 29), (30, 29), (31, 33), (32, 33), (34, 33), (48, 49)],
)
def test_frames_snap_to_the_nearest_and_up_on_a_tie(wanted: int, frames: int) -> None:
    assert snap_frames(wanted) == frames


@given(st.integers(5, 49))
def test_snapped_frames_stay_on_the_grid_within_the_bounds_and_within_two(wanted: int) -> None:
    snapped = snap_frames(wanted)
    assert snapped % 4 == 1
    assert 5 <= snapped <= 49
    assert abs(snapped - wanted) <= 2


@pytest.mark.parametrize(
    ("picture", "res", "size"),
    [
        ((1000, 1000), 768, (768, 768)),
        ((32, 32), 512, (512, 512)),
        ((800, 600), 768, (880, 656)),
        ((300, 900), 512, (288, 864)),
        ((1920, 1080), 768, (1024, 576)),
    ],
)
def test_a_clip_takes_the_shape_of_its_picture(
    picture: tuple[int, int], res: int, size: tuple[int, int]
) -> None:
    assert fit_size(*picture, res) == size


def all_sizes(res: int) -> list[tuple[int, int]]:
    """Every pair of multiples of 16 with 90 to 100 % of the area, found without cleverness."""
    sides = range(16, 3 * res, 16)
    return [(w, h) for w in sides for h in sides if 0.9 * res * res <= w * h <= res * res]


SIZES = {res: all_sizes(res) for res in RESOLUTIONS}


@given(st.integers(32, 4000), st.integers(32, 4000), st.sampled_from(RESOLUTIONS))
def test_of_all_sizes_none_is_nearer_in_ratio_and_of_equals_none_is_larger(
    width: int, height: int, res: int
) -> None:
    if max(width, height) > 3 * min(width, height):
        assert refusal(lambda: fit_size(width, height, res)).key == "ratio-too-long"
        return

    def distance(size: tuple[int, int]) -> Fraction:
        stretch = Fraction(size[0], size[1]) / Fraction(width, height)
        return max(stretch, 1 / stretch)

    fitted = fit_size(width, height, res)
    nearest = min(map(distance, SIZES[res]))
    equals = [size for size in SIZES[res] if distance(size) == nearest]
    assert fitted in equals
    assert fitted[0] * fitted[1] == max(w * h for w, h in equals)
    assert fit_size(height, width, res) == fitted[::-1]


def test_three_to_one_is_the_longest_picture() -> None:
    assert fit_size(3000, 1000, 768)
    refused = refusal(lambda: fit_size(3001, 1000, 768))
    assert refused.args_of_text == {"width": "3001", "height": "1000"}
