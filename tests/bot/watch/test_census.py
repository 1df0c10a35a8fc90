"""People and places with their limits, and changing these."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.door.limits import QueueLimits
from bot.door.rules import HouseRules
from bot.errors import LimitError, NotAllowedError, RequestError
from bot.origin import Origin
from bot.preferences import PersonSettings, PlaceSettings
from bot.watch.census import Census
from tests.bot.making import OPERATOR, delivered
from tests.fakes.house import ADA, BEN, FakeHouse, build

CEILINGS = QueueLimits(waiting_per_person=3, gpu_s_per_day=1800)
CLASS = replace(ADA, community="class", person_name="Ada")
ALONE = Origin(platform="fake", place="ben", person="ben", private=True)


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    return build(tmp_path, HouseRules(limits=CEILINGS))


def census(house: FakeHouse) -> Census:
    return house.service.operating.census


async def test_who_had_something_made_is_there_with_what_holds_for_them(house: FakeHouse) -> None:
    for origin in (ALONE, CLASS, CLASS):
        await delivered(house, origin)
    seen = await census(house).everybody(OPERATOR)
    ada, ben = seen.people
    assert (ada.owner, ada.name, ada.jobs, ada.blocked) == ("fake:ada", "Ada", 2, False)
    assert (ben.owner, ben.jobs, ben.last < ada.last) == ("fake:ben", 1, True)
    assert ada.limits == CEILINGS == seen.ceilings
    (place,) = seen.places  # a private chat is none
    assert (place.home, place.people, place.jobs) == ("fake:class", 1, 2)
    await house.clock.advance(31 * 24 * 3600)
    later = await census(house).everybody(OPERATOR)
    assert (later.people, later.places) == ([], [])


async def test_places_that_are_allowed_are_there_though_nobody_came(tmp_path: Path) -> None:
    house = build(tmp_path, HouseRules(allowed_places=frozenset({"discord:1", "telegram:-2"})))
    seen = await census(house).everybody(OPERATOR)
    assert [(one.home, one.jobs, one.last) for one in seen.places] == [
        ("discord:1", 0, None),
        ("telegram:-2", 0, None),
    ]


async def test_a_place_is_called_as_people_there_call_it(house: FakeHouse) -> None:
    await delivered(house, CLASS)
    assert [one.name for one in (await census(house).everybody(OPERATOR)).places] == [""]
    house.messenger.place_names["class"] = "Drawing\u202e 101"
    assert [one.name for one in (await census(house).everybody(OPERATOR)).places] == ["Drawing 101"]
    assert census(house).name_of("elsewhere:class") == ""


async def test_what_one_person_may_is_changed_and_holds_at_once(house: FakeHouse) -> None:
    await delivered(house, CLASS)
    typed = {"waiting": "1", "gpu_seconds": "5000"}
    await census(house).limit_person(OPERATOR, ADA.owner, typed)
    (ada,) = (await census(house).everybody(OPERATOR)).people
    assert (ada.limits.waiting_per_person, ada.limits.gpu_s_per_day) == (1, 5000)
    await house.submit(CLASS)
    with pytest.raises(LimitError, match="limit-waiting-person"):
        await house.submit(CLASS)
    await house.submit(BEN)
    (change, _) = await house.settings.changes(ADA.owner)
    assert change.by == OPERATOR.owner
    await census(house).limit_person(
        OPERATOR, ADA.owner, {"waiting": "default", "gpu_seconds": "default"}
    )
    assert house.settings.people[ADA.owner] == PersonSettings()


async def test_what_a_place_may_is_changed_and_never_goes_above(house: FakeHouse) -> None:
    typed = {"waiting": "2", "gpu_seconds": "600", "pause": "on"}
    await census(house).limit_place(OPERATOR, CLASS.home, typed)
    assert house.settings.places[CLASS.home] == PlaceSettings(
        waiting_per_person=2, gpu_s_per_day=600, paused=True
    )
    with pytest.raises(NotAllowedError, match="place-paused"):
        await house.submit(CLASS)
    with pytest.raises(RequestError, match="setting-above-ceiling"):
        await census(house).limit_place(OPERATOR, CLASS.home, {"waiting": "4"})


async def test_nothing_else_of_a_place_is_changed_here(house: FakeHouse) -> None:
    with pytest.raises(RequestError, match="option-unknown"):
        await census(house).limit_place(OPERATOR, CLASS.home, {"words": "x"})


@pytest.mark.parametrize("name", ["", "ada", "discord:", "Discord:4", "discord: 4"])
async def test_what_can_be_nobody_is_not_kept(house: FakeHouse, name: str) -> None:
    with pytest.raises(RequestError, match="census-name"):
        await census(house).limit_person(OPERATOR, name, {"waiting": "1"})
    with pytest.raises(RequestError, match="census-name"):
        await census(house).limit_place(OPERATOR, name, {"waiting": "1"})
    with pytest.raises(RequestError, match="census-name"):
        await house.service.moderation.block_person(OPERATOR, name)


async def test_nobody_else_sees_or_changes_any_of_it(house: FakeHouse) -> None:
    for asking in (
        census(house).everybody(ADA),
        census(house).limit_person(ADA, ADA.owner, {"gpu_seconds": "9999"}),
        census(house).limit_place(ADA, ADA.home, {"pause": "off"}),
    ):
        with pytest.raises(NotAllowedError, match="operator-only"):
            await asking
