from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clip import FPS
from bot.measurement import Eye
from bot.request import AnimationRequest, Expression, Style
from engine.preview.score import Score, compose

LENGTHS = st.integers(1, 12).map(lambda n: 4 * n + 1)  # 5..49 on the 4k+1 grid
REQUESTS = st.builds(
    AnimationRequest,
    seed=st.integers(0, 2**32 - 1),
    num_frames=LENGTHS,
    loop=st.booleans(),
    expression=st.sampled_from(Expression),
    style=st.sampled_from(Style),
)
BOUNDS = {
    "left_lid": (0, 1),
    "right_lid": (0, 1),
    "left_smile": (0, 2),
    "right_smile": (0, 2),
    "brows": (0, 2),
    "surprise": (0, 1.5),
    "breath": (-1, 1),
    "head_x": (-0.06, 0.06),
    "head_y": (-0.1, 0.18),
    "roll": (-3, 3),
    "gaze_x": (-0.3, 0.3),
    "gaze_y": (-0.15, 0.15),
}


def curves(score: Score) -> dict[str, np.ndarray]:
    return {f.name: getattr(score, f.name) for f in fields(score) if f.name != "blinks"}


@given(REQUESTS)
def test_every_curve_has_a_value_a_frame_within_its_bounds(request: AnimationRequest) -> None:
    for name, curve in curves(compose(request)).items():
        low, high = BOUNDS[name]
        assert curve.shape == (request.frames_shown,), name
        assert low - 1e-9 <= curve.min() and curve.max() <= high, name


@given(REQUESTS)
def test_nothing_has_moved_in_the_first_frame(request: AnimationRequest) -> None:
    for name, curve in curves(compose(request)).items():
        assert curve[0] == pytest.approx(0, abs=1e-9), name


@given(REQUESTS.filter(lambda request: not request.loop))
def test_both_eyes_are_open_at_the_end(request: AnimationRequest) -> None:
    score = compose(request)
    assert max(score.left_lid[-1], score.right_lid[-1]) < 0.1


@given(REQUESTS)
def test_even_the_shortest_clip_closes_an_eye_in_some_frame(request: AnimationRequest) -> None:
    score = compose(request)
    assert np.maximum(score.left_lid, score.right_lid).max() > 0.9


@given(REQUESTS)
def test_the_planned_blinks_are_the_ones_in_the_curves(request: AnimationRequest) -> None:
    score = compose(request)
    lids = {Eye.LEFT: [score.left_lid], Eye.RIGHT: [score.right_lid]}
    lids[Eye.BOTH] = lids[Eye.LEFT] + lids[Eye.RIGHT]
    for blink in score.blinks:
        frame = round(blink.deepest_s * FPS)
        assert blink.start_s < blink.deepest_s < blink.end_s
        for lid in lids[blink.eye]:
            assert lid[max(0, frame - 1) : frame + 2].max() > 0.9 * blink.depth


@given(REQUESTS.filter(lambda request: request.loop and request.num_frames >= 13))
def test_a_loop_comes_back_to_where_it_began(request: AnimationRequest) -> None:
    """The first frame follows the last and is no farther from it than steps go."""
    for name, curve in curves(compose(request)).items():
        steps = np.abs(np.diff(curve))
        assert abs(curve[-1] - curve[0]) <= 2 * steps.max() + 1e-9, name


@given(REQUESTS)
def test_the_same_request_is_the_same_score(request: AnimationRequest) -> None:
    first, second = compose(request), compose(request)
    assert first.blinks == second.blinks
    for name, curve in curves(first).items():
        assert np.array_equal(curve, curves(second)[name]), name


def test_another_seed_is_another_rhythm() -> None:
    rhythms = {compose(AnimationRequest(seed=seed)).blinks for seed in range(20)}
    assert len(rhythms) == 20
    assert {blinks[0].eye for blinks in rhythms} == {Eye.LEFT, Eye.RIGHT}
    assert {blinks[1].leads for blinks in rhythms} == {Eye.LEFT, Eye.RIGHT}


def test_a_full_clip_follows_what_was_observed_on_the_model() -> None:
    for seed in range(20):
        score = compose(AnimationRequest(seed=seed))
        alone, both = score.blinks
        assert 0.8 < alone.start_s < 1.6 and alone.depth < 0.75
        assert 2.2 < both.start_s < 3.2 and both.depth > 0.75
        assert 3.1 < both.end_s < 4.1
        before, after = score.left_smile[: int(4.2 * FPS)], score.left_smile[int(5.8 * FPS) :]
        assert before.max() == 0 and after.min() > 0.5


def test_one_eye_opens_a_tenth_of_a_second_ahead_of_the_other() -> None:
    for seed in range(10):
        score = compose(AnimationRequest(seed=seed))
        opening = round(score.blinks[1].end_s * FPS) - 1
        left, right = score.left_lid[opening - 1], score.right_lid[opening - 1]
        assert (left < right) == (score.blinks[1].leads is Eye.LEFT)


def test_a_wink_closes_one_eye_and_lifts_its_corner_of_the_mouth() -> None:
    score = compose(AnimationRequest(seed=4, expression=Expression.WINK))
    wink = score.blinks[0]
    frame = round(wink.deepest_s * FPS)
    sides = (score.left_smile, score.right_smile)
    near, far = sides if wink.eye is Eye.LEFT else reversed(sides)
    assert wink.eye is not Eye.BOTH
    assert near[frame] > 2 * far[frame] > 0


def test_a_nod_dips_the_head_and_a_surprise_lifts_it_with_the_brows() -> None:
    nod = compose(AnimationRequest(seed=4, expression=Expression.NOD))
    surprise = compose(AnimationRequest(seed=4, expression=Expression.SURPRISE))
    assert nod.head_y.max() > 0.06
    assert surprise.head_y.min() < -0.02 and surprise.brows.max() > 0.9


def test_a_cartoon_moves_more_than_a_fine_drawing() -> None:
    fine = compose(AnimationRequest(seed=4))
    cartoon = compose(AnimationRequest(seed=4, style=Style.CARTOON))
    assert cartoon.left_smile.max() > fine.left_smile.max()
    assert np.array_equal(cartoon.left_lid, fine.left_lid)
