"""The contract of the queue: limits, turns, claims."""

from __future__ import annotations

import pytest

from bot.clip import Renderer
from bot.door.limits import QueueLimits
from bot.errors import LimitError, StaleJobError
from bot.job import JobStatus
from tests.adapters.db.making import MINUTE, NOON, ROOM, Stores, a_job

LIMITS = QueueLimits(waiting_per_person=2, waiting_in_all=3)


async def test_an_added_job_waits_since_it_was_made_and_comes_back_whole(stores: Stores) -> None:
    job = a_job()
    added = await stores.jobs.add(job, ROOM)
    assert added.queued_at == NOON
    assert await stores.jobs.get(job.id) == added
    assert await stores.jobs.waiting() == [added]


async def test_one_waiting_job_too_many_of_a_person_is_declined(stores: Stores) -> None:
    for _ in range(2):
        await stores.jobs.add(a_job("ada"), LIMITS)
    with pytest.raises(LimitError) as declined:
        await stores.jobs.add(a_job("ada"), LIMITS)
    assert (declined.value.key, declined.value.args_of_text) == (
        "limit-waiting-person",
        {"limit": 2},
    )
    assert len(await stores.jobs.waiting()) == 2


async def test_a_full_queue_declines_everybody(stores: Stores) -> None:
    for person in ("ada", "ben", "cleo"):
        await stores.jobs.add(a_job(person), LIMITS)
    with pytest.raises(LimitError) as declined:
        await stores.jobs.add(a_job("dora"), LIMITS)
    assert (declined.value.key, declined.value.args_of_text) == ("limit-queue-full", {"limit": 3})


async def test_jobs_that_run_or_ended_take_no_room(stores: Stores) -> None:
    for _ in range(5):
        await stores.jobs.add(a_job("ada"), LIMITS)
        await stores.claimed()
    cancelled = await stores.jobs.add(a_job("ada"), LIMITS)
    await stores.jobs.move(cancelled, JobStatus.CANCELLED, NOON)
    await stores.jobs.add(a_job("ada"), LIMITS)
    await stores.jobs.add(a_job("ada"), LIMITS)


async def test_the_same_number_on_two_platforms_is_two_people(stores: Stores) -> None:
    limits = QueueLimits(waiting_per_person=1)
    await stores.jobs.add(a_job("7", platform="fake"), limits)
    await stores.jobs.add(a_job("7", platform="other"), limits)


async def test_an_id_is_added_once(stores: Stores) -> None:
    job = await stores.add()
    with pytest.raises(StaleJobError):
        await stores.jobs.add(job, ROOM)
    assert await stores.jobs.waiting() == [job]


async def test_only_a_waiting_job_can_be_added(stores: Stores) -> None:
    with pytest.raises(ValueError, match="running"):
        await stores.jobs.add(a_job(status=JobStatus.RUNNING), ROOM)


async def test_a_claim_makes_the_job_run_here_for_the_time_of_its_lease(stores: Stores) -> None:
    added = await stores.add()
    claimed = await stores.claimed("bot-7", now=NOON + MINUTE / 2)
    assert claimed.id == added.id
    assert (claimed.status, claimed.instance) == (JobStatus.RUNNING, "bot-7")
    assert claimed.claimed_at == NOON + MINUTE / 2
    assert claimed.lease_until == NOON + MINUTE * 1.5
    assert claimed.attempts == 1
    assert claimed.timings.queued_s == 30
    assert await stores.jobs.get(added.id) == claimed
    assert await stores.jobs.running() == [claimed]


async def test_nothing_waiting_is_nothing_claimed(stores: Stores) -> None:
    assert await stores.claim() is None
    await stores.add()
    await stores.claimed()
    assert await stores.claim() is None


async def test_people_take_turns(stores: Stores) -> None:
    a1, a2, a3 = [(await stores.add("ada")).id for _ in range(3)]
    b1, b2 = [(await stores.add("ben")).id for _ in range(2)]
    c1 = (await stores.add("cleo")).id
    assert await stores.run_out() == [a1, b1, c1, a2, b2, a3]


async def test_a_newcomer_comes_before_anybodys_next_but_one(stores: Stores) -> None:
    a1, a2, a3 = [(await stores.add("ada")).id for _ in range(3)]
    assert (await stores.claimed()).id == a1
    assert (await stores.claimed()).id == a2
    b1, b2 = [(await stores.add("ben")).id for _ in range(2)]
    assert await stores.run_out() == [b1, a3, b2]


async def test_a_long_absence_buys_no_place_at_the_front(stores: Stores) -> None:
    await stores.add("ben")
    for _ in range(5):
        await stores.add("ada")
    await stores.run_out()
    a1, a2 = [(await stores.add("ada")).id for _ in range(2)]
    b1, b2, b3 = [(await stores.add("ben")).id for _ in range(3)]
    assert await stores.run_out() == [b1, a1, b2, a2, b3]


