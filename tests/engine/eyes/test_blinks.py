from __future__ import annotations

import numpy as np
import pytest

from bot.measurement import Eye
from engine.eyes.blinks import blinks_of

OPEN = [1.0] * 8


def test_open_eyes_do_not_blink() -> None:
    assert blinks_of(OPEN, OPEN, 8) == ()


def test_a_blink_of_both_eyes_has_its_times_and_depth() -> None:
    dip = [0.6, 0.2, 0.6]
    (blink,) = blinks_of(OPEN + dip + OPEN, OPEN + dip + OPEN, 8)
    assert blink.eye is Eye.BOTH
    assert blink.leads is None
    assert blink.depth == pytest.approx(0.8)
    assert blink.deepest_s == pytest.approx(9 / 8)
    assert 7 / 8 < blink.start_s < 8 / 8
    assert 10 / 8 < blink.end_s < 11 / 8


@pytest.mark.parametrize("eye", [Eye.LEFT, Eye.RIGHT])
def test_one_lid_alone_is_told_from_both(eye: Eye) -> None:
    curves = {Eye.LEFT: [*OPEN, 1.0, 0.97, 1.0, *OPEN], Eye.RIGHT: [*OPEN, 1.0, 1.02, 1.0, *OPEN]}
    curves[eye] = [*OPEN, 0.8, 0.5, 0.8, *OPEN]
    (blink,) = blinks_of(curves[Eye.LEFT], curves[Eye.RIGHT], 8)
    assert blink.eye is eye


def test_the_eye_that_is_turned_away_takes_part_though_it_seems_to_close_less() -> None:
    (blink,) = blinks_of([*OPEN, 0.7, 0.4, 0.7, *OPEN], [*OPEN, 0.9, 0.75, 0.9, *OPEN], 8)
    assert blink.eye is Eye.BOTH
    assert blink.depth == pytest.approx(0.6)


def test_an_eye_that_is_drawn_along_a_little_does_not_take_part() -> None:
    (blink,) = blinks_of([*OPEN, 0.9, 0.7, 0.9, *OPEN], [*OPEN, 0.96, 0.91, 0.96, *OPEN], 8)
    assert blink.eye is Eye.LEFT


@pytest.mark.parametrize("leader", [Eye.LEFT, Eye.RIGHT])
def test_the_eye_that_opens_first_leads(leader: Eye) -> None:
    early, late = [*OPEN, 0.3, 0.3, 0.8, 1.0, *OPEN], [*OPEN, 0.3, 0.3, 0.35, 0.8, *OPEN]
    left, right = (early, late) if leader is Eye.LEFT else (late, early)
    (blink,) = blinks_of(left, right, 8)
    assert blink.leads is leader


def test_jitter_is_no_blink() -> None:
    rng = np.random.default_rng(0)
    left, right = 1 + rng.normal(0, 0.03, (2, 200))
    assert blinks_of(left.tolist(), right.tolist(), 8) == ()


def test_one_stumbling_frame_is_no_blink() -> None:
    assert blinks_of([*OPEN, 0.4, *OPEN], [*OPEN, 0.5, *OPEN], 8) == ()


def test_two_frames_are_enough_for_a_blink() -> None:
    assert len(blinks_of([*OPEN, 0.6, 0.5, *OPEN], [*OPEN, 0.6, 0.5, *OPEN], 8)) == 1


def test_a_wobble_on_the_way_up_does_not_split_a_blink() -> None:
    dip = [0.5, 0.3, 0.7, 0.85, 0.8, 0.9]
    assert len(blinks_of(OPEN + dip + OPEN, OPEN + dip + OPEN, 8)) == 1


def test_blinks_come_in_order_each_with_its_own_eye() -> None:
    gap = [0.8, 0.4, 0.8]
    left = OPEN + gap + OPEN + gap + OPEN + [1.0] * 3 + OPEN
    right = OPEN + [1.0] * 3 + OPEN + gap + OPEN + gap + OPEN
    blinks = blinks_of(left, right, 8)
    assert [blink.eye for blink in blinks] == [Eye.LEFT, Eye.BOTH, Eye.RIGHT]
    assert [blink.start_s for blink in blinks] == sorted(blink.start_s for blink in blinks)


def test_eyes_still_closed_at_the_end_close_the_blink_with_the_clip() -> None:
    (blink,) = blinks_of([*OPEN, 0.6, 0.3, 0.3], [*OPEN, 0.6, 0.3, 0.3], 8)
    assert blink.end_s == pytest.approx(10 / 8)
    assert blink.leads is None


def test_an_eye_that_rests_closed_is_deepest_in_the_middle_of_its_rest() -> None:
    dip = [0.5, 0.22, 0.2, 0.23, 0.21, 0.2, 0.5]
    (blink,) = blinks_of(OPEN + dip + OPEN, OPEN + dip + OPEN, 8)
    assert blink.deepest_s == pytest.approx(11 / 8)
