"""A report hides at once, asks those who decide, and is decided once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.card import Action, Card, CardState
from bot.clips.gallery import Period
from bot.door.rules import HouseRules
from bot.errors import JobGoneError, NotAllowedError, PersonError, PlaceGoneError
from bot.job import Job, JobStatus
from bot.reports import Blocked, Decision
from bot.texts import Texts
from tests.bot.making import EVE, MODERATOR, OPERATOR, delivered, let_everybody
from tests.fakes.house import ADA, BEN, FakeHouse, build

RULES = HouseRules(operator_place="fake:bridge")


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    house = build(tmp_path, RULES)
    let_everybody(house, gallery="wall", moderators="office")
    return house


def cards(house: FakeHouse, job: Job, state: CardState) -> list[Card]:
    return [card for card in house.messenger.of_job(job.id) if card.state is state]


def actions(card: Card) -> list[Action]:
    return [button.action for button in card.buttons]


async def reported(house: FakeHouse, *, share: bool = False) -> Job:
    job = await delivered(house)
    if share:
        await house.service.gallery.share(job.id, ADA)
    await house.service.moderation.report(job.id, BEN, "that is my sister")
    return job


async def test_a_report_hides_the_clip_at_once_wherever_it_is(house: FakeHouse) -> None:
    with capture_logs() as logs:
        job = await reported(house, share=True)
    (card,) = cards(house, job, CardState.HIDDEN)
    assert (card.clip, actions(card)) == (None, [Action.DELETE])
    assert cards(house, job, CardState.SHARED) == []
    assert any(line["event"] == "clip.reported" and line["log_level"] == "error" for line in logs)


async def test_moderators_and_the_operator_are_asked_with_what_they_need_to_decide(
    house: FakeHouse,
) -> None:
    job = await reported(house)
    at_office, at_bridge = sorted(cards(house, job, CardState.REPORT), key=lambda c: len(c.buttons))
    assert actions(at_office) == [Action.KEEP, Action.REMOVE]
    assert actions(at_bridge) == [Action.KEEP, Action.REMOVE, Action.BLOCK]
    assert at_office.clip == job.file
    assert "“that is my sister”" in at_office.lines


async def test_a_second_report_adds_to_the_same_cards(house: FakeHouse) -> None:
    job = await reported(house)
    await house.service.moderation.report(job.id, EVE)
    both = cards(house, job, CardState.REPORT)
    assert len(both) == 2
    assert all("2 people reported it." in card.lines for card in both)


async def test_a_person_reports_a_clip_once_and_never_their_own(house: FakeHouse) -> None:
    job = await reported(house)
    with pytest.raises(PersonError, match="report-already"):
        await house.service.moderation.report(job.id, BEN)
    with pytest.raises(NotAllowedError, match="not-your-own"):
        await house.service.moderation.report(job.id, ADA)
    assert len(house.reports.rows) == 1


async def test_keep_shows_the_clip_again_where_it_was_with_its_stars(house: FakeHouse) -> None:
    job = await delivered(house)
    await house.service.gallery.share(job.id, ADA)
    await house.service.gallery.star(job.id, EVE)
    await house.service.moderation.report(job.id, BEN)
    await house.service.moderation.decide(job.id, MODERATOR, Decision.KEEP)
    (card,) = cards(house, job, CardState.DONE)
    assert card.clip == job.file and not card.clip_stays
    (copy,) = cards(house, job, CardState.SHARED)
    assert "★ 1" in copy.lines
    assert [one.share.stars for one in await house.service.gallery.top(EVE, Period.EVER)] == [1]


async def test_whoever_decides_second_is_told_and_every_card_says_what_was_decided(
    house: FakeHouse,
) -> None:
    job = await reported(house)
    await house.service.moderation.decide(job.id, MODERATOR, Decision.REMOVE)
    for late in (Decision.KEEP, Decision.REMOVE, Decision.BLOCK):
        with pytest.raises(JobGoneError, match="report-decided"):
            await house.service.moderation.decide(job.id, OPERATOR, late)
    for card in cards(house, job, CardState.REPORT):
        assert (card.buttons, card.clip) == ((), None)
        assert "Decided: the clip was removed." in card.lines
    assert len(cards(house, job, CardState.DELETED)) == 1


async def test_who_deletes_a_reported_clip_does_not_escape_the_decision(house: FakeHouse) -> None:
    job = await reported(house)
    await house.service.clips.delete(job.id, ADA)
    await house.service.clips.undelete(job.id, ADA)
    assert len(cards(house, job, CardState.HIDDEN)) == 1
    await house.service.clips.delete(job.id, ADA)
    await house.service.moderation.decide(job.id, MODERATOR, Decision.REMOVE)
    with pytest.raises(NotAllowedError, match="not-your-deletion"):
        await house.service.clips.undelete(job.id, ADA)


async def test_a_report_after_a_keep_asks_anew(house: FakeHouse) -> None:
    job = await reported(house)
    await house.service.moderation.decide(job.id, MODERATOR, Decision.KEEP)
    await house.service.moderation.report(job.id, EVE)
    open_cards = [card for card in cards(house, job, CardState.REPORT) if card.buttons]
    assert len(open_cards) == 2
    assert len(cards(house, job, CardState.HIDDEN)) == 1


async def test_a_block_shuts_out_its_owner_and_what_they_have_waiting(house: FakeHouse) -> None:
    job = await delivered(house)
    waiting = await house.submit()
    await house.service.moderation.report(job.id, BEN)
    with pytest.raises(NotAllowedError, match="not-yours-to-decide"):
        await house.service.moderation.decide(job.id, MODERATOR, Decision.BLOCK)
    await house.service.moderation.decide(job.id, OPERATOR, Decision.BLOCK)
    assert (await house.job(waiting)).status is JobStatus.CANCELLED
    with pytest.raises(NotAllowedError, match="person-blocked"):
        await house.submit()


async def test_who_is_blocked_can_delete_and_neither_share_star_nor_report(
    house: FakeHouse,
) -> None:
    own, other = await delivered(house), await delivered(house, BEN)
    await house.service.gallery.share(other.id, BEN)
    await house.reports.block_person(ADA.owner, OPERATOR.owner, house.clock.now())
    gallery, moderation = house.service.gallery, house.service.moderation
    for deed in (
        gallery.share(own.id, ADA),
        gallery.show_on_web(own.id, ADA, True),
        gallery.star(other.id, ADA),
        moderation.report(other.id, ADA),
    ):
        with pytest.raises(NotAllowedError, match="person-blocked"):
            await deed
    await house.service.clips.delete(own.id, ADA)


async def test_only_an_operator_lists_and_lifts_blocks(house: FakeHouse) -> None:
    job = await reported(house)
    moderation = house.service.moderation
    await moderation.decide(job.id, OPERATOR, Decision.BLOCK)
    with pytest.raises(NotAllowedError, match="operator-only"):
        await moderation.blocks(MODERATOR)
    with pytest.raises(NotAllowedError, match="operator-only"):
        await moderation.unblock(MODERATOR, Blocked.PERSON, "x")
    for block in await moderation.blocks(OPERATOR):
        assert await moderation.unblock(OPERATOR, block.kind, block.value)
    await house.submit()


async def test_a_moderator_decides_from_the_place_where_reports_go(house: FakeHouse) -> None:
    """A chat of moderators is a community of its own on some platforms."""
    job = await reported(house)
    in_office = type(MODERATOR)(
        platform="fake", place="office", person="mo", rights=MODERATOR.rights
    )
    elsewhere = type(MODERATOR)(platform="fake", place="den", person="mo", rights=MODERATOR.rights)
    with pytest.raises(NotAllowedError):
        await house.service.moderation.decide(job.id, elsewhere, Decision.KEEP)
    await house.service.moderation.decide(job.id, in_office, Decision.KEEP)


async def test_a_report_reaches_the_moderators_even_where_the_clips_own_place_is_gone(
    house: FakeHouse,
) -> None:
    job = await delivered(house)
    house.messenger.failures.append(PlaceGoneError())
    await house.service.moderation.report(job.id, BEN)
    assert len(cards(house, job, CardState.REPORT)) == 2


async def test_a_crash_between_a_report_and_its_hiding_is_mended_by_reporting_again(
    house: FakeHouse,
) -> None:
    job = await reported(house)
    await house.jobs.save(job.id, hidden=False)
    await house.service.moderation.report(job.id, BEN)
    assert house.jobs.rows[job.id].hidden


async def test_cases_wait_in_order_and_are_found_by_report_or_by_job(house: FakeHouse) -> None:
    first, second = await reported(house), await reported(house)
    moderation = house.service.moderation
    assert [case.job.id for case in await moderation.cases()] == [first.id, second.id]
    (report,) = await house.reports.of_job(second.id)
    assert await moderation.reported(report.id) == second.id
    assert await moderation.reported(second.id) == second.id
    with pytest.raises(JobGoneError):
        await moderation.reported("nothing")


async def test_a_decision_that_a_crash_left_half_way_holds_whoever_sees_it_through(
    house: FakeHouse,
) -> None:
    job = await reported(house)
    await house.reports.decide(job.id, Decision.REMOVE, OPERATOR.owner, house.clock.now())
    await house.service.moderation.decide(job.id, MODERATOR, Decision.KEEP)
    assert len(cards(house, job, CardState.DELETED)) == 1


async def test_a_clip_that_was_kept_leaves_the_moderators_place_when_its_owner_deletes_it(
    house: FakeHouse,
) -> None:
    job = await reported(house)
    await house.service.moderation.decide(job.id, OPERATOR, Decision.KEEP)
    assert all(card.clip for card in cards(house, job, CardState.REPORT))
    await house.service.clips.delete(job.id, ADA)
    assert not any(card.clip for card in cards(house, job, CardState.REPORT))


async def test_whoever_is_forgotten_is_not_named_where_a_report_was_decided(
    house: FakeHouse,
) -> None:
    job = await delivered(house, replace(ADA, person_name="Ada Lovelace"), prompt="my words")
    await house.service.moderation.report(job.id, BEN, "that is my sister")
    before = [line for card in cards(house, job, CardState.REPORT) for line in card.lines]
    assert any("Ada Lovelace" in line for line in before)
    assert await house.service.personal.forget([ADA.owner]) == 0
    after = cards(house, job, CardState.REPORT)
    assert {line for card in after for line in card.lines} == {
        Texts("en").say("report-decided-remove")
    }
    assert not any(card.clip or card.buttons for card in after)


async def test_what_is_gone_waits_for_nobodys_decision(house: FakeHouse) -> None:
    job = await reported(house)
    await house.jobs.save(job.id, files_gone_at=house.clock.now(), told=False)
    await house.delivery.tell(house.jobs.rows[job.id])
    assert await house.service.moderation.cases() == []
    assert not any(card.buttons or card.clip for card in cards(house, job, CardState.REPORT))