async def test_a_job_cancelled_while_it_waited_costs_no_turn(stores: Stores) -> None:
    for _ in range(3):
        job = await stores.add("ada")
        await stores.jobs.move(job, JobStatus.CANCELLED, NOON)
    a1 = (await stores.add("ada")).id
    b1, b2 = [(await stores.add("ben")).id for _ in range(2)]
    assert await stores.run_out() == [a1, b1, b2]


async def test_a_job_cancelled_while_it_ran_costs_its_turn(stores: Stores) -> None:
    await stores.add("ada")
    await stores.jobs.move(await stores.claimed(), JobStatus.CANCELLED, NOON)
    a2 = (await stores.add("ada")).id
    b1 = (await stores.add("ben")).id
    assert await stores.run_out() == [b1, a2]


async def test_a_job_put_back_comes_first_again_and_counts_both_waits(stores: Stores) -> None:
    first = await stores.add("ada")
    await stores.add("ben")
    running = await stores.claimed(now=NOON + MINUTE)
    put_back = await stores.jobs.move(running, JobStatus.QUEUED, NOON + 2 * MINUTE)
    assert (put_back.instance, put_back.lease_until) == (None, None)
    again = await stores.claimed(now=NOON + 5 * MINUTE)
    assert again.id == first.id
    assert again.attempts == 2
    assert again.timings.queued_s == 60 + 180


async def test_whoever_has_enough_running_is_passed_over_and_keeps_the_place(
    stores: Stores,
) -> None:
    await stores.add("ada")
    a2 = (await stores.add("ada")).id
    b1 = (await stores.add("ben")).id
    running = await stores.claimed(running_per_person=1)
    assert (await stores.claimed(running_per_person=1)).id == b1
    assert await stores.claim(running_per_person=1) is None
    await stores.jobs.move(running, JobStatus.FAILED, NOON)
    assert (await stores.claimed(running_per_person=1)).id == a2


async def test_two_may_run_where_two_are_allowed(stores: Stores) -> None:
    for _ in range(3):
        await stores.add("ada")
    assert await stores.claim(running_per_person=2)
    assert await stores.claim(running_per_person=2)
    assert await stores.claim(running_per_person=2) is None


async def test_a_claim_takes_only_its_renderer_and_platforms(stores: Stores) -> None:
    model = await stores.add(renderer=Renderer.MODEL)
    elsewhere = await stores.add(platform="other")
    assert await stores.claim() is None
    assert (await stores.claimed(renderer=Renderer.MODEL)).id == model.id
    assert (await stores.claimed(platforms=("fake", "other"))).id == elsewhere.id


async def test_a_fast_renderer_moves_no_turns_of_a_slow_one(stores: Stores) -> None:
    a1, a2 = [(await stores.add("ada", renderer=Renderer.MODEL)).id for _ in range(2)]
    for _ in range(5):
        await stores.add("ben", renderer=Renderer.PREVIEW)
    await stores.run_out()
    b1 = (await stores.add("ben", renderer=Renderer.MODEL)).id
    order = [(await stores.claimed(renderer=Renderer.MODEL)).id for _ in range(3)]
    assert order == [a1, b1, a2]


async def test_waiting_jobs_are_listed_and_counted_in_the_order_of_their_claims(
    stores: Stores,
) -> None:
    for person in ("ada", "ada", "ben", "ada", "cleo", "ben"):
        await stores.add(person)
    await stores.add("dora", renderer=Renderer.MODEL)
    waiting = await stores.jobs.waiting(Renderer.PREVIEW)
    assert [await stores.jobs.ahead(job) for job in waiting] == list(range(6))
    assert len(await stores.jobs.waiting()) == 7
    assert await stores.jobs.waiting(Renderer.PREVIEW, limit=4) == waiting[:4]
    assert await stores.run_out() == [job.id for job in waiting]


async def test_a_handed_over_job_waits_in_the_other_queue_in_a_turn_of_its_own(
    stores: Stores,
) -> None:
    for person in ("ada", "ben"):
        await stores.jobs.add(a_job(person, renderer=Renderer.PREVIEW), ROOM)
    job = await stores.jobs.add(a_job("cleo", renderer=Renderer.MODEL), ROOM)
    again = await stores.jobs.add(a_job("ada", renderer=Renderer.PREVIEW), ROOM)
    moved = await stores.jobs.hand_over(job, Renderer.PREVIEW)
    assert moved.renderer is Renderer.PREVIEW
    assert await stores.jobs.get(job.id) == moved
    assert await stores.jobs.waiting(Renderer.MODEL) == []
    order = [one.origin.person for one in await stores.jobs.waiting(Renderer.PREVIEW)]
    assert order == ["ada", "ben", "cleo", "ada"]
    assert again.turn > moved.turn


async def test_only_a_waiting_job_is_handed_over(stores: Stores) -> None:
    await stores.jobs.add(a_job(renderer=Renderer.PREVIEW), ROOM)
    job = await stores.claimed()
    with pytest.raises(StaleJobError):
        await stores.jobs.hand_over(job, Renderer.MODEL)
