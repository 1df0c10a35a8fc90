"""The time that a clip has for its gestures, and the dice that vary them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bot.clip import FPS
from engine.preview.plan import Swell

FULL_CLIP_S = 6.0  # the clip whose times the gestures are written for
ROOM_FOR_ALL_S = 3.5  # shorter clips keep only their main gesture
STAYS = 1e6  # seconds of hold that outlast every clip


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

    def inside(self, swell: Swell) -> Swell:
        """The same gesture, begun and over within the clip."""
        lasts_s = swell.end_s - swell.start_s
        shrink = min(1.0, self.length_s / lasts_s)
        return Swell(
            min(max(0.0, swell.start_s), self.length_s - lasts_s * shrink),
            swell.rise_s * shrink,
            swell.hold_s * shrink,
            swell.fall_s * shrink,
            swell.height,
        )

    def swell(self, start_s: float, height: float, rise_s: float, hold_s: float) -> Swell:
        """A gesture that stays to the end of the clip, or in a loop is gone by then."""
        fall_s = 0.9 * self.pace
        if not self.loop:
            start_s = min(start_s, self.length_s - (rise_s + 0.3) * self.pace)
            return Swell(start_s, rise_s * self.pace, STAYS, 1.0, height)
        return self.inside(Swell(start_s, rise_s * self.pace, hold_s * self.pace, fall_s, height))

    def closing(self, deepest_s: float, depth: float, hold_s: float) -> Swell:
        """A lid that is deepest on a frame, so that no blink falls between two of them, and open
        in the first and last frame."""
        rise_s, hold_s, fall_s = (s * self.pace for s in (0.3, hold_s, 0.4))
        rise_s, fall_s = max(rise_s, 0.12), max(fall_s, 0.12)
        first = math.ceil((rise_s + hold_s / 2) * FPS)
        last = math.floor((self.length_s - fall_s - hold_s / 2) * FPS)
        deepest_s = max(first, min(round(deepest_s * FPS), last)) / FPS
        return Swell(deepest_s - hold_s / 2 - rise_s, rise_s, hold_s, fall_s, depth)
