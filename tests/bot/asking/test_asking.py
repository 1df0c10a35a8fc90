"""Settings into requests: what is filled in, what is told, what is refused before queueing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asking.asking import Asked, draw_seed, make_request
from bot.asking.option_words import NAMES
from bot.errors import RequestError, WayOut
from bot.request import DEFAULT_NEGATIVE_PROMPT, AnimationRequest, Note, Sampler, Style


def ask(**given: str) -> Asked:
    return make_request(given, lambda: 7)


def refused(**given: str) -> RequestError:
    with pytest.raises(RequestError) as caught:
        ask(**given)
    return caught.value


def test_nothing_typed_is_the_default_request_with_a_drawn_seed() -> None:
    assert ask() == Asked(AnimationRequest(seed=7))


def test_a_typed_seed_is_kept_and_known_as_typed() -> None:
    request = ask(seed="0").request
    assert (request.seed, request.seed_typed) == (0, True)


def test_drawn_seeds_are_within_bounds_and_differ() -> None:
    seeds = {draw_seed() for _ in range(100)}
    assert len(seeds) > 90
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_everything_that_can_be_typed_arrives() -> None:
    request = ask(
        frames="33",
        res="1024",
        steps="60",
        cfg="4.25",
        sampler="DPM++ 2M Karras",
        mode="exact",
        expression="wink",
        prompt=" hello ",
        negative="hats",
        style="loose",
        loop="on",
        format="gif",
    ).request
    assert request == AnimationRequest(
        seed=7,
        num_frames=33,
        res=1024,
        num_inference_steps=60,
        guidance_scale=4.25,
        sampler=Sampler.DPM_2M_KARRAS,
        mode=request.mode.EXACT,
        expression=request.expression.WINK,
        prompt="hello",
        negative_prompt="hats",
        style=Style.LOOSE,
        loop=True,
        format=request.format.GIF,
    )


def test_frames_that_were_snapped_are_told() -> None:
    asked = ask(frames="32")
    assert asked.request.num_frames == 33
    assert asked.notes == (Note("note-frames-snapped", {"asked": 32, "frames": 33}),)


@pytest.mark.parametrize(("style", "cfg"), [("fine", 6.0), ("loose", 4.5), ("cartoon", 4.5)])
def test_a_style_chooses_the_guidance_unless_it_was_typed(style: str, cfg: float) -> None:
    assert ask(style=style).request.guidance_scale == cfg
    assert ask(style=style, cfg="9").request.guidance_scale == 9


def test_the_cartoon_style_comes_with_an_honest_warning() -> None:
    assert ask(style="cartoon").notes == (Note("note-cartoon-eyes"),)


def test_emptying_the_negative_prompt_restores_the_default_and_says_so() -> None:
    asked = ask(negative="  ")
    assert asked.request.negative_prompt == DEFAULT_NEGATIVE_PROMPT
    assert asked.notes == (Note("note-negative-default"),)


def test_more_than_49_frames_are_refused_with_49_as_the_way_out() -> None:
    error = refused(frames="81")
    assert error.key == "frames-too-many"
    assert error.ways_out == (WayOut("change", {"frames": "49"}),)


def test_1024_without_a_word_on_frames_is_beyond_the_budget() -> None:
    error = refused(res="1024")
    assert error.key == "request-over-budget"
    for way in error.ways_out:
        ask(**{"res": "1024", **way.changes})


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"steps": "many"}, "request-not-whole"),
        ({"steps": "60.5"}, "request-not-whole"),
        ({"steps": "6_0"}, "request-not-whole"),
        ({"steps": "9" * 5000}, "request-not-whole"),
        ({"cfg": "nan"}, "request-not-a-number"),
        ({"cfg": "1e1"}, "request-not-a-number"),
        ({"cfg": "20.5"}, "request-out-of-range"),
        ({"frames": "3"}, "request-out-of-range"),
        ({"seed": "-1"}, "request-out-of-range"),
        ({"seed": str(2**32)}, "request-out-of-range"),
        ({"res": "1280"}, "request-not-one-of"),
        ({"sampler": "Heun"}, "request-not-one-of"),
        ({"loop": "maybe"}, "request-not-one-of"),
        ({"prompt": "x" * 1001}, "request-text-too-long"),
        ({"colour": "blue"}, "option-unknown"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(given: dict[str, str], key: str) -> None:
    assert refused(**given).key == key


@pytest.mark.parametrize(
    "prompt",
    [
        "the camera slowly zooms in",
        "Camera pans to the left",
        "zoom out while she smiles",
        "drone shot, cinematic",
        "orbit around the head",
        "镜头慢慢拉近",
        "微笑，运镜",
        "旋转镜头",
    ],
)
def test_a_camera_move_is_refused_before_queueing_with_a_way_out(prompt: str) -> None:
    error = refused(prompt=prompt)
    assert error.key == "prompt-camera"
    assert error.ways_out == (WayOut("change", {"prompt": ""}),)


@pytest.mark.parametrize("prompt", ["she is dancing", "a full-body motion", "跳舞", "街舞少年"])
def test_a_dance_is_refused_before_queueing_with_a_way_out(prompt: str) -> None:
    error = refused(prompt=prompt)
    assert error.key == "prompt-dance"
    assert error.ways_out == (WayOut("change", {"prompt": ""}),)


@pytest.mark.parametrize(
    "prompt",
    [
        "looking at the camera, gentle smile",
        "看着镜头微笑",
        "a dancer with closed eyes",
        "pan, the god of the wild",
        "panting softly",
    ],
)
def test_a_prompt_that_only_sounds_like_it_is_taken(prompt: str) -> None:
    assert ask(prompt=prompt).request.prompt == prompt


@given(st.dictionaries(st.sampled_from(list(NAMES)), st.text(max_size=40)))
def test_any_values_at_all_end_in_a_request_or_a_refusal(given: dict[str, str]) -> None:
    try:
        make_request(given, lambda: 7)
    except RequestError as error:
        assert error.key
