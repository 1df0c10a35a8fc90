"""DPM++ 2M Karras: where its model calls go."""

from __future__ import annotations

import pytest

from engine.easyanimate.checkpoint import Family
from engine.easyanimate.samplers import make_sampler
from engine.easyanimate.samplers.schedules import VP_CONFIG
from tests.engine.easyanimate.walks import sampler_of, some_latents, walked


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("steps", range(10, 101, 5))
def test_karras_makes_its_calls_at_distinct_unrounded_times(family: Family, steps: int) -> None:
    sampler = sampler_of("DPM++ 2M Karras", family, steps)
    assert len(set(sampler.timesteps)) == len(sampler.timesteps) == steps
    assert sum(time == round(time) for time in sampler.timesteps) <= 2  # both ends on V5
    assert walked(sampler, some_latents(1)).isfinite().all()


@pytest.mark.parametrize("steps", [10, 25, 50, 100])
def test_karras_spends_one_call_above_its_cap(steps: int) -> None:
    times = sampler_of("DPM++ 2M Karras", Family.V5_1, steps).timesteps
    ratios = [time / (1000 - time) for time in times]
    assert sum(ratio > 0.6 * steps * 1.001 for ratio in ratios) == 1
    assert ratios[1] == pytest.approx(0.6 * steps, rel=1e-5)
    assert ratios[-1] == pytest.approx(0.02917, rel=1e-3)


def test_karras_begins_on_pure_noise() -> None:
    assert sampler_of("DPM++ 2M Karras", Family.V5, 50).timesteps[0] == 999.0


def test_karras_takes_the_whole_of_a_schedule_that_ends_before_its_cap() -> None:
    plain = {**VP_CONFIG, "rescale_betas_zero_snr": False}
    sampler = make_sampler("DPM++ 2M Karras", Family.V5, plain, 50)
    assert len(set(sampler.timesteps)) == 50
    assert walked(sampler, some_latents(1)).isfinite().all()
