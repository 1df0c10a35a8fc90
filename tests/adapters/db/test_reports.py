"""The contract of reports, decisions and blocks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.errors import JobGoneError
from bot.reports import Block, Blocked, Decision, Report
from tests.adapters.db.making import MINUTE, NOON, Stores

ADA, BEN, MOD = "fake:ada", "fake:ben", "fake:mod"
HOME = "fake:guild"


def a_report(report_id: str = "r1", **changes: Any) -> Report:
    report = Report(
        id=report_id, job_id="job1", home=HOME, reporter=BEN, reported_at=NOON, reason="不好"
    )
    return replace(report, **changes)


async def test_a_report_comes_back_whole_and_waits_for_a_decision(stores: Stores) -> None:
    assert await stores.reports.add(a_report())
    assert await stores.reports.get("r1") == a_report()
    assert await stores.reports.undecided() == [a_report()]
    with pytest.raises(JobGoneError):
        await stores.reports.get("r2")


async def test_a_person_reports_a_clip_once(stores: Stores) -> None:
    assert await stores.reports.add(a_report())
    assert not await stores.reports.add(a_report("r2", reason="again"))
    assert await stores.reports.of_job("job1") == [a_report()]
    assert await stores.reports.add(a_report("r3", job_id="job2"))
    assert await stores.reports.add(a_report("r4", reporter=ADA))


async def test_a_report_that_was_decided_is_no_new_one_either(stores: Stores) -> None:
    await stores.reports.add(a_report())
    await stores.reports.decide("job1", Decision.KEEP, MOD, NOON)
    assert not await stores.reports.add(a_report("r2"))
    assert await stores.reports.undecided() == []


async def test_what_waits_is_listed_oldest_first_by_community(stores: Stores) -> None:
    late = a_report("r1", reported_at=NOON + MINUTE)
    early = a_report("r2", reporter=ADA)
    elsewhere = a_report("r3", job_id="job2", home="fake:other")
    for report in (late, early, elsewhere):
        await stores.reports.add(report)
    assert await stores.reports.undecided(HOME) == [early, late]
    assert await stores.reports.undecided() == [early, elsewhere, late]
    assert await stores.reports.of_job("job1") == [early, late]


async def test_one_decision_answers_every_report_of_the_clip_and_no_other(stores: Stores) -> None:
    others = a_report("r3", job_id="job2")
    for report in (a_report("r1"), a_report("r2", reporter=ADA), others):
        await stores.reports.add(report)
    assert await stores.reports.decide("job1", Decision.REMOVE, MOD, NOON + MINUTE)
    decided = await stores.reports.of_job("job1")
    assert {(one.decision, one.decided_by, one.decided_at) for one in decided} == {
        (Decision.REMOVE, MOD, NOON + MINUTE)
    }
    assert await stores.reports.undecided() == [others]


async def test_who_decides_second_comes_too_late(stores: Stores) -> None:
    await stores.reports.add(a_report())
    assert await stores.reports.decide("job1", Decision.KEEP, MOD, NOON)
    assert not await stores.reports.decide("job1", Decision.BLOCK, ADA, NOON + MINUTE)
    assert (await stores.reports.get("r1")).decision is Decision.KEEP
    assert not await stores.reports.decide("nobody", Decision.KEEP, MOD, NOON)


async def test_a_blocked_person_is_known_again_and_named_nowhere(stores: Stores) -> None:
    await stores.reports.block_person(ADA, MOD, NOON, "spam")
    assert await stores.reports.is_blocked(ADA)
    assert not await stores.reports.is_blocked(BEN)
    (block,) = await stores.reports.blocks(Blocked.PERSON)
    assert (block.by, block.at, block.reason) == (MOD, NOON, "spam")
    assert "ada" not in block.value
    assert await stores.reports.unblock_person(ADA)
    assert not await stores.reports.unblock_person(ADA)
    assert not await stores.reports.is_blocked(ADA)


async def test_a_block_can_be_lifted_by_what_its_list_shows(stores: Stores) -> None:
    await stores.reports.block_person(ADA, MOD, NOON)
    (block,) = await stores.reports.blocks()
    assert not await stores.reports.unblock(Blocked.PICTURE, block.value)
    assert await stores.reports.unblock(block.kind, block.value)
    assert not await stores.reports.is_blocked(ADA)


async def test_blocks_are_listed_newest_first_by_kind(stores: Stores) -> None:
    await stores.reports.block_picture("00ff00ff00ff00ff", MOD, NOON)
    await stores.reports.block_person(ADA, MOD, NOON + MINUTE)
    picture = Block(kind=Blocked.PICTURE, value="00ff00ff00ff00ff", by=MOD, at=NOON)
    assert await stores.reports.blocks(Blocked.PICTURE) == [picture]
    assert [one.kind for one in await stores.reports.blocks()] == [Blocked.PERSON, Blocked.PICTURE]


async def test_a_block_of_what_is_blocked_already_takes_its_place(stores: Stores) -> None:
    for n in range(2):
        await stores.reports.block_picture("00ff", MOD, NOON + n * MINUTE, str(n))
    (block,) = await stores.reports.blocks()
    assert (block.at, block.reason) == (NOON + MINUTE, "1")


async def test_who_is_forgotten_is_in_no_report_and_stays_blocked(stores: Stores) -> None:
    for report in (a_report("r1", reporter=ADA), a_report("r2"), a_report("r3", job_id="job2")):
        await stores.reports.add(report)
    await stores.reports.decide("job2", Decision.KEEP, ADA, NOON)
    await stores.reports.block_person(ADA, MOD, NOON)
    await stores.reports.block_picture("00ff", ADA, NOON)
    await stores.reports.forget(ADA)
    reporters = [one.reporter for one in await stores.reports.of_job("job1")]
    assert reporters == ["", BEN]
    assert (await stores.reports.get("r3")).decided_by == ""
    assert {one.by for one in await stores.reports.blocks()} == {MOD, ""}
    assert await stores.reports.is_blocked(ADA)


async def test_of_two_who_are_forgotten_both_reports_stay(stores: Stores) -> None:
    await stores.reports.add(a_report("r1", reporter=ADA))
    await stores.reports.add(a_report("r2", reporter=BEN))
    await stores.reports.forget(ADA)
    await stores.reports.forget(BEN)
    assert [one.reporter for one in await stores.reports.undecided()] == ["", ""]
