"""What keeps the GPU free for something else: an operator's pause, or the hours of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.clip import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """`until` None: until somebody resumes. `at_once`: what is being drawn waits again, instead
    of being finished first."""

    since: datetime
    until: datetime | None = None
    at_once: bool = False

    def holds(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The GPU is not used now. `pause` is None out of the hours; `until` is known for those, and
    where whoever paused said it."""

    until: datetime | None
    pause: Pause | None = None

    @property
    def trouble(self) -> Trouble:
        """What those who wait for it are told."""
        if self.until is None:
            return Trouble("gpu-paused")
        key = "gpu-out-of-hours" if self.pause is None else "gpu-paused-until"
        return Trouble(key, {"until": f"{self.until:%Y-%m-%d %H:%M} UTC"})
