"""How long a job will wait and run, learnt from what this machine recorded: a range, no promise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles

from bot.clip import Renderer
from bot.job import Job, UsageRecord
from bot.request import BUDGET, FRAMES, AnimationRequest


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds, from the quick to the slow tenth of what was measured."""

    low_s: float
    high_s: float

    def __add__(self, other: Span) -> Span:
        return Span(self.low_s + other.low_s, self.high_s + other.high_s)

    def after(self, passed_s: float) -> Span:
        """What is left of it."""
        return Span(max(self.low_s - passed_s, 0.0), max(self.high_s - passed_s, 0.0))

    def scaled(self, factor: float) -> Span:
        return Span(self.low_s * factor, self.high_s * factor)


@dataclass(frozen=True, slots=True)
class UsualClip:
    """What a person gets who chooses nothing but the size, of a square sketch."""

    renderer: Renderer
    request: AnimationRequest
    width: int
    height: int

    @classmethod
    def of(cls, renderer: Renderer, res: int) -> UsualClip:
        request = AnimationRequest(seed=0, res=res, num_frames=BUDGET.get(res, FRAMES.high))
        return cls(renderer, request, res, res)


def witnesses(job: Job | UsualClip, records: Iterable[UsageRecord]) -> list[UsageRecord]:
    """Records of the same size and mode."""
    return [record for record in records if _kind(record) == _kind(job)]


def estimate_run(job: Job | UsualClip, records: Sequence[UsageRecord]) -> Span | None:
    """How long the job will take from its claim to its clip; None: nothing measured yet.

    Records of the same size and mode are the best witnesses; where there are none, all of the
    renderer's are scaled by the work.
    """
    alike = witnesses(job, records)
    rates = [_seconds(record) / _work(record) for record in alike or records]
    if not rates:
        return None
    return _range(rates).scaled(_work(job))


def estimate_wait(
    ahead: int, running: Iterable[Job], now: datetime, records: Sequence[UsageRecord]
) -> Span | None:
    """How long until a job is claimed: the running ones by what is left of them, then as many
    jobs as are ahead of it, each as long as the recent ones took."""
    if not records:
        return None
    total = _range([_seconds(record) for record in records]).scaled(ahead)
    for job in running:
        span = estimate_run(job, records)
        if span is not None and job.claimed_at is not None:
            total += span.after((now - job.claimed_at).total_seconds())
    return total


def _range(values: list[float]) -> Span:
    if len(values) < 5:
        return Span(min(values), max(values))
    tenths = quantiles(values, n=10)
    return Span(tenths[0], tenths[-1])


def _kind(one: Job | UsualClip | UsageRecord) -> tuple[Renderer, int, str]:
    request = _request(one)
    return one.renderer, request.res, request.mode


def _work(one: Job | UsualClip | UsageRecord) -> float:
    """Pixels to be made, times the steps where there are any."""
    request = _request(one)
    steps = request.num_inference_steps if one.renderer is Renderer.MODEL else 1
    return one.width * one.height * request.num_frames * steps


def _request(one: Job | UsualClip | UsageRecord) -> AnimationRequest:
    return one.settings if isinstance(one, UsageRecord) else one.request


def _seconds(record: UsageRecord) -> float:
    """Of one attempt, encoding and upload included."""
    spent = record.timings
    return (spent.rendered_s / max(record.attempts, 1)) + spent.encoded_s + spent.uploaded_s
