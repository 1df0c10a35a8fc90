"""The gestures of each expression, drawn from the seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bot.clip import FPS
from bot.request import AnimationRequest, Expression, Style
from engine.preview.plan import Lids, Plan, Swell, Wave
from engine.preview.stage import Stage

ROOM_FOR_SMILE_S = ROOM_FOR_GLANCE_S = 1.4  # shorter clips have neither
STYLE_SCALE = {Style.FINE: 1.0, Style.LOOSE: 1.12, Style.CARTOON: 1.3}


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
    size = stage.scale * min(1.0, stage.length_s / 4)  # a short loop would sway fast
    return Plan(
        breath_period_s=breath_s,
        drift_x=_waves(stage, 0.011 * size),
        drift_y=_waves(stage, 0.006 * size),
        drift_roll=_waves(stage, 0.28 * size),
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
    lid = stage.closing(stage.at(2.3, 0.3), 1.0, hold_s=0.45)
    later = (_both(stage, stage.at(4.7, 0.2), hold_s=0.1),) if stage.roomy else ()
    corner = stage.inside(
        Swell(lid.start_s, 0.3 * stage.pace, 0.8 * stage.pace, 0.7 * stage.pace, stage.scale)
    )
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
    dips = (first, second) if stage.length_s > 1.2 else (stage.inside(first),)
    blink = _both(stage, first_s + 0.45 * stage.pace, hold_s=0.2)
    return _smiling(stage, replace(plan, lids=(blink,), head_y=dips), at_s=stage.at(4.4, 0.2))


def _surprise(stage: Stage, plan: Plan) -> Plan:
    """Brows and head rise, the eyes widen; a blink lets it go."""
    start_s = stage.at(1.2, 0.25)
    hold_s = stage.between(0.9, 1.3) * stage.pace
    start = stage.inside(Swell(start_s, 0.3 * stage.pace, hold_s, 0.7 * stage.pace, stage.scale))
    back = replace(start, height=-0.03 * stage.scale)
    blink = _both(stage, start.start_s + start.rise_s + start.hold_s + 0.15, hold_s=0.1)
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
    slow = stage.closing(deepest_s, stage.between(0.96, 1.0), hold_s)
    quick = replace(slow, hold_s=max(0.0, slow.hold_s - 0.1 * stage.pace))
    return Lids(quick, slow) if stage.chance(0.3) else Lids(slow, quick)


def _alone(stage: Stage, deepest_s: float) -> Lids:
    """One lid sinks a good part of the way, as if tired."""
    depth = stage.between(0.5, 0.68)
    lid = stage.closing(deepest_s, depth, hold_s=0.12)
    return Lids(lid, None) if stage.chance(0.5) else Lids(None, lid)


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
    if stage.length_s < ROOM_FOR_GLANCE_S:
        return plan
    moment_s = blink.as_blink().deepest_s
    back_s = max(0.0, stage.length_s - moment_s - 0.9 * stage.pace)
    side = -1 if stage.chance(0.5) else 1
    aside = Swell(moment_s - 0.1, 0.2, back_s, 0.3, side * stage.between(0.12, 0.24))
    down = replace(aside, height=stage.between(-0.06, 0.1))
    return replace(plan, gaze_x=(aside,), gaze_y=(down,))
