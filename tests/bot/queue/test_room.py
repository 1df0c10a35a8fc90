"""A full disk: what waits goes on waiting, and is told why."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.door.rules import HouseRules
from bot.errors import MediaError
from bot.job import JobStatus
from bot.queue.room import LEAST_BYTES, Room
from tests.fakes.house import FakeHouse
from tests.fakes.media import FakeMedia

DELIVERED = JobStatus.DELIVERED


async def test_a_full_disk_holds_the_queue_until_there_is_room(house: FakeHouse) -> None:
    card = await house.submit()
    house.media.free = LEAST_BYTES - 1
    async with house.at_work():
        for _ in range(20):
            await house.clock.advance(10)
        job = await house.job(card)
        assert (job.status, job.attempts, house.engine.rendered) == (JobStatus.QUEUED, 0, [])
        house.media.free = LEAST_BYTES
        await house.clock.advance(10)
        job = await house.until_status(card.job_id, DELIVERED)
    assert job.attempts == 1


async def test_who_waits_for_room_reads_why_and_is_offered_nothing_that_needs_it_too(
    house: FakeHouse,
) -> None:
    card = await house.submit()
    house.media.free = 0
    await house.clock.advance(60)
    seen = (await house.service.looking.look(card.job_id, (await house.job(card)).origin)).card
    assert any("disk of this machine is full" in line for line in seen.lines)
    assert not any("preview" in line for line in seen.lines[2:])
    assert [button.action.value for button in seen.buttons] == ["cancel"]


def test_who_keeps_nothing_free_waits_for_nothing(tmp_path: Path) -> None:
    media = FakeMedia(tmp_path, free=0)
    assert Room(media, 0).trouble() is None
    assert Room(media, HouseRules().min_free_bytes).trouble() is not None


def test_a_disk_that_does_not_tell_holds_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = FakeMedia(tmp_path)

    def free_bytes() -> int:
        raise MediaError

    monkeypatch.setattr(media, "free_bytes", free_bytes)
    assert Room(media, 1).trouble() is None
