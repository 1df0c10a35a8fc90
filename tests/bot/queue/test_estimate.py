"""Honest time: ranges from what was measured, nothing where nothing was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clip import Renderer
from bot.job import Job, JobStatus, Timings, UsageRecord, usage_of
from bot.origin import Origin
from bot.queue.estimate import Span, estimate_run, estimate_wait
from bot.request import AnimationRequest

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def job(res: int = 768, steps: int = 50, renderer: Renderer = Renderer.MODEL) -> Job:
    return Job(
        id="1",
        origin=Origin(platform="fake", place="p", person="ada"),
        request=AnimationRequest(seed=1, res=res, num_frames=33, num_inference_steps=steps),
        renderer=renderer,
        picture=Path("picture.png"),
        width=res,
        height=res,
        status=JobStatus.QUEUED,
        created_at=NOW,
    )


def took(seconds: float, **of: int) -> UsageRecord:
    record = usage_of(job(**of), JobStatus.DELIVERED, NOW)
    return replace(record, timings=Timings(rendered_s=seconds), attempts=1)


def test_a_machine_that_measured_nothing_promises_nothing() -> None:
    assert estimate_run(job(), []) is None
    assert estimate_wait(3, [], NOW, []) is None


def test_the_range_reaches_from_the_quick_to_the_slow_ones() -> None:
    span = estimate_run(job(), [took(100.0), took(120.0)])
    assert span is not None
    assert (span.low_s, span.high_s) == pytest.approx((100, 120))


def test_more_steps_take_longer_in_proportion() -> None:
    span = estimate_run(job(steps=100), [took(100.0, steps=50)])
    assert span is not None and span.high_s == pytest.approx(200)


def test_jobs_of_the_same_size_are_the_better_witnesses() -> None:
    span = estimate_run(job(res=512), [took(100.0, res=768), took(20.0, res=512)])
    assert span is not None and span.high_s == pytest.approx(20)


def test_one_outlier_among_many_does_not_widen_the_range() -> None:
    span = estimate_run(job(), [*(took(100.0) for _ in range(30)), took(5000.0)])
    assert span is not None and span.high_s == pytest.approx(100)


def test_a_render_that_took_two_attempts_counts_as_one() -> None:
    span = estimate_run(job(), [replace(took(200.0), attempts=2)])
    assert span is not None and span.high_s == pytest.approx(100)


def test_the_wait_is_what_is_left_of_the_running_and_all_that_is_ahead() -> None:
    running = replace(job(), status=JobStatus.RUNNING, claimed_at=NOW - timedelta(seconds=40))
    assert estimate_wait(2, [running], NOW, [took(100.0)]) == Span(260.0, 260.0)


def test_a_render_that_outlasts_its_estimate_leaves_nothing_rather_than_less() -> None:
    running = replace(job(), status=JobStatus.RUNNING, claimed_at=NOW - timedelta(hours=1))
    assert estimate_wait(0, [running], NOW, [took(100.0)]) == Span(0.0, 0.0)
