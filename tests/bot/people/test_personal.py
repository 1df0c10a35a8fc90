"""Looking back, posting again, taking along: everybody's own."""

from __future__ import annotations

import asyncio
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from bot.card import CardState
from bot.door.rules import HouseRules
from bot.errors import JobGoneError, NotAllowedError, TooLargeError
from bot.job import Job, JobStatus
from bot.origin import Origin
from bot.people.export import DATA
from bot.people.personal import PAGE
from bot.people.privacy import Privacy
from tests.fakes.house import ADA, BEN, FakeHouse, build

HALL = replace(ADA, place="hall", message="tap-1", place_locale="zh")


async def delivered(house: FakeHouse, origin: Origin = ADA, **options: str) -> Job:
    card = await house.submit(origin, **options)
    async with house.at_work():
        return await house.until_status(card.job_id, JobStatus.DELIVERED)


def copies(house: FakeHouse, job: Job) -> list[CardState]:
    """The states of what stands beside the first card."""
    refs = {one.ref for one in house.jobs.rows[job.id].reposts}
    return [card.state for ref, card in house.messenger.cards.items() if ref in refs]


async def test_history_comes_in_pages_newest_first(house: FakeHouse) -> None:
    job = await delivered(house)
    for number in range(PAGE + 3):
        older = replace(job, id=f"0{number:02}")
        house.jobs.rows[older.id] = older
    first = await house.service.personal.history([ADA.owner])
    second = await house.service.personal.history([ADA.owner], 1)
    assert (len(first.jobs), first.more) == (PAGE, True)
    assert (len(second.jobs), second.more) == (4, False)
    assert first.jobs[0].id == job.id
    ids = [one.id for one in (*first.jobs, *second.jobs)]
    assert ids == sorted(ids, reverse=True)
    assert (await house.service.personal.history([BEN.owner])).jobs == ()


async def test_who_has_several_names_has_one_history(house: FakeHouse) -> None:
    first, second = await house.submit(), await house.submit(BEN)
    page = await house.service.personal.history([ADA.owner, BEN.owner])
    assert [job.id for job in page.jobs] == [second.job_id, first.job_id]


async def test_a_clip_is_posted_again_where_its_owner_is_once_a_tap(house: FakeHouse) -> None:
    job = await delivered(house)
    for _ in range(2):
        card = await house.service.personal.post_again(job.id, HALL)
    assert (card.state, card.locale) == (CardState.DONE, "zh")
    assert copies(house, job) == [CardState.DONE]
    await house.service.personal.post_again(job.id, replace(HALL, message="tap-2"))
    assert len(copies(house, job)) == 2


async def test_a_deletion_reaches_what_was_posted_again(house: FakeHouse) -> None:
    job = await delivered(house)
    await house.service.personal.post_again(job.id, HALL)
    (repost,) = house.jobs.rows[job.id].reposts
    await house.service.clips.delete(job.id, ADA)
    assert house.jobs.rows[job.id].reposts == ()
    assert repost.ref in house.messenger.gone


async def test_what_was_posted_again_may_stay_when_only_our_files_are_over(
    house: FakeHouse,
) -> None:
    job = await delivered(house)
    await house.service.personal.post_again(job.id, HALL)
    await house.clock.advance(31 * 24 * 3600)
    await house.core.keeper.tidy()
    await house.core.showing.tell(job.id)
    (repost,) = house.jobs.rows[job.id].reposts
    assert repost.ref not in house.messenger.gone
    shown = house.messenger.cards[repost.ref]
    assert (shown.state, shown.buttons, shown.clip_stays) == (CardState.GONE, (), True)


async def test_two_taps_at_once_post_it_once(house: FakeHouse) -> None:
    job = await delivered(house)
    taps = [house.service.personal.post_again(job.id, HALL) for _ in range(2)]
    await asyncio.gather(*taps)
    assert len(copies(house, job)) == 1


async def test_a_report_and_being_forgotten_reach_it_too(house: FakeHouse) -> None:
    first, second = await delivered(house), await delivered(house)
    for job in (first, second):
        await house.service.personal.post_again(job.id, HALL)
    refs = {house.jobs.rows[job.id].reposts[0].ref for job in (first, second)}
    await house.service.moderation.report(first.id, BEN)
    await house.service.personal.forget([ADA.owner])
    assert refs <= house.messenger.gone


async def test_only_ones_own_and_only_what_is_there(house: FakeHouse) -> None:
    job = await delivered(house)
    with pytest.raises(NotAllowedError):
        await house.service.personal.post_again(job.id, replace(HALL, person="ben"))
    waiting = await house.submit()
    with pytest.raises(JobGoneError):
        await house.service.personal.post_again(waiting.job_id, HALL)
    await house.service.clips.delete(job.id, ADA)
    with pytest.raises(JobGoneError):
        await house.service.personal.post_again(job.id, HALL)


