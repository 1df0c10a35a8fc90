"""Who may send a picture, and where; and what somebody is known by at the door."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.card import Action, CardState
from bot.door.rules import HouseRules
from bot.errors import NotAllowedError
from bot.origin import Origin, Rights
from bot.preferences import PersonSettings, PlaceSettings
from bot.texts import Texts
from tests.fakes.house import ADA, BEN, FakeHouse, build

OPERATOR = replace(ADA, person="ops")
IN_PRIVATE = replace(ADA, place="ada's chat", private=True)
STUDIO = ADA.home


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    return build(
        tmp_path,
        HouseRules(
            allowed_places=frozenset({STUDIO, "fake:guild"}),
            operators=frozenset({OPERATOR.owner}),
        ),
    )


def choose(house: FakeHouse, **settings: object) -> None:
    house.settings.places[STUDIO] = replace(PlaceSettings(), **settings)


async def refused(house: FakeHouse, person: Origin) -> str:
    with pytest.raises(NotAllowedError) as caught:
        await house.submit(person)
    assert not house.media.root.exists() or not list(house.media.root.iterdir())
    return caught.value.key


async def test_a_place_that_nobody_allowed_is_told_what_to_add_to_the_settings(
    house: FakeHouse,
) -> None:
    elsewhere = replace(ADA, place="cellar")
    with pytest.raises(NotAllowedError) as caught:
        await house.submit(elsewhere)
    for language in ("en", "zh"):
        said = Texts(language).say(caught.value.key, **caught.value.args_of_text)
        assert "fake:cellar" in said and "ALLOWED_PLACES" in said


async def test_without_any_place_only_whoever_runs_the_machine_may_send(tmp_path: Path) -> None:
    house = build(tmp_path, HouseRules(allowed_places=frozenset()))
    assert await refused(house, ADA) == "place-not-allowed"
    await house.submit(replace(ADA, rights=Rights(operator=True)))


async def test_a_channel_is_allowed_with_its_community(house: FakeHouse) -> None:
    await house.submit(replace(ADA, place="channel 7", community="guild"))


async def test_in_private_it_works_for_members_of_an_allowed_place(house: FakeHouse) -> None:
    assert await refused(house, IN_PRIVATE) == "place-private"
    stranger = replace(IN_PRIVATE, rights=Rights(member_of=frozenset({"other"})))
    assert await refused(house, stranger) == "place-private"
    member = replace(IN_PRIVATE, rights=Rights(member_of=frozenset({"other", "guild"})))
    await house.submit(member)


async def test_everywhere_means_private_messages_too(tmp_path: Path) -> None:
    house = build(tmp_path, HouseRules(allowed_places=frozenset({"*"})))
    await house.submit(IN_PRIVATE)
    await house.submit(replace(BEN, place="cellar"))


async def test_a_place_may_let_some_roles_in_alone(house: FakeHouse) -> None:
    choose(house, allowed_roles=("artist", "7"))
    assert await refused(house, ADA) == "place-roles"
    assert (
        await refused(house, replace(ADA, rights=Rights(roles=frozenset({"guest"}))))
        == "place-roles"
    )
    await house.submit(replace(ADA, rights=Rights(roles=frozenset({"guest", "7"}))))
    await house.submit(replace(BEN, rights=Rights(moderator=True)))
    await house.submit(OPERATOR)


async def test_a_paused_place_takes_nothing_from_anybody(house: FakeHouse) -> None:
    choose(house, paused=True)
    for person in (ADA, replace(ADA, rights=Rights(moderator=True)), OPERATOR):
        assert await refused(house, person) == "place-paused"


async def test_whoever_is_blocked_is_so_in_every_place(house: FakeHouse) -> None:
    await house.reports.block_person(ADA.owner, "ops", house.clock.now())
    assert await refused(house, ADA) == "person-blocked"
    assert await refused(house, replace(ADA, place="c", community="guild")) == "person-blocked"
    await house.submit(BEN)


async def test_an_operator_cannot_lock_themselves_out(house: FakeHouse) -> None:
    await house.reports.block_person(OPERATOR.owner, "ops", house.clock.now())
    await house.submit(OPERATOR)


async def test_a_block_holds_for_a_question_that_was_asked_before(house: FakeHouse) -> None:
    house.engine.faces = ()
    asked = await house.submit()
    await house.reports.block_person(ADA.owner, "ops", house.clock.now())
    with pytest.raises(NotAllowedError, match="person-blocked"):
        await house.service.answer(asked.job_id, ADA, Action.GO_ON)
    assert not house.jobs.rows


async def test_a_pause_holds_for_a_question_that_was_asked_before(house: FakeHouse) -> None:
    house.engine.faces = ()
    asked = await house.submit()
    choose(house, paused=True)
    with pytest.raises(NotAllowedError, match="place-paused"):
        await house.service.answer(asked.job_id, ADA, Action.GO_ON)
    choose(house, paused=False)
    card = await house.service.answer(asked.job_id, ADA, Action.GO_ON)
    assert card.state is CardState.QUEUED


async def test_what_was_animated_before_a_block_is_not_animated_again(house: FakeHouse) -> None:
    first = await house.submit()
    await house.service.cancel(first.job_id, ADA)
    await house.reports.block_person(ADA.owner, "ops", house.clock.now())
    with pytest.raises(NotAllowedError, match="person-blocked"):
        await house.service.clips.again(first.job_id, ADA)


async def test_a_question_is_answered_with_the_rights_of_that_moment(house: FakeHouse) -> None:
    choose(house, allowed_roles=("artist",))
    house.engine.faces = ()
    artist = replace(ADA, rights=Rights(roles=frozenset({"artist"})))
    asked = await house.submit(artist)
    with pytest.raises(NotAllowedError, match="place-roles"):
        await house.service.answer(asked.job_id, ADA, Action.GO_ON)
    await house.service.answer(asked.job_id, artist, Action.GO_ON)


async def test_a_person_reads_their_own_language_and_the_place_its_own(tmp_path: Path) -> None:
    house = build(tmp_path, HouseRules(language="en"))
    house.settings.people[ADA.owner] = PersonSettings(language="zh")
    origin = (await house.job(await house.submit(replace(ADA, place_locale="zh-CN")))).origin
    assert (origin.locale, origin.place_locale) == ("zh", "en"), "the operator's"
    choose(house, language="zh")
    origin = (await house.job(await house.submit(replace(BEN, locale="en-GB")))).origin
    assert (origin.locale, origin.place_locale) == ("en-GB", "zh")


async def test_a_private_card_is_in_the_language_of_its_only_reader(tmp_path: Path) -> None:
    house = build(tmp_path, HouseRules(language="en"))
    card = await house.submit(replace(IN_PRIVATE, locale="zh-TW"))
    assert card.title == Texts("zh").say("card-title-queued")


async def test_rights_are_never_kept(house: FakeHouse) -> None:
    job = await house.job(await house.submit(OPERATOR))
    assert job.origin.rights == Rights()
