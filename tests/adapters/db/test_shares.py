"""The contract of shared clips: their stars, their tops, and what is shown to nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.job import JobStatus
from bot.sharing import Share
from tests.adapters.db.making import MINUTE, NOON, Stores

HOME = "fake:guild"


async def shared(stores: Stores, person: str = "ada", **changes: Any) -> Share:
    job = await stores.add(person)
    share = Share(
        job_id=job.id, owner=job.origin.owner, author="fake:cleo", shared_at=NOON, home=HOME
    )
    await stores.shares.put(replace(share, **changes))
    return replace(share, **changes)


async def starred(stores: Stores, share: Share, *people: str) -> None:
    for person in people:
        assert await stores.shares.star(share.job_id, f"fake:{person}", NOON)


def ids(shares: list[Share]) -> list[str]:
    return [share.job_id for share in shares]


async def test_a_share_comes_back_whole(stores: Stores) -> None:
    share = await shared(stores, gallery="7", ref="8", restricted=True, web=True)
    assert await stores.shares.get(share.job_id) == share
    assert await stores.shares.get("nobody") is None


async def test_a_person_has_one_star_and_takes_it_back_with_the_second(stores: Stores) -> None:
    share = await shared(stores)
    await starred(stores, share, "ben", "cleo")
    assert not await stores.shares.star(share.job_id, "fake:ben", NOON + MINUTE)
    found = await stores.shares.get(share.job_id)
    assert found == replace(share, stars=1)
    assert await stores.shares.star(share.job_id, "fake:ben", NOON + 2 * MINUTE)


async def test_what_is_not_shared_takes_no_star(stores: Stores) -> None:
    job = await stores.add()
    assert not await stores.shares.star(job.id, "fake:ben", NOON)
    assert await stores.shares.stars_of("fake:ben") == []


async def test_putting_a_share_again_keeps_its_stars(stores: Stores) -> None:
    share = await shared(stores)
    await starred(stores, share, "ben")
    await stores.shares.put(replace(share, web=True, ref="9"))
    assert await stores.shares.get(share.job_id) == replace(share, web=True, ref="9", stars=1)


async def test_a_dropped_share_is_gone_with_its_stars_and_alone(stores: Stores) -> None:
    share, other = await shared(stores), await shared(stores)
    await starred(stores, share, "ben")
    await starred(stores, other, "ben")
    for _ in range(2):
        await stores.shares.drop(share.job_id)
    assert await stores.shares.get(share.job_id) is None
    assert await stores.shares.stars_of("fake:ben") == [other.job_id]
    await stores.shares.put(share)
    assert await stores.shares.get(share.job_id) == share


async def test_the_most_starred_come_first_and_the_newest_of_equals(stores: Stores) -> None:
    old = await shared(stores)
    new = await shared(stores, shared_at=NOON + MINUTE)
    best = await shared(stores)
    await starred(stores, best, "ben", "cleo")
    await starred(stores, old, "ben")
    await starred(stores, new, "ben")
    top = await stores.shares.top(home=HOME)
    assert [(share.job_id, share.stars) for share in top] == [
        (best.job_id, 2),
        (new.job_id, 1),
        (old.job_id, 1),
    ]
    assert await stores.shares.top(home=HOME, limit=1) == top[:1]
    assert await stores.shares.top(home="fake:elsewhere") == []


async def test_the_top_of_a_week_counts_its_own_clips_and_stars(stores: Stores) -> None:
    await starred(stores, await shared(stores), "ben", "cleo", "dora")
    fresh = await shared(stores, shared_at=NOON + 2 * MINUTE)
    loved = await shared(stores, shared_at=NOON + MINUTE)
    await starred(stores, fresh, "ben", "cleo")  # before then
    await stores.shares.star(loved.job_id, "fake:ben", NOON + MINUTE)
    top = await stores.shares.top(home=HOME, since=NOON + MINUTE)
    assert [(share.job_id, share.stars) for share in top] == [(loved.job_id, 1), (fresh.job_id, 0)]


async def test_only_what_its_owner_put_on_the_web_is_there(stores: Stores) -> None:
    await shared(stores)
    old = await shared(stores, web=True, home="")
    new = await shared(stores, web=True, shared_at=NOON + MINUTE)
    assert ids(await stores.shares.top(web=True)) == [new.job_id, old.job_id]
    assert ids(await stores.shares.newest(web=True)) == [new.job_id, old.job_id]
    assert ids(await stores.shares.newest(web=True, limit=1, offset=1)) == [old.job_id]
    assert ids(await stores.shares.top(home=HOME, web=True)) == [new.job_id]


async def test_what_is_for_adults_is_shown_only_where_that_is_asked(stores: Stores) -> None:
    adult = await shared(stores, restricted=True, web=True)
    mild = await shared(stores, web=True)
    assert ids(await stores.shares.top(home=HOME)) == [mild.job_id]
    assert ids(await stores.shares.newest(web=True)) == [mild.job_id]
    assert set(ids(await stores.shares.top(home=HOME, restricted=True))) == {
        adult.job_id,
        mild.job_id,
    }


@pytest.mark.parametrize(
    "change", [{"hidden": True}, {"deleted_at": NOON}, {"files_gone_at": NOON}]
)
async def test_what_is_hidden_deleted_or_gone_is_shown_to_nobody(
    stores: Stores, change: dict[str, Any]
) -> None:
    share = await shared(stores, web=True)
    await stores.jobs.save(share.job_id, **change)
    assert await stores.shares.top(restricted=True) == []
    assert await stores.shares.newest(web=True) == []
    assert await stores.shares.of_person("fake:ada") == [share]


async def test_a_share_whose_job_was_dropped_is_shown_to_nobody(stores: Stores) -> None:
    share = await shared(stores)
    job = await stores.jobs.get(share.job_id)
    await stores.jobs.move(job, JobStatus.CANCELLED, NOON)
    await stores.jobs.drop(job.id)
    assert await stores.shares.top() == []


async def test_a_persons_shares_are_listed_newest_first_with_their_stars(stores: Stores) -> None:
    old = await shared(stores)
    new = await shared(stores, shared_at=NOON + MINUTE)
    await shared(stores, "ben")
    await starred(stores, old, "ben")
    assert await stores.shares.of_person("fake:ada") == [new, replace(old, stars=1)]


async def test_who_is_forgotten_has_given_no_stars(stores: Stores) -> None:
    share = await shared(stores)
    await starred(stores, share, "ben", "cleo")
    await stores.shares.forget("fake:ben")
    assert await stores.shares.stars_of("fake:ben") == []
    assert await stores.shares.stars_of("fake:cleo") == [share.job_id]
    assert await stores.shares.get(share.job_id) == replace(share, stars=1)
