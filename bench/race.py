"""Several ways to do one thing, timed in turns: what slows the machine slows all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from bench.table import Sample

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Laps(Generic[Result]):
    """Seconds of each round, and what the last one gave."""

    seconds: tuple[float, ...]
    result: Result

    @property
    def sample(self) -> Sample:
        return Sample(self.seconds, "s")

    def per_second(self, count: int, unit: str) -> Sample:
        return Sample.of((count / each for each in self.seconds), f"{unit}/s")


def race(
    rounds: int,
    ways: Mapping[str, Callable[[], Result]],
    clock: Callable[[], float] = time.process_time,
) -> dict[str, Laps[Result]]:
    """By the ways' names. The clock is that of this process's own work, on all of its threads,
    unless another is given: it stands still while somebody else has the core."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    results: dict[str, Result] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            started = clock()
            results[name] = way()
            seconds[name].append(clock() - started)
    return {name: Laps(tuple(seconds[name]), results[name]) for name in ways}
