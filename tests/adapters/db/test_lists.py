"""The contract of the lists of jobs, of questions and of usage: what is in them, in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.errors import JobGoneError, StaleJobError
from bot.job import Job, JobStatus, usage_of
from bot.origin import Origin, Rights
from bot.sharing import Share
from tests.adapters.db.making import FAKE, MINUTE, NOON, Stores, a_question

LATER = NOON + 10 * MINUTE


def drawn_by(author: str, person: str = "ben", **changes: Any) -> Origin:
    return Origin(platform="fake", place="studio", person=person, author=author, **changes)


async def ended(stores: Stores, at: datetime = NOON, **changes: Any) -> Job:
    job = await stores.add(**changes)
    return await stores.jobs.move(job, JobStatus.CANCELLED, at, usage_of(job, JobStatus.FAILED, at))


async def test_a_job_keeps_what_is_known_of_its_origin_and_never_a_persons_rights(
    stores: Stores,
) -> None:
    known = drawn_by("cleo", community="guild", author_name="克莱奥", private=True)
    job = await stores.add(origin=replace(known, rights=Rights(operator=True)))
    assert job.origin == known
    assert await stores.jobs.get(job.id) == job
    await stores.questions.put(a_question(origin=replace(known, rights=Rights(operator=True))))
    assert (await stores.questions.get("q1")).origin == known


async def test_a_long_history_is_read_page_by_page(stores: Stores) -> None:
    own = [(await stores.add("ada", created_at=NOON + n * MINUTE)).id for n in range(5)]
    pages = [await stores.jobs.of_person("fake:ada", 2, offset) for offset in (0, 2, 4, 6)]
    assert [[job.id for job in page] for page in pages] == [
        [own[4], own[3]],
        [own[2], own[1]],
        [own[0]],
        [],
    ]


async def test_an_author_finds_what_others_made_of_their_pictures(stores: Stores) -> None:
    old = await stores.add(origin=drawn_by("cleo"))
    new = await stores.add(origin=drawn_by("cleo", "dora"), created_at=LATER)
    await stores.add(origin=drawn_by("cleo", "cleo"))  # their own
    await stores.add(origin=drawn_by("", "cleo"))
    await stores.add(origin=drawn_by("eve"))
    found = await stores.jobs.of_author("fake:cleo")
    assert [job.id for job in found] == [new.id, old.id]
    assert await stores.jobs.of_author("other:cleo") == []


async def test_what_waits_too_long_is_overdue_and_is_not_claimed(stores: Stores) -> None:
    late = await stores.add(created_at=NOON + MINUTE)
    later = await stores.add("ben", created_at=NOON)
    fresh = await stores.add("cleo", created_at=LATER)
    await stores.add("dora", platform="other", created_at=NOON)
    assert await stores.jobs.overdue(FAKE, LATER) == [later, late]
    assert await stores.jobs.overdue(FAKE, LATER, 1) == [later]
    claimed = await stores.claimed(oldest=LATER)
    assert claimed.id == fresh.id
    assert await stores.claim(oldest=LATER) is None


async def test_what_was_put_back_is_as_old_as_before(stores: Stores) -> None:
    await stores.add(created_at=NOON)
    running = await stores.claimed()
    assert await stores.jobs.overdue(FAKE, LATER) == []
    put_back = await stores.jobs.move(running, JobStatus.QUEUED, LATER)
    assert await stores.jobs.overdue(FAKE, LATER) == [put_back]


async def test_files_that_were_kept_long_enough_are_found_until_they_are_gone(
    stores: Stores,
) -> None:
    second = await ended(stores, NOON + MINUTE)
    first = await ended(stores, NOON)
    await ended(stores, LATER)
    await stores.add()
    assert await stores.jobs.with_files(LATER) == [first, second]
    assert await stores.jobs.with_files(LATER, 1) == [first]
    await stores.jobs.save(first.id, files_gone_at=LATER)
    assert await stores.jobs.with_files(LATER) == [second]


async def test_files_of_a_shared_clip_are_kept_until_it_is_unshared(stores: Stores) -> None:
    job = await ended(stores)
    await stores.shares.put(
        Share(job_id=job.id, owner="fake:ada", author="fake:ada", shared_at=NOON)
    )
    assert await stores.jobs.with_files(LATER) == []
    await stores.shares.drop(job.id)
    assert await stores.jobs.with_files(LATER) == [job]


async def test_a_deleted_job_is_found_when_the_time_to_have_it_back_is_over(
    stores: Stores,
) -> None:
    job, other = await ended(stores), await ended(stores)
    deleted = await stores.jobs.save(job.id, deleted_at=NOON + MINUTE, deleted_by="fake:mod")
    first = await stores.jobs.save(other.id, deleted_at=NOON)
    assert await stores.jobs.deleted(NOON + MINUTE) == [first]
    assert await stores.jobs.deleted(LATER) == [first, deleted]
    assert await stores.jobs.deleted(LATER, 1) == [first]
    await stores.jobs.save(other.id, deleted_at=None)
    await stores.jobs.save(job.id, files_gone_at=LATER)
    assert await stores.jobs.deleted(LATER) == []


async def test_of_many_ids_a_store_tells_those_that_it_knows(stores: Stores) -> None:
    job, other = await stores.add(), await stores.add()
    await stores.questions.put(a_question())
    asked = [job.id, "nobody", other.id, "q1"]
    assert await stores.jobs.known(asked) == {job.id, other.id}
    assert await stores.questions.known(asked) == {"q1"}
    assert await stores.jobs.known([]) == set()


async def test_a_dropped_job_is_gone_and_what_it_cost_stays(stores: Stores) -> None:
    job = await ended(stores)
    for _ in range(2):
        await stores.jobs.drop(job.id)
    with pytest.raises(JobGoneError):
        await stores.jobs.get(job.id)
    assert [record.job_id for record in await stores.usage.records()] == [job.id]


async def test_a_job_that_has_not_ended_is_not_dropped(stores: Stores) -> None:
    await stores.add()
    running = await stores.claimed()
    with pytest.raises(StaleJobError):
        await stores.jobs.drop(running.id)
    assert await stores.jobs.get(running.id) == running


async def test_a_person_finds_the_questions_they_sent_and_those_they_are_asked(
    stores: Stores,
) -> None:
    sent = a_question("q1", created_at=LATER)
    asked = a_question("q2", origin=drawn_by("ada"), answers="fake:ada")
    for question in (sent, asked, a_question("q3", origin=drawn_by("cleo"), answers="fake:cleo")):
        await stores.questions.put(question)
    assert await stores.questions.of_person("fake:ada") == [asked, sent]
    assert await stores.questions.get("q2") == asked
    await stores.questions.put(a_question("q2", origin=drawn_by("ada")))
    assert await stores.questions.of_person("fake:ada") == [sent]


async def test_questions_that_nobody_answered_are_found_oldest_first(stores: Stores) -> None:
    for number, minutes in enumerate((2, 0, 1, 10)):
        await stores.questions.put(a_question(f"q{number}", created_at=NOON + minutes * MINUTE))
    old = await stores.questions.older(LATER)
    assert [question.id for question in old] == ["q1", "q2", "q0"]
    assert await stores.questions.older(LATER, 2) == old[:2]


async def test_usage_is_told_of_a_person_or_a_community(stores: Stores) -> None:
    at_home = await ended(stores, origin=drawn_by("", "ada", community="guild"))
    alone = await ended(stores, LATER, origin=drawn_by("", "ada"))
    bens = await ended(stores, origin=drawn_by("", "ben", community="guild"))

    async def told(**which: Any) -> list[str]:
        return [record.job_id for record in await stores.usage.records(**which)]

    assert await told(owner="fake:ada") == [at_home.id, alone.id]
    assert await told(owner="fake:ada", since=LATER) == [alone.id]
    assert await told(home="fake:guild") == [at_home.id, bens.id]
    assert await told(home="fake:studio") == [alone.id]
    assert await told(home="fake:guild", owner="fake:ben") == [bens.id]
    assert await told(owner="other:ada") == []


async def test_who_is_forgotten_leaves_numbers_that_are_nobodys(stores: Stores) -> None:
    in_private = Origin(platform="fake", place="ada", person="ada", private=True)
    await ended(stores)
    await ended(stores, origin=in_private)
    await ended(stores, person="ben")
    await stores.usage.forget("fake:ada")
    assert await stores.usage.records(owner="fake:ada") == []
    records = await stores.usage.records()
    assert [(one.person, one.place) for one in records] == [
        ("", "studio"),
        ("", ""),
        ("ben", "studio"),
    ]
