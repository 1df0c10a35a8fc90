"""The contract of the day's GPU seconds: set aside, used, given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.clip import Renderer
from bot.errors import LimitError
from bot.job import Job, JobStatus, Timings, usage_of
from tests.adapters.db.making import MINUTE, NOON, ROOM, Stores, a_job

ADA = "fake:ada"
DAY = replace(ROOM, gpu_s_per_day=100.0)
TOMORROW = NOON + timedelta(hours=12)  # midnight itself


def a_model_job(cost_s: float = 60.0, **changes: Any) -> Job:
    return a_job(renderer=Renderer.MODEL, cost_s=cost_s, **changes)


async def spent(stores: Stores, owner: str = ADA) -> float:
    return await stores.quota.spent_s(owner, NOON)


async def end(stores: Stores, job: Job, outcome: JobStatus, **timings: float) -> Job:
    ending = replace(job, timings=Timings(**timings))
    return await stores.jobs.move(job, outcome, NOON, usage_of(ending, outcome, NOON))


async def running(stores: Stores, cost_s: float = 60.0) -> Job:
    await stores.jobs.add(a_model_job(cost_s), DAY)
    return await stores.claimed(renderer=Renderer.MODEL)


async def test_what_a_job_may_cost_is_set_aside_while_it_waits_and_runs(stores: Stores) -> None:
    assert await spent(stores) == 0
    await stores.jobs.add(a_model_job(), DAY)
    assert await spent(stores) == 60
    await stores.claimed(renderer=Renderer.MODEL)
    assert await spent(stores) == 60
    assert await spent(stores, "fake:ben") == 0


async def test_a_job_beyond_the_day_is_declined_with_what_is_left(stores: Stores) -> None:
    await stores.jobs.add(a_model_job(), DAY)
    with pytest.raises(LimitError) as declined:
        await stores.jobs.add(a_model_job(40.5), DAY)
    assert declined.value.key == "limit-gpu-day"
    assert declined.value.args_of_text == {"cost": 40, "left": 40, "limit": 100}
    assert await spent(stores) == 60
    await stores.jobs.add(a_model_job(40), DAY)
    assert await spent(stores) == 100


async def test_a_preview_costs_nothing_even_where_nothing_is_left(stores: Stores) -> None:
    await stores.jobs.add(a_model_job(100), DAY)
    await stores.jobs.add(a_job(), DAY)
    assert await spent(stores) == 100


async def test_the_day_turns_at_midnight(stores: Stores) -> None:
    await stores.jobs.add(a_model_job(100, created_at=TOMORROW - MINUTE / 60), DAY)
    await stores.jobs.add(a_model_job(90, created_at=TOMORROW), DAY)
    assert await spent(stores) == 100
    assert await stores.quota.spent_s(ADA, TOMORROW) == 90


async def test_a_job_that_ends_another_day_is_charged_to_the_day_it_was_asked_for(
    stores: Stores,
) -> None:
    job = await running(stores)
    ending = replace(job, timings=Timings(rendered_s=50))
    record = usage_of(ending, JobStatus.DELIVERED, TOMORROW)
    rendered = await stores.jobs.move(job, JobStatus.RENDERED, TOMORROW)
    await stores.jobs.move(rendered, JobStatus.DELIVERED, TOMORROW, record)
    assert await spent(stores) == 50
    assert await stores.quota.spent_s(ADA, TOMORROW) == 0


async def test_what_was_used_takes_the_place_of_what_was_set_aside(stores: Stores) -> None:
    await end(stores, await running(stores), JobStatus.CANCELLED, rendered_s=20)
    assert await spent(stores) == 20
    assert (await stores.usage.records())[0].charged_s == 20


async def test_a_render_that_took_longer_than_was_told_costs_what_was_told(
    stores: Stores,
) -> None:
    await end(stores, await running(stores), JobStatus.CANCELLED, rendered_s=90)
    assert await spent(stores) == 60


async def test_a_machine_that_failed_gives_all_of_it_back(stores: Stores) -> None:
    await end(stores, await running(stores), JobStatus.FAILED, rendered_s=50)
    assert await spent(stores) == 0


@pytest.mark.parametrize("outcome", [JobStatus.CANCELLED, JobStatus.EXPIRED])
async def test_what_never_ran_costs_nothing(stores: Stores, outcome: JobStatus) -> None:
    await end(stores, await stores.jobs.add(a_model_job(), DAY), outcome)
    assert await spent(stores) == 0


async def test_what_is_put_back_stays_set_aside_once(stores: Stores) -> None:
    put_back = await stores.jobs.move(await running(stores), JobStatus.QUEUED, NOON)
    assert await spent(stores) == 60
    again = await stores.claimed(renderer=Renderer.MODEL)
    assert again.id == put_back.id
    assert await spent(stores) == 60


async def test_a_job_handed_over_costs_nothing_from_then_on(stores: Stores) -> None:
    job = await stores.jobs.add(a_model_job(), DAY)
    handed = await stores.jobs.hand_over(job, Renderer.PREVIEW)
    assert handed.cost_s == 0
    assert await spent(stores) == 0
    preview = await stores.claimed()
    await end(stores, preview, JobStatus.CANCELLED, rendered_s=30)
    assert await spent(stores) == 0


async def test_a_declined_job_sets_nothing_aside(stores: Stores) -> None:
    with pytest.raises(LimitError):
        await stores.jobs.add(a_model_job(), replace(DAY, waiting_per_person=0))
    assert await spent(stores) == 0


async def test_a_dropped_job_leaves_the_day_as_it_was(stores: Stores) -> None:
    job = await end(stores, await running(stores), JobStatus.CANCELLED, rendered_s=20)
    await stores.jobs.drop(job.id)
    await stores.usage.forget(ADA)
    assert await spent(stores) == 20
