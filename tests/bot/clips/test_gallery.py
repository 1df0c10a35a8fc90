"""Clips that are shown: with their owner's yes, and nobody's no."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.card import Action, Card, CardState
from bot.cards.encoding import ClipRules
from bot.clips.gallery import Period
from bot.errors import JobGoneError, MessengerError, NotAllowedError, PlaceGoneError
from bot.job import Job
from tests.bot.making import CLEO, EVE, MODERATOR, OF_CLEO, STUDIO, delivered, let_everybody
from tests.fakes.house import ADA, BEN, FakeHouse, build

FOR_ADULTS = replace(ADA, place="cellar", restricted=True)


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    house = build(tmp_path)
    let_everybody(house, gallery="wall")
    return house


async def shared(house: FakeHouse, origin: object = ADA) -> Job:
    job = await delivered(house, origin)  # type: ignore[arg-type]
    await house.service.gallery.share(job.id, ADA)
    return job


def copies(house: FakeHouse, job: Job) -> list[Card]:
    return [card for card in house.messenger.of_job(job.id) if card.state is CardState.SHARED]


async def test_a_shared_clip_hangs_in_the_gallery_with_its_credits_and_a_star(
    house: FakeHouse,
) -> None:
    job = await shared(house, OF_CLEO)
    (copy,) = copies(house, job)
    assert copy.clip == job.file
    assert {"By Ada", "Drawn by Cleo"} <= set(copy.lines)
    assert [button.action for button in copy.buttons] == [Action.STAR, Action.REPORT]
    share = await house.shares.get(job.id)
    assert share is not None and share.ref in house.messenger.cards


async def test_the_card_then_offers_to_stop_sharing_and_its_clip_is_not_sent_again(
    house: FakeHouse,
) -> None:
    job = await shared(house)
    card = next(one for one in house.messenger.of_job(job.id) if one.state is CardState.DONE)
    actions = {button.action for button in card.buttons}
    assert Action.UNSHARE in actions and Action.SHARE not in actions
    assert card.clip_stays


async def test_sharing_twice_hangs_one_copy(house: FakeHouse) -> None:
    job = await shared(house)
    await house.service.gallery.share(job.id, ADA)
    assert len(copies(house, job)) == 1


async def test_unsharing_takes_the_copy_away_and_sharing_anew_hangs_another(
    house: FakeHouse,
) -> None:
    job = await shared(house)
    await house.service.gallery.unshare(job.id, ADA)
    assert copies(house, job) == []
    assert await house.shares.get(job.id) is None
    await house.clock.advance(1)
    await house.service.gallery.share(job.id, ADA)
    assert len(copies(house, job)) == 1


async def test_a_copy_that_could_not_be_taken_away_goes_when_the_chat_is_back(
    house: FakeHouse,
) -> None:
    job = await shared(house)
    house.messenger.failures.extend([MessengerError(), MessengerError()])
    await house.service.gallery.unshare(job.id, ADA)
    assert len(copies(house, job)) == 1
    assert await house.service.gallery.top(ADA, Period.EVER) == [], "nobody lists it any more"
    async with house.at_work():
        await house.until(lambda: house.jobs.rows[job.id].told)
    assert copies(house, job) == []
    assert await house.shares.get(job.id) is None


async def test_where_a_place_has_no_gallery_a_shared_clip_is_in_its_lists(
    house: FakeHouse,
) -> None:
    let_everybody(house)
    job = await shared(house)
    assert copies(house, job) == []
    (first,) = await house.service.gallery.top(BEN, Period.WEEK)
    assert first.job.id == job.id


async def test_a_gallery_that_is_gone_leaves_the_clip_shared_in_the_lists(
    house: FakeHouse,
) -> None:
    job = await delivered(house)
    house.messenger.failures.append(PlaceGoneError())
    await house.service.gallery.share(job.id, ADA)
    assert house.jobs.rows[job.id].told
    assert len(await house.service.gallery.top(BEN, Period.WEEK)) == 1


async def test_a_star_is_one_a_person_and_a_second_takes_it_back(house: FakeHouse) -> None:
    job = await shared(house)
    for person, stars in ((BEN, 1), (EVE, 2), (BEN, 1)):
        share = await house.service.gallery.star(job.id, person)
        assert share is not None and share.stars == stars
    (copy,) = copies(house, job)
    assert "★ 1" in copy.lines


async def test_the_top_lists_the_most_starred_of_their_time(house: FakeHouse) -> None:
    old = await shared(house)
    await house.service.gallery.star(old.id, BEN)
    await house.clock.advance(8 * 86400)
    plain, loved = await shared(house), await shared(house)
    await house.service.gallery.star(loved.id, BEN)
    gallery = house.service.gallery
    assert [one.job.id for one in await gallery.top(EVE, Period.WEEK)] == [loved.id, plain.id]
    assert old.id in [one.job.id for one in await gallery.top(EVE, Period.MONTH)]
    assert len(await gallery.top(EVE, Period.EVER)) == 3
    assert await gallery.top(replace(EVE, place="elsewhere"), Period.EVER) == []


async def test_what_is_hidden_or_deleted_is_in_no_list_and_in_no_gallery(
    house: FakeHouse,
) -> None:
    hidden, deleted = await shared(house), await shared(house)
    await house.service.gallery.show_on_web(hidden.id, ADA, True)
    await house.service.moderation.report(hidden.id, BEN)
    await house.service.clips.delete(deleted.id, ADA)
    gallery = house.service.gallery
    assert await gallery.top(ADA, Period.EVER) == []
    assert await gallery.top_of_all(Period.EVER) == []
    assert await gallery.web() == []
    assert copies(house, hidden) == [] and copies(house, deleted) == []


async def test_the_web_page_is_a_yes_of_its_own(house: FakeHouse) -> None:
    job = await shared(house)
    gallery = house.service.gallery
    assert await gallery.web() == []
    for _ in range(2):  # a double click
        await gallery.show_on_web(job.id, ADA, True)
    assert [one.job.id for one in await gallery.web()] == [job.id]
    await gallery.show_on_web(job.id, ADA, False)
    assert await gallery.web() == []
    assert len(copies(house, job)) == 1, "it is still shared in its community"


async def test_a_clip_may_be_on_the_web_page_alone(house: FakeHouse) -> None:
    job = await delivered(house)
    gallery = house.service.gallery
    await gallery.show_on_web(job.id, ADA, True)
    assert copies(house, job) == []
    assert await gallery.top(ADA, Period.EVER) == []
    await gallery.show_on_web(job.id, ADA, False)
    assert await house.shares.get(job.id) is None


async def test_a_page_that_nobody_serves_is_neither_offered_nor_promised(tmp_path: Path) -> None:
    house = build(tmp_path, clips=ClipRules(page=False))
    job = await delivered(house)
    card = next(one for one in house.messenger.of_job(job.id) if one.state is CardState.DONE)
    assert Action.WEB not in {button.action for button in card.buttons}
    with pytest.raises(NotAllowedError, match="share-no-page"):  # from an older card
        await house.service.gallery.show_on_web(job.id, ADA, True)


async def test_one_button_takes_off_the_page_what_hangs_nowhere_else(house: FakeHouse) -> None:
    job = await delivered(house)
    await house.service.gallery.show_on_web(job.id, ADA, True)
    card = next(one for one in house.messenger.of_job(job.id) if one.state is CardState.DONE)
    told = {button.action: button.label for button in card.buttons}
    assert told[Action.UNSHARE] == "Take off the web page" and Action.WEB not in told
    await house.service.gallery.share(job.id, ADA)
    card = next(one for one in house.messenger.of_job(job.id) if one.state is CardState.DONE)
    told = {button.action: button.label for button in card.buttons}
    assert (told[Action.UNSHARE], told[Action.WEB]) == ("Stop sharing", "Take off the web page")


async def test_nothing_for_adults_comes_into_an_ordinary_gallery_list_or_page(
    house: FakeHouse,
) -> None:
    cellar = FOR_ADULTS.home
    house.settings.places[cellar] = replace(house.settings.places[STUDIO], gallery="wall")
    job = await delivered(house, FOR_ADULTS)
    gallery = house.service.gallery
    with pytest.raises(NotAllowedError, match="share-restricted"):
        await gallery.share(job.id, ADA)
    with pytest.raises(NotAllowedError, match="share-restricted-web"):
        await gallery.show_on_web(job.id, ADA, True)
    house.settings.places[cellar] = replace(house.settings.places[cellar], gallery_restricted=True)
    await gallery.share(job.id, ADA)
    assert len(copies(house, job)) == 1
    ordinary = replace(BEN, place="cellar")
    assert await gallery.top(ordinary, Period.EVER) == []
    assert len(await gallery.top(replace(ordinary, restricted=True), Period.EVER)) == 1


async def test_an_author_has_a_veto_that_lasts(house: FakeHouse) -> None:
    job = await shared(house, OF_CLEO)
    await house.service.gallery.unshare(job.id, CLEO)
    assert copies(house, job) == []
    with pytest.raises(NotAllowedError, match="share-vetoed"):
        await house.service.gallery.share(job.id, ADA)
    (card,) = house.messenger.of_job(job.id)
    assert any("does not want it shown" in line for line in card.lines)


async def test_what_a_moderator_takes_down_stays_down(house: FakeHouse) -> None:
    job = await shared(house)
    await house.service.gallery.unshare(job.id, MODERATOR)
    with pytest.raises(NotAllowedError, match="share-vetoed"):
        await house.service.gallery.show_on_web(job.id, ADA, True)


async def test_pictures_of_who_opted_out_are_never_shared(house: FakeHouse) -> None:
    job = await delivered(house, OF_CLEO)
    await house.settings.change_person(CLEO.owner, house.clock.now(), opted_out=True)
    with pytest.raises(NotAllowedError, match="share-opted-out"):
        await house.service.gallery.share(job.id, ADA)


async def test_in_private_there_is_nobody_to_share_with(house: FakeHouse) -> None:
    job = await delivered(house, replace(ADA, place="ada", private=True))
    with pytest.raises(NotAllowedError, match="share-no-community"):
        await house.service.gallery.share(job.id, ADA)
    (card,) = house.messenger.of_job(job.id)
    actions = {button.action for button in card.buttons}
    assert not {Action.SHARE, Action.REPORT} & actions


async def test_a_star_for_what_is_not_shared_any_more_says_so(house: FakeHouse) -> None:
    job = await shared(house)
    await house.service.gallery.unshare(job.id, ADA)
    with pytest.raises(JobGoneError, match="star-not-shared"):
        await house.service.gallery.star(job.id, BEN)
