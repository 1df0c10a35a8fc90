"""What a place and a person choose, by whom, within what the operator allows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asking.choices import OF_GUEST, OF_PERSON, OF_PLACE, read_choices, write_choices
from bot.door.limits import QueueLimits
from bot.door.rules import HouseRules
from bot.errors import LimitError, NotAllowedError, RequestError
from bot.origin import Rights
from bot.preferences import Notice, PersonSettings, PlaceSettings, Whose
from bot.texts import Texts
from tests.fakes.house import ADA, BEN, FakeHouse, build

CEILINGS = QueueLimits(waiting_per_person=3, gpu_s_per_day=1800)
MODERATOR = replace(ADA, rights=Rights(moderator=True))
OPERATOR = replace(BEN, person="ops")

names = st.text(alphabet="abcdefghij-:0123456789", min_size=1, max_size=20).filter(
    lambda text: text not in ("off", "default")
)
lists = st.lists(names, max_size=5, unique=True).map(tuple)
places = st.builds(
    PlaceSettings,
    language=st.sampled_from(["", "en", "zh"]),
    whose_pictures=st.sampled_from(Whose),
    gallery=st.just("") | names,
    gallery_restricted=st.booleans(),
    moderators=st.just("") | names,
    waiting_per_person=st.none() | st.integers(1, 3),
    gpu_s_per_day=st.none() | st.integers(1, 1800),
    allowed_roles=lists,
    auto_places=lists,
    label=st.booleans(),
    words=lists,
    paused=st.booleans(),
)
people = st.builds(
    PersonSettings,
    language=st.sampled_from(["", "en", "zh"]),
    notice=st.sampled_from(Notice),
    opted_out=st.booleans(),
)


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    return build(tmp_path, HouseRules(limits=CEILINGS, operators=frozenset({OPERATOR.owner})))


@given(places)
def test_what_a_place_chose_reads_back_as_it_is_typed(settings: PlaceSettings) -> None:
    typed = write_choices(OF_PLACE, settings)
    assert PlaceSettings(**read_choices(OF_PLACE, typed, CEILINGS)) == settings


@given(people)
def test_what_a_person_chose_reads_back_as_it_is_typed(settings: PersonSettings) -> None:
    typed = write_choices(OF_PERSON, settings)
    assert PersonSettings(**read_choices(OF_PERSON, typed, CEILINGS)) == settings


def test_every_setting_can_be_chosen() -> None:
    for choices, kind in ((OF_PLACE, PlaceSettings), ({**OF_PERSON, **OF_GUEST}, PersonSettings)):
        assert {one.field for one in choices.values()} == set(kind.__dataclass_fields__)


@given(st.dictionaries(st.sampled_from(list(OF_PLACE)), st.text(max_size=20)))
def test_whatever_is_typed_ends_in_a_choice_below_the_ceilings_or_a_refusal(
    typed: dict[str, str],
) -> None:
    try:
        chosen = PlaceSettings(**read_choices(OF_PLACE, typed, CEILINGS))
    except RequestError as error:
        for language in ("en", "zh"):
            assert Texts(language).say(error.key, **error.args_of_text)
        return
    assert chosen.waiting_per_person is None or 1 <= chosen.waiting_per_person <= 3
    assert chosen.gpu_s_per_day is None or 1 <= chosen.gpu_s_per_day <= 1800


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ({"waiting": "4"}, "setting-above-ceiling"),
        ({"gpu_seconds": "1801"}, "setting-above-ceiling"),
        ({"waiting": "0"}, "setting-not-a-number"),
        ({"waiting": "９"}, "setting-not-a-number"),
        ({"waiting": "1" * 5000}, "setting-not-a-number"),
        ({"pictures": "mine"}, "request-not-one-of"),
        ({"language": "fr"}, "request-not-one-of"),
        ({"pause": "maybe"}, "request-not-one-of"),
        ({"colour": "red"}, "option-unknown"),
        ({"gallery": "x" * 101}, "request-text-too-long"),
        ({"words": ",".join(map(str, range(101)))}, "setting-list-too-long"),
    ],
)
async def test_what_cannot_be_chosen_is_refused_and_nothing_changes(
    house: FakeHouse, typed: dict[str, str], key: str
) -> None:
    with pytest.raises(RequestError) as caught:
        await house.service.community.change_place(MODERATOR, {"label": "off", **typed})
    assert caught.value.key == key
    assert await house.settings.place(ADA.home) == PlaceSettings()
    assert not house.settings.history


@pytest.mark.parametrize(
    ("typed", "changed"),
    [
        ({"Pictures": "FREE"}, {"whose_pictures": Whose.FREE}),
        ({"gpu seconds": "600", "waiting": "1"}, {"gpu_s_per_day": 600, "waiting_per_person": 1}),
        (
            {"屏蔽词": "胡子，帽子、眼镜", "暂停": "开"},
            {"words": ("胡子", "帽子", "眼镜"), "paused": True},
        ),
        ({"roles": " 12, 13 ,12"}, {"allowed_roles": ("12", "13")}),
    ],
)
async def test_a_place_is_changed_as_people_type_it(
    house: FakeHouse, typed: dict[str, str], changed: dict[str, Any]
) -> None:
    chosen = await house.service.community.change_place(MODERATOR, typed)
    assert chosen == replace(PlaceSettings(), **changed)
    assert await house.service.community.place(OPERATOR) == chosen


async def test_who_changed_what_and_when_is_kept(house: FakeHouse) -> None:
    await house.service.community.change_place(MODERATOR, {"pause": "on", "label": "on"})
    await house.clock.advance(60)
    await house.service.community.change_place(OPERATOR, {"pause": "off"})
    changes = await house.service.community.changes(MODERATOR)
    assert [(one.name, one.value, one.by) for one in changes] == [
        ("paused", "false", OPERATOR.owner),
        ("paused", "true", MODERATOR.owner),
    ]
    assert (changes[0].at - changes[1].at).total_seconds() == 60


async def test_nobody_else_reads_or_changes_a_place(house: FakeHouse) -> None:
    community = house.service.community
    for forbidden in (
        community.place(ADA),
        community.changes(ADA),
        community.change_place(ADA, {"pause": "on"}),
    ):
        with pytest.raises(NotAllowedError, match="place-not-yours"):
            await forbidden


async def test_a_paused_place_can_be_opened_again(house: FakeHouse) -> None:
    await house.service.community.change_place(MODERATOR, {"pause": "on"})
    with pytest.raises(NotAllowedError, match="place-paused"):
        await house.submit()
    await house.service.community.change_place(MODERATOR, {"pause": "off"})
    await house.submit()


async def test_a_place_that_lowers_a_limit_lowers_it_at_once(house: FakeHouse) -> None:
    await house.submit()
    await house.service.community.change_place(MODERATOR, {"waiting": "1"})
    with pytest.raises(LimitError) as caught:
        await house.submit()
    assert caught.value.args_of_text == {"limit": 1}
    await house.service.community.change_place(MODERATOR, {"waiting": "default"})
    await house.submit()


async def test_a_ceiling_that_fell_holds_for_a_place_that_chose_more(tmp_path: Path) -> None:
    house = build(tmp_path, HouseRules(limits=QueueLimits(waiting_per_person=1)))
    house.settings.places[ADA.home] = PlaceSettings(waiting_per_person=3)
    await house.submit()
    with pytest.raises(LimitError):
        await house.submit()


async def test_a_person_chooses_for_themselves_alone(house: FakeHouse) -> None:
    chosen = await house.service.community.change_person(
        ADA, {"notice": "silent", "opt-out": "on", "language": "zh"}
    )
    assert chosen == PersonSettings(language="zh", notice=Notice.SILENT, opted_out=True)
    assert await house.service.community.person(ADA) == chosen
    assert await house.service.community.person(BEN) == PersonSettings()
    assert {one.by for one in await house.settings.changes(ADA.owner)} == {ADA.owner}