async def test_another_s_picture_and_what_is_for_adults_stay_where_they_were(
    house: FakeHouse,
) -> None:
    job = await delivered(house)
    for origin in (replace(ADA, author="cleo"), replace(ADA, restricted=True)):
        house.jobs.rows[job.id] = replace(job, origin=origin)
        with pytest.raises(NotAllowedError):
            await house.service.personal.post_again(job.id, HALL)
        await house.service.personal.post_again(job.id, replace(HALL, private=True))
        await house.service.personal.post_again(job.id, ADA)


async def test_a_smaller_place_gets_a_smaller_file(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await delivered(house)
    monkeypatch.setattr(house.messenger, "limit_bytes", 400)
    card = await house.service.personal.post_again(job.id, HALL)
    assert card.clip is not None
    assert card.clip.size_bytes <= 400


async def test_a_place_that_takes_less_than_it_said_gets_a_smaller_file(house: FakeHouse) -> None:
    job = await delivered(house)
    house.messenger.failures += [TooLargeError(700), TooLargeError(500)]
    card = await house.service.personal.post_again(job.id, HALL)
    assert card.clip is not None and card.clip.size_bytes == 500
    assert house.messenger.of_job(job.id)[-1] == card


async def test_an_export_holds_the_data_and_the_files(house: FakeHouse) -> None:
    job = await delivered(house, prompt="温柔的微笑")
    await house.service.presets.save(ADA, "slow", {"steps": "60"})
    with zipfile.ZipFile(await house.service.personal.export(ADA)) as archive:
        data, names = json.loads(archive.read(DATA)), set(archive.namelist())
    (told,) = data["jobs"]
    assert (told["id"], told["request"]["prompt"]) == (job.id, "温柔的微笑")
    assert data["choices"][ADA.owner]["presets"] == {"slow": {"steps": "60"}}
    assert [record["job_id"] for record in data["usage"]] == [job.id]
    assert {f"files/{job.id}/upload.png", f"files/{job.id}/master.mkv"} <= names
    assert str(house.media.root) not in json.dumps(data)


async def test_an_export_is_nobody_else_s(house: FakeHouse) -> None:
    await delivered(house)
    with zipfile.ZipFile(await house.service.personal.export(BEN)) as archive:
        assert archive.namelist() == [DATA]
        assert json.loads(archive.read(DATA))["jobs"] == []


async def test_what_does_not_fit_is_named_in_the_data(house: FakeHouse) -> None:
    job = await delivered(house)
    large = house.media.folder(job.id) / "large.gif"
    large.write_bytes(b"x" * 1_000_000)
    target = await house.service.personal.export(ADA, limit_bytes=500_000)
    assert target.stat().st_size <= 500_000
    with zipfile.ZipFile(target) as archive:
        assert json.loads(archive.read(DATA))["left_out"] == [f"files/{job.id}/large.gif"]
        assert f"files/{job.id}/upload.png" in archive.namelist()


async def test_on_a_disk_of_one_s_own_all_of_it_lies_in_a_folder(
    house: FakeHouse, tmp_path: Path
) -> None:
    job = await delivered(house)
    await house.service.personal.export_to([ADA.owner], tmp_path / "mine")
    assert (tmp_path / "mine" / DATA).is_file()
    assert (tmp_path / "mine" / "files" / job.id / "master.mkv").is_file()


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_privacy_says_how_long_and_whom_to_ask(house: FakeHouse, locale: str) -> None:
    text = "\n".join(house.service.privacy.lines(locale))
    assert "30" in text
    told = Privacy(house.service.privacy.keep, "ask@example.org").lines(locale)
    assert "ask@example.org" in told[-1]
    assert len(told) == len(text.splitlines())


@pytest.mark.parametrize("why", ["blocked", "paused", "elsewhere"])
async def test_a_clip_is_posted_again_only_where_its_owner_could_send_a_picture(
    tmp_path: Path, why: str
) -> None:
    house = build(tmp_path, HouseRules(allowed_places=frozenset({ADA.home, HALL.home})))
    job = await delivered(house)
    there = HALL
    match why:
        case "blocked":
            await house.reports.block_person(ADA.owner, "", house.clock.now())
        case "paused":
            await house.settings.change_place(HALL.home, "", house.clock.now(), paused=True)
        case "elsewhere":
            there = replace(HALL, place="nowhere")
    with pytest.raises(NotAllowedError):
        await house.service.personal.post_again(job.id, there)
    assert house.jobs.rows[job.id].reposts == ()
