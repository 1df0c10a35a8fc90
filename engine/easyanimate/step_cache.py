"""TeaCache: leave out the model calls whose result would hardly differ from the last one's.

Liu et al., "Timestep Embedding Tells: It's Time to Cache" (arXiv 2411.19108), as the reference
(aigc-apps/EasyAnimate) does it for V5.1. The signal is what the first block's attention would
see of the video; a polynomial, fitted per model, turns the signal's relative change into that of
the output. Changes are summed until they reach the threshold, and only then is a call computed.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from engine.easyanimate.checkpoint import Family

# highest power first
V5_7B = (-3642.0472, 1437.64725, -193.045263, 10.9596499, -0.170663507)
V5_1_7B = (1.07862322, -4.19362456, 3.06725828, 0.33161686, 0.02374758)
V5_1_12B = (-10.47857366, 8.33844143, -0.78477557, 0.68798618, 0.0136149)
LAYERS_OF_12B = 48


def tea_cache(family: Family, num_layers: int, threshold: float, num_calls: int) -> TeaCache:
    """With the coefficients of that model; those of V5's 12B were never published."""
    if family is Family.V5:
        return TeaCache(threshold, V5_7B, num_calls)
    coefficients = V5_1_12B if num_layers == LAYERS_OF_12B else V5_1_7B
    return TeaCache(threshold, coefficients, num_calls)


class TeaCache:
    """For one clip of `num_calls` model calls; `computed` tells which of them ran so far.

    One decision holds for all guidance branches: they differ in their text alone, which the
    signal does not see.
    """

    def __init__(self, threshold: float, coefficients: Sequence[float], num_calls: int) -> None:
        self.computed: list[bool] = []
        self._threshold = threshold
        self._coefficients = coefficients
        self._num_calls = num_calls
        self._change = 0.0
        self._last_signal: Tensor | None = None
        self._residuals: Sequence[Tensor] = ()

    def decide(self, signal: Tensor) -> bool:
        """Whether this call is to be computed: the first, the last, and where enough changed."""
        last, self._last_signal = self._last_signal, signal
        compute = last is None or len(self.computed) == self._num_calls - 1
        if not compute and last is not None:
            self._change += self._predicted(_relative_change(signal, last))
            # a change that is no number is none that may be left out
            compute = not self._change < self._threshold
        if compute:
            self._change = 0.0
        self.computed.append(compute)
        return compute

    def keep(self, residuals: Sequence[Tensor]) -> None:
        """What the blocks added to the video's tokens, per branch, the positive one last."""
        self._residuals = residuals

    def residuals(self, branches: int) -> Sequence[Tensor]:
        """Of the last `branches`: guidance may have been switched off since they were computed."""
        return self._residuals[-branches:]

    def _predicted(self, change: float) -> float:
        value = 0.0
        for coefficient in self._coefficients:
            value = value * change + coefficient
        return value


def _relative_change(signal: Tensor, last: Tensor) -> float:
    return float((signal - last).abs().mean() / last.abs().mean())
