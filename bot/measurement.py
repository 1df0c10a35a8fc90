"""What was measured on a clip: blinks, smile, drift, and whether it moved or fell apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """`UNMEASURED` (no face was found) is never a failure; `FROZEN` and `TORN` are."""

    FINE = "fine"
    FROZEN = "frozen"
    TORN = "torn"
    UNMEASURED = "unmeasured"


class Eye(StrEnum):
    """As the viewer sees the picture: `LEFT` is the eye nearer to its left border."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Blink:
    """Times in seconds from the clip's start.

    `depth` is the share of the open eye that was covered at the deepest moment (0..1), of the
    deeper eye; `eye` says which took part, `leads` which of two opened first (None: together).
    """

    start_s: float
    deepest_s: float
    end_s: float
    depth: float
    eye: Eye
    leads: Eye | None = None


@dataclass(frozen=True, slots=True)
class Curves:
    """One number a frame and curve; all five are equally long.

    `left_eye` and `right_eye`: eye aspect ratio over its own open value (1 open, 0 closed).
    `mouth`: lift of the mouth corners against the first frame, in eye distances.
    `drift_x`, `drift_y`: head position against the first frame, in eye distances.
    """

    left_eye: tuple[float, ...]
    right_eye: tuple[float, ...]
    mouth: tuple[float, ...]
    drift_x: tuple[float, ...]
    drift_y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Measurement:
    """`smile` is the largest lift of the mouth corners in eye distances, `drift` the farthest
    that the head moved, both None where no face was found."""

    verdict: Verdict
    blinks: tuple[Blink, ...] = ()
    smile: float | None = None
    smile_at_s: float | None = None
    drift: float | None = None
    curves: Curves | None = None

    @property
    def failed(self) -> bool:
        """True for a clip that deserves another render before anyone sees it."""
        return self.verdict in (Verdict.FROZEN, Verdict.TORN)
