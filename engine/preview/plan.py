"""What happens in a clip and when: gestures with their times."""

from __future__ import annotations

from dataclasses import dataclass

from bot.measurement import Blink, Eye

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
