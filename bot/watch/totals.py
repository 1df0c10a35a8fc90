"""Sums over jobs and their usage records: what a monitoring system wants to know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.clip import Renderer
from bot.job import JobStatus, Timings, UsageRecord

# Upper edges of the histograms, in seconds: an upload takes one, a render minutes, a wait hours.
EDGES_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 14400.0, 86400.0)
STAGES = Timings.__slots__  # queued_s, rendered_s, encoded_s, uploaded_s


@dataclass(frozen=True, slots=True)
class UnderWay:
    """How many jobs of a renderer stand there, and when the first of them was asked for."""

    renderer: Renderer
    status: JobStatus
    jobs: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of all jobs in one stage; `within` counts the jobs that took at most each of
    `EDGES_S`."""

    seconds: float = 0.0
    within: tuple[int, ...] = (0,) * len(EDGES_S)

    def __add__(self, other: Spent) -> Spent:
        within = tuple(map(sum, zip(self.within, other.within, strict=True)))
        return Spent(self.seconds + other.seconds, within)


@dataclass(frozen=True, slots=True)
class Total:
    """Of the jobs of one renderer that ended in one way; `spent` by the names of `STAGES`."""

    renderer: Renderer
    outcome: JobStatus
    jobs: int
    spent: dict[str, Spent]

    def __add__(self, other: Total) -> Total:
        spent = {stage: self.spent[stage] + other.spent[stage] for stage in STAGES}
        return Total(self.renderer, self.outcome, self.jobs + other.jobs, spent)


@dataclass(frozen=True, slots=True)
class Regular:
    """Somebody who has clips made in a community (empty: in private): how many, the seconds that
    drawing them took, and when the last one ended."""

    platform: str
    community: str
    person: str
    jobs: int
    rendered_s: float
    last: datetime

    @property
    def owner(self) -> str:
        return f"{self.platform}:{self.person}"

    @property
    def home(self) -> str:
        """Empty in private."""
        return f"{self.platform}:{self.community}" if self.community else ""


def totals_of(records: Iterable[UsageRecord]) -> list[Total]:
    """One of each kind."""
    ones = (
        Total(
            one.renderer,
            one.outcome,
            1,
            {stage: _spent(getattr(one.timings, stage)) for stage in STAGES},
        )
        for one in records
    )
    return together(ones)


def together(totals: Iterable[Total]) -> list[Total]:
    """One of each kind."""
    ordered = sorted(totals, key=_kind)
    return [sum_of(list(alike)) for _, alike in groupby(ordered, key=_kind)]


def sum_of(totals: list[Total]) -> Total:
    first, *others = totals
    for other in others:
        first += other
    return first


def _kind(total: Total) -> tuple[str, str]:
    return total.renderer, total.outcome


def _spent(seconds: float) -> Spent:
    return Spent(seconds, tuple(int(seconds <= edge) for edge in EDGES_S))
