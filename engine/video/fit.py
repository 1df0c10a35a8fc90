"""A file fitted to a size limit in few tries: by quality first, then by dimensions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.errors import EncodeError

MAX_TRIES = 6
AIM = 0.92  # of the limit: a prediction that is a little off still fits
SMALLEST_SIDE = 64
# of bytes ~ area ** exponent: lines weigh less than their area, noise melts faster than it
FIRST_EXPONENT = 1.0
EXPONENTS = (0.4, 2.0)


@dataclass(frozen=True, slots=True)
class Try:
    """One encode: which of the format's qualities (0 is the best), and its size in pixels."""

    quality: int
    width: int
    height: int


def fit(
    make: Callable[[Try], int],
    best: Try,
    relative_sizes: Sequence[float],
    limit_bytes: int | None,
) -> Try:
    """Make smaller and smaller files until one fits, and return how it was made.

    `make` encodes and returns the size in bytes; `relative_sizes` is what each quality is
    expected to weigh beside the best one. Raises `EncodeError("error-too-large-to-fit")`.
    """
    attempt, earlier = best, None
    for _ in range(MAX_TRIES):
        size_bytes = make(attempt)
        if limit_bytes is None or size_bytes <= limit_bytes:
            return attempt
        needed = limit_bytes * AIM / size_bytes
        if attempt.quality < len(relative_sizes) - 1:
            quality = _lower_quality(attempt.quality, relative_sizes, needed)
            attempt = replace(attempt, quality=quality)
        else:
            if min(attempt.width, attempt.height) <= SMALLEST_SIDE:
                break
            now = (attempt, size_bytes)
            attempt = _smaller(attempt, needed ** (0.5 / _exponent(earlier, now)))
            earlier = now
    raise EncodeError("error-too-large-to-fit", limit_bytes=limit_bytes)


def _lower_quality(now: int, relative_sizes: Sequence[float], needed: float) -> int:
    """The best of the lower qualities that should fit, else the lowest."""
    lower = range(now + 1, len(relative_sizes))
    promising = (q for q in lower if relative_sizes[q] / relative_sizes[now] <= needed)
    return next(promising, lower[-1])


def _smaller(attempt: Try, scale: float) -> Try:
    """Scaled, but not below the smallest side; even, as H.264 wants it."""
    scale = max(scale, SMALLEST_SIDE / min(attempt.width, attempt.height))
    width, height = (2 * int(side * scale / 2 + 1e-6) for side in (attempt.width, attempt.height))
    return replace(attempt, width=width, height=height)


def _exponent(earlier: tuple[Try, int] | None, now: tuple[Try, int]) -> float:
    """How the size really followed the area between two tries of one quality."""
    if earlier is None:
        return FIRST_EXPONENT
    areas = [attempt.width * attempt.height for attempt, _ in (earlier, now)]
    measured = math.log(earlier[1] / now[1]) / math.log(areas[0] / areas[1])
    return min(max(measured, EXPONENTS[0]), EXPONENTS[1])
