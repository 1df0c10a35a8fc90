"""TeaCache: which calls it computes, and what it serves instead."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.easyanimate.checkpoint import Family
from engine.easyanimate.step_cache import V5_1_7B, V5_1_12B, V5_7B, TeaCache, tea_cache

PROPORTIONAL = (1.0, 0.0)  # the output changes as the signal does


def signal(value: float) -> Tensor:
    return torch.full((1, 4, 8), float(value))


def decisions(cache: TeaCache, values: list[float]) -> list[bool]:
    return [cache.decide(signal(value)) for value in values]


def test_changes_are_summed_until_they_reach_the_threshold() -> None:
    cache = TeaCache(0.25, PROPORTIONAL, num_calls=9)
    told = decisions(cache, [1.0, 1.1, 1.2, 1.35, 1.4, 1.4, 1.4, 1.4, 1.4])
    assert told == [True, False, False, True, False, False, False, False, True]
    assert cache.computed == told


def test_the_first_and_the_last_call_are_always_computed() -> None:
    assert decisions(TeaCache(1e9, PROPORTIONAL, num_calls=4), [1, 2, 3, 4]) == [
        *(True, False, False, True),
    ]
    assert decisions(TeaCache(1e9, PROPORTIONAL, num_calls=1), [1]) == [True]


def test_a_threshold_of_nought_computes_every_call() -> None:
    assert decisions(TeaCache(0.0, PROPORTIONAL, num_calls=3), [1, 1, 1]) == [True] * 3


def test_a_change_that_is_no_number_is_computed() -> None:
    """NaN is told by what it leads to, not served from a cache."""
    assert decisions(TeaCache(0.5, PROPORTIONAL, 9), [1, math.nan, 1, 1]) == [True] * 3 + [False]
    assert decisions(TeaCache(0.5, PROPORTIONAL, 9), [0, 0, 1]) == [True] * 3


def test_one_branch_is_served_from_two() -> None:
    """Guidance was switched off since: the positive branch is the last."""
    cache = TeaCache(0.5, PROPORTIONAL, 9)
    negative, positive = signal(-1), signal(1)
    cache.keep([negative, positive])
    assert cache.residuals(2) == [negative, positive]
    assert cache.residuals(1) == [positive]


@pytest.mark.parametrize(
    ("family", "layers", "coefficients"),
    [
        (Family.V5, 36, V5_7B),
        (Family.V5_1, 36, V5_1_7B),
        (Family.V5_1, 48, V5_1_12B),
        (Family.V5_1, 4, V5_1_7B),
    ],
)
def test_each_model_has_its_own_coefficients(
    family: Family, layers: int, coefficients: tuple[float, ...]
) -> None:
    cache, by_hand = tea_cache(family, layers, 0.1, 9), TeaCache(0.1, coefficients, 9)
    values = [1.0, 1.05, 1.1, 1.2, 1.21, 1.22]
    assert decisions(cache, values) == decisions(by_hand, values)
