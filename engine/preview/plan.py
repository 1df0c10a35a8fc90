"""What happens in a clip and when: gestures with their times, drawn from the seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bot.clip import FPS
from bot.measurement import Blink, Eye
from bot.request import AnimationRequest, Expression, Style

FULL_CLIP_S = 6.0  # the clip whose times the gestures are written for
ROOM_FOR_ALL_S = 3.5  # shorter clips keep only their main gesture
ROOM_FOR_SMILE_S = 1.4
STAYS = 1e6  # seconds of hold that outlast every clip
STYLE_SCALE = {Style.FINE: 1.0, Style.LOOSE: 1.12, Style.CARTOON: 1.3}

Wave = tuple[float, float, float]  # amplitude, period in seconds, phase


@dataclass(frozen=True)
class Swell:
    """A gesture: rises to `height` from `start_s` on, holds, falls; all in seconds."""

    start_s: float
    rise_s: float
    hold_s: float
    fall_s: float
    height: float

    @property
    def end_s(self) -> float:
        return self.start_s + self.rise_s + self.hold_s + self.fall_s


@dataclass(frozen=True)
class Lids:
    """One blink: of the left lid, the right one, or both."""

    left: Swell | None
    right: Swell | None

    def as_blink(self) -> Blink:
        """As the measurement of the finished clip should find it."""
        sunk = [lid for lid in (self.left, self.right) if lid is not None]
        first = min(sunk, key=lambda lid: lid.end_s)
        eye = Eye.BOTH if len(sunk) == 2 else (Eye.LEFT if self.left else Eye.RIGHT)
        together = len(sunk) < 2 or sunk[0].end_s == sunk[1].end_s
        return Blink(
            start_s=min(lid.start_s for lid in sunk),
            deepest_s=first.start_s + first.rise_s + first.hold_s / 2,
            end_s=max(lid.end_s for lid in sunk),
            depth=max(lid.height for lid in sunk),
            eye=eye,
            leads=None if together else (Eye.LEFT if first is self.left else Eye.RIGHT),
        )


@dataclass(frozen=True)
class Plan:
    """All gestures of a clip; heights in the units of `Score`."""

    breath_period_s: float
    drift_x: tuple[Wave, ...]
    drift_y: tuple[Wave, ...]
    drift_roll: tuple[Wave, ...]
    lids: tuple[Lids, ...] = ()
    left_smile: tuple[Swell, ...] = ()
    right_smile: tuple[Swell, ...] = ()
    brows: tuple[Swell, ...] = ()
    surprise: tuple[Swell, ...] = ()
    head_x: tuple[Swell, ...] = ()
    head_y: tuple[Swell, ...] = ()
    roll: tuple[Swell, ...] = ()
    gaze_x: tuple[Swell, ...] = ()
    gaze_y: tuple[Swell, ...] = ()


@dataclass(frozen=True)
class Stage:
    """The time that a clip has, and the dice that vary it."""

    dice: np.random.Generator
    length_s: float  # of a loop: its period; else the time of the last frame
    loop: bool
    scale: float  # how large gestures other than the lids' are

    @property
    def roomy(self) -> bool:
        return self.length_s >= ROOM_FOR_ALL_S

    @property
    def pace(self) -> float:
        """Gestures last as long as written unless the clip is too short for them."""
        return min(1.0, self.length_s / 2.4)

    def at(self, nominal_s: float, vary_s: float = 0.0) -> float:
        """A time of the full clip, varied, in this clip."""
        varied = nominal_s + self.dice.uniform(-vary_s, vary_s)
        return varied * self.length_s / FULL_CLIP_S

    def between(self, low: float, high: float) -> float:
        return float(self.dice.uniform(low, high))

    def chance(self, share: float) -> bool:
        return bool(self.dice.random() < share)

    def swell(self, start_s: float, height: float, rise_s: float, hold_s: float) -> Swell:
        """A gesture that stays to the end of the clip, or in a loop is gone by then."""
        fall_s = 0.9 * self.pace
        if not self.loop:
            start_s = min(start_s, self.length_s - (rise_s + 0.3) * self.pace)
            return Swell(start_s, rise_s * self.pace, STAYS, 1.0, height)
        start_s = min(start_s, self.length_s - (rise_s + hold_s) * self.pace - fall_s)
        return Swell(max(0.0, start_s), rise_s * self.pace, hold_s * self.pace, fall_s, height)


def plan_for(request: AnimationRequest) -> Plan:
    """The plan of a request; `expression` picks its gestures, `seed` everything about them."""
    length_s = (request.frames_shown if request.loop else request.num_frames - 1) / FPS
    dice = np.random.Generator(np.random.PCG64(request.seed))
    stage = Stage(dice, length_s, request.loop, STYLE_SCALE[request.style])
    return GESTURES[request.expression](stage, _rest(stage))


def _rest(stage: Stage) -> Plan:
    """Breath and drift, which every clip has; whole periods where it loops."""
    breath_s = stage.between(2.6, 3.6)
    if stage.loop:
        breath_s = stage.length_s / max(1, round(stage.length_s / breath_s))
    return Plan(
        breath_period_s=breath_s,
        drift_x=_waves(stage, 0.011 * stage.scale),
        drift_y=_waves(stage, 0.006 * stage.scale),
        drift_roll=_waves(stage, 0.28 * stage.scale),
    )


def _waves(stage: Stage, amplitude: float) -> tuple[Wave, ...]:
    """A long wave and a shorter, smaller one."""
    long_s = stage.length_s if stage.loop else stage.between(5.5, 8.0)
    short_s = stage.length_s / 2 if stage.loop else stage.between(2.8, 3.9)
    long, short = stage.between(0.6, 1.0) * amplitude, stage.between(0.2, 0.35) * amplitude
    return (
        (long, long_s, stage.between(0, 2 * np.pi)),
        (short, short_s, stage.between(0, 2 * np.pi)),
    )


def _auto(stage: Stage, plan: Plan) -> Plan:
    """One lid alone, both, a smile; a short clip keeps the blink, then the smile."""
    blink = _both(stage, stage.at(3.15 if stage.roomy else 2.6, 0.2), hold_s=0.45)
    alone = (_alone(stage, stage.at(1.4, 0.25)),) if stage.roomy else ()
    plan = replace(plan, lids=(*alone, blink))
    return _smiling(stage, _glancing(stage, plan, blink), at_s=stage.at(4.75, 0.2))


def _blink(stage: Stage, plan: Plan) -> Plan:
    """A quick blink and a slow one, or a double one."""
    slow = _both(stage, stage.at(3.6 if stage.roomy else 3.0, 0.3), hold_s=stage.between(0.3, 0.6))
    quick = (_both(stage, stage.at(1.4, 0.3), hold_s=0.1),) if stage.roomy else ()
    again: tuple[Lids, ...] = ()
    if stage.length_s >= 5 and stage.chance(0.5):
        again = (_both(stage, stage.at(4.9, 0.1), hold_s=0.05),)
    return _glancing(stage, replace(plan, lids=(*quick, slow, *again)), slow)


def _smile(stage: Stage, plan: Plan) -> Plan:
    """A longer and wider smile, with a blink in it."""
    blink = _both(stage, stage.at(3.4, 0.3), hold_s=0.25)
    plan = replace(plan, lids=(blink,))
    return _smiling(stage, plan, at_s=stage.at(1.5, 0.3), height=1.35, hold_s=2.2)


def _wink(stage: Stage, plan: Plan) -> Plan:
    """One eye closes and its corner of the mouth lifts with it; later a plain blink."""
    left = stage.chance(0.5)
    lid = _closing(stage, stage.at(2.3, 0.3), 1.0, hold_s=0.45)
    later = (_both(stage, stage.at(4.7, 0.2), hold_s=0.1),) if stage.roomy else ()
    corner = Swell(lid.start_s, 0.3 * stage.pace, 0.8 * stage.pace, 0.7 * stage.pace, stage.scale)
    other = replace(corner, height=0.35 * corner.height)
    tilt = replace(corner, height=stage.between(0.8, 1.3) * (-1 if left else 1) * stage.scale)
    return replace(
        plan,
        lids=(Lids(lid, None) if left else Lids(None, lid), *later),
        left_smile=(corner if left else other,),
        right_smile=(other if left else corner,),
        roll=(tilt,),
    )


def _nod(stage: Stage, plan: Plan) -> Plan:
    """The head dips twice, the second time less, and the eyes close on the way."""
    first_s = stage.at(1.5 if stage.roomy else 1.0, 0.25)
    rise_s, fall_s = 0.38 * stage.pace, 0.5 * stage.pace
    depth = stage.between(0.075, 0.095) * stage.scale
    first = Swell(first_s, rise_s, 0.05 * stage.pace, fall_s, depth)
    second = replace(first, start_s=first.end_s + 0.08 * stage.pace, height=0.6 * depth)
    dips = (first, second) if stage.length_s > 1.2 else (first,)
    blink = _both(stage, first_s + 0.45 * stage.pace, hold_s=0.2)
    return _smiling(stage, replace(plan, lids=(blink,), head_y=dips), at_s=stage.at(4.4, 0.2))


def _surprise(stage: Stage, plan: Plan) -> Plan:
    """Brows and head rise, the eyes widen; a blink lets it go."""
    start_s = stage.at(1.2, 0.25)
    hold_s = stage.between(0.9, 1.3) * stage.pace
    start = Swell(start_s, 0.3 * stage.pace, hold_s, 0.7 * stage.pace, stage.scale)
    back = replace(start, height=-0.03 * stage.scale)
    blink = _both(stage, start.start_s + start.rise_s + hold_s + 0.15, hold_s=0.1)
    plan = replace(plan, lids=(blink,), brows=(start,), surprise=(start,), head_y=(back,))
    return _smiling(stage, plan, at_s=stage.at(4.6, 0.2), height=0.7)


GESTURES: dict[Expression, Callable[[Stage, Plan], Plan]] = {
    Expression.AUTO: _auto,
    Expression.BLINK: _blink,
    Expression.SMILE: _smile,
    Expression.WINK: _wink,
    Expression.NOD: _nod,
    Expression.SURPRISE: _surprise,
}


def _both(stage: Stage, deepest_s: float, hold_s: float) -> Lids:
    """Both eyes close together; one opens a tenth of a second ahead, most often the right."""
    slow = _closing(stage, deepest_s, stage.between(0.96, 1.0), hold_s)
    quick = replace(slow, hold_s=max(0.0, slow.hold_s - 0.1 * stage.pace))
    return Lids(quick, slow) if stage.chance(0.3) else Lids(slow, quick)


def _alone(stage: Stage, deepest_s: float) -> Lids:
    """One lid sinks a good part of the way, as if tired."""
    depth = stage.between(0.5, 0.68)
    lid = _closing(stage, deepest_s, depth, hold_s=0.12)
    return Lids(lid, None) if stage.chance(0.5) else Lids(None, lid)


def _closing(stage: Stage, deepest_s: float, depth: float, hold_s: float) -> Swell:
    """A lid that is deepest on a frame, so that no blink falls between two of them, and open
    in the first and last frame."""
    rise_s, hold_s, fall_s = (s * stage.pace for s in (0.3, hold_s, 0.4))
    rise_s, fall_s = max(rise_s, 0.12), max(fall_s, 0.12)
    last_s = stage.length_s - fall_s - hold_s / 2
    deepest_s = min(max(deepest_s, rise_s + hold_s / 2), last_s)
    deepest_s = max(1, round(deepest_s * FPS)) / FPS
    return Swell(deepest_s - hold_s / 2 - rise_s, rise_s, hold_s, fall_s, depth)


def _smiling(
    stage: Stage, plan: Plan, at_s: float, height: float = 1.0, hold_s: float = 0.4
) -> Plan:
    """The corners of the mouth lift, one a little more than the other; the brows follow."""
    if stage.length_s < ROOM_FOR_SMILE_S:
        return plan
    full = stage.swell(at_s, height * stage.scale * stage.between(0.85, 1.1), 0.7, hold_s)
    less = replace(full, height=full.height * stage.between(0.7, 0.95))
    left, right = (full, less) if stage.chance(0.5) else (less, full)
    brows = replace(full, height=0.25 * full.height)
    return replace(
        plan,
        left_smile=(*plan.left_smile, left),
        right_smile=(*plan.right_smile, right),
        brows=(*plan.brows, brows),
    )


def _glancing(stage: Stage, plan: Plan, blink: Lids) -> Plan:
    """The eyes come back from a blink looking a little elsewhere, and return before the end."""
    moment_s = blink.as_blink().deepest_s
    back_s = max(0.0, stage.length_s - moment_s - 0.9 * stage.pace)
    side = -1 if stage.chance(0.5) else 1
    aside = Swell(moment_s - 0.1, 0.2, back_s, 0.3, side * stage.between(0.12, 0.24))
    down = replace(aside, height=stage.between(-0.06, 0.1))
    return replace(plan, gaze_x=(aside,), gaze_y=(down,))
