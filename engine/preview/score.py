"""The motion score of a clip: what moves when, drawn from the seed, without a picture.

The rhythm follows what was observed on the real model: one lid sinks alone, both eyes close and
open again with one a tenth of a second ahead, the corners of the mouth lift at the end; nothing
else moves but breath and a slight drift.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.clip import FPS
from bot.measurement import Blink
from bot.request import AnimationRequest
from engine.preview.gestures import plan_for
from engine.preview.plan import Lids, Swell

Curve = NDArray[np.float64]


@dataclass(frozen=True)
class Score:
    """One value a frame and curve, zero where nothing moves; left and right as the viewer sees.

    `left_lid`, `right_lid`: 0 open, 1 closed. `left_smile`, `right_smile`, `brows`, `surprise`:
    0 at rest, 1 a full gesture (a typed style may go a little beyond). `breath`: -1..1.
    `head_x`, `head_y`: eye distances, right and down. `roll`: degrees, clockwise.
    `gaze_x`, `gaze_y`: radii of the iris. `blinks` are those planned, in order of time.
    """

    left_lid: Curve
    right_lid: Curve
    left_smile: Curve
    right_smile: Curve
    brows: Curve
    surprise: Curve
    breath: Curve
    head_x: Curve
    head_y: Curve
    roll: Curve
    gaze_x: Curve
    gaze_y: Curve
    blinks: tuple[Blink, ...]

    @property
    def num_frames(self) -> int:
        return len(self.breath)


def compose(request: AnimationRequest) -> Score:
    """The score of a request: the same request is the same score, another seed another rhythm."""
    plan = plan_for(request)
    times = np.arange(request.frames_shown) / FPS
    return Score(
        left_lid=_lid(plan.lids, times, left=True),
        right_lid=_lid(plan.lids, times, left=False),
        left_smile=_swell(plan.left_smile, times),
        right_smile=_swell(plan.right_smile, times),
        brows=_swell(plan.brows, times),
        surprise=_swell(plan.surprise, times),
        breath=np.sin(2 * np.pi * times / plan.breath_period_s),
        head_x=_drift(plan.drift_x, times) + _swell(plan.head_x, times),
        head_y=_drift(plan.drift_y, times) + _swell(plan.head_y, times),
        roll=_drift(plan.drift_roll, times) + _swell(plan.roll, times),
        gaze_x=_swell(plan.gaze_x, times),
        gaze_y=_swell(plan.gaze_y, times),
        blinks=tuple(lids.as_blink() for lids in plan.lids),
    )


def ease(share: Curve) -> Curve:
    """From 0 to 1 with no speed at either end; `share` outside 0..1 is held."""
    held = np.clip(share, 0, 1)
    return held * held * (3 - 2 * held)


def _lid(blinks: tuple[Lids, ...], times: Curve, *, left: bool) -> Curve:
    """The deepest of all blinks in which this lid takes part."""
    lid = np.zeros_like(times)
    for blink in blinks:
        swell = blink.left if left else blink.right
        if swell is not None:
            lid = np.maximum(lid, _swell((swell,), times))
    return lid


def _swell(swells: tuple[Swell, ...], times: Curve) -> Curve:
    """The sum of gestures that each rise, hold and fall (or stay, with an endless hold)."""
    curve = np.zeros_like(times)
    for swell in swells:
        up = ease((times - swell.start_s) / swell.rise_s)
        down = ease((times - swell.start_s - swell.rise_s - swell.hold_s) / swell.fall_s)
        curve += swell.height * (up - down)
    return curve


def _drift(waves: tuple[tuple[float, float, float], ...], times: Curve) -> Curve:
    """Slow waves (amplitude, period in seconds, phase) that begin at zero."""
    curve = np.zeros_like(times)
    for amplitude, period_s, phase in waves:
        angle = 2 * np.pi * times / period_s
        curve += amplitude * (np.sin(angle + phase) - np.sin(phase))
    return curve
