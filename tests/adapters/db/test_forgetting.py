"""What is left of a person in the stores once they asked to be forgotten: nothing that tells."""

from __future__ import annotations

from dataclasses import replace

from bot.clip import Renderer
from bot.job import JobStatus, Repost, usage_of
from bot.origin import Origin
from tests.adapters.db.making import MINUTE, NOON, Stores

ADA, BEN = "fake:ada", "fake:ben"


async def delivered(stores: Stores, person: str, place: str) -> str:
    origin = Origin(platform="fake", place=place, person=person)
    job = await stores.add(person, origin=origin)
    held = await stores.claimed()
    rendered = await stores.jobs.move(held, JobStatus.RENDERED, NOON)
    usage = usage_of(rendered, JobStatus.DELIVERED, NOON)
    await stores.jobs.move(rendered, JobStatus.DELIVERED, NOON, usage)
    return job.id


async def test_a_record_keeps_no_word_that_a_person_wrote(stores: Stores) -> None:
    job_id = await delivered(stores, "ada", "studio")
    record = await stores.usage.of_job(job_id)
    assert record is not None
    assert (await stores.jobs.get(job_id)).request.prompt == "眨眼"
    assert record.settings.prompt == ""


async def test_records_stay_and_are_nobody_s(stores: Stores) -> None:
    await delivered(stores, "ada", "studio")
    await delivered(stores, "ben", "studio")
    await stores.usage.forget(ADA)
    assert [(one.person, one.place) for one in await stores.usage.records()] == [
        ("", "studio"),
        ("ben", "studio"),
    ]
    assert await stores.usage.records(owner=ADA) == []
    assert len(await stores.usage.records(home="fake:studio")) == 2


async def test_a_place_in_which_nobody_else_was_goes_with_its_person(stores: Stores) -> None:
    await delivered(stores, "ada", "ada-in-private")
    await delivered(stores, "ada", "ada-in-private")
    await delivered(stores, "ben", "ben-in-private")
    await stores.usage.forget(ADA)
    places = [one.place for one in await stores.usage.records()]
    assert places == ["", "", "ben-in-private"]


async def test_who_took_a_clip_away_is_forgotten_and_the_clip_stays_away(stores: Stores) -> None:
    job_id = await delivered(stores, "ada", "studio")
    await stores.jobs.save(job_id, deleted_at=NOON, deleted_by=BEN)
    await stores.jobs.forget(BEN)
    job = await stores.jobs.get(job_id)
    assert (job.deleted_at, job.deleted_by) == (NOON, "")


async def test_where_a_clip_was_posted_once_more_comes_out_as_it_went_in(stores: Stores) -> None:
    job_id = await delivered(stores, "ada", "studio")
    elsewhere = Origin(platform="fake", place="hall", person="ada", place_locale="zh")
    reposts = (Repost(elsewhere, "message-7", "nonce"),)
    await stores.jobs.save(job_id, reposts=reposts)
    assert (await stores.jobs.get(job_id)).reposts == reposts


async def test_charges_of_days_that_are_over_go_once_they_are_settled(stores: Stores) -> None:
    settled = await stores.add("ada", renderer=Renderer.MODEL, cost_s=100.0)
    await stores.add("ada", renderer=Renderer.MODEL, cost_s=30.0)
    job = await stores.jobs.get(settled.id)
    usage = replace(usage_of(job, JobStatus.CANCELLED, NOON), charged_s=5.0)
    await stores.jobs.move(job, JobStatus.CANCELLED, NOON, usage)
    await stores.quota.drop_before(NOON)
    assert await stores.quota.spent_s(ADA, NOON) == 35.0
    await stores.quota.drop_before(NOON + 24 * 60 * MINUTE)
    assert await stores.quota.spent_s(ADA, NOON) == 30.0
