"""The two modes: *exact* is the reference's numbers, *fast* saves most of the time for a little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from numbers import Real
from typing import Any, Literal

import torch

ModeName = Literal["exact", "fast"]
Auto = Literal["auto"]
StepCacheWish = Auto | tuple[str, float] | None

SMALL_CARD_BYTES = 40 * 10**9  # below, exact clips take many minutes
TEACACHE_THRESHOLD = 0.08  # what the reference's own interface and script choose
GUIDED_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Savings:
    """What a mode leaves out: steps whose change TeaCache sees below `step_cache` (None: none),
    and guidance beyond the first `guidance_until` (0..1) of the model calls; `quick_attention`
    allows kernels that round to 8 bits."""

    step_cache: float | None
    guidance_until: float
    quick_attention: bool


SAVINGS: dict[ModeName, Savings] = {
    "exact": Savings(step_cache=None, guidance_until=1.0, quick_attention=False),
    "fast": Savings(TEACACHE_THRESHOLD, GUIDED_SHARE, quick_attention=True),
}


@dataclass(frozen=True, slots=True)
class Tuning:
    """The mode of a pipeline and the savings that its owner set apart; "auto": as the mode says.

    Raises `ValueError` for anything else than a mode, TeaCache with a threshold, or a share.
    """

    mode: ModeName
    step_cache: StepCacheWish = "auto"
    guidance_until: Auto | float = "auto"

    def __post_init__(self) -> None:
        mode_named(self.mode)
        if isinstance(self.step_cache, tuple):
            if not _is_teacache(self.step_cache):
                raise ValueError(f'a step cache is ("teacache", threshold), not {self.step_cache}')
        elif self.step_cache not in ("auto", None):
            raise ValueError(f'step_cache is "auto", None or a pair, not {self.step_cache!r}')
        if self.guidance_until != "auto" and not _is_share(self.guidance_until):
            raise ValueError(f"guidance_until is a share from 0 to 1, not {self.guidance_until!r}")

    def savings(self, mode: str | None = None) -> Savings:
        """Those of `mode`, None being the pipeline's own."""
        chosen = SAVINGS[mode_named(self.mode if mode is None else mode)]
        cache = self.step_cache[1] if isinstance(self.step_cache, tuple) else self.step_cache
        until = self.guidance_until
        return Savings(
            step_cache=chosen.step_cache if cache == "auto" else cache,
            guidance_until=chosen.guidance_until if until == "auto" else until,
            quick_attention=chosen.quick_attention,
        )


def _is_teacache(pair: Sequence[Any]) -> bool:
    if len(pair) != 2 or pair[0] != "teacache" or not isinstance(pair[1], Real):
        return False
    return isfinite(pair[1]) and float(pair[1]) >= 0.0


def _is_share(value: Any) -> bool:
    return isinstance(value, Real) and 0.0 <= float(value) <= 1.0


def mode_named(name: str) -> ModeName:
    if not isinstance(name, str) or name not in SAVINGS:
        raise ValueError(f"mode is one of {', '.join(SAVINGS)}, not {name!r}")
    return name


def mode_for(device: torch.device) -> ModeName:
    """Fast on cards under 40 GB, else exact."""
    if device.type != "cuda":
        return "exact"
    small = torch.cuda.get_device_properties(device).total_memory < SMALL_CARD_BYTES
    return "fast" if small else "exact"
