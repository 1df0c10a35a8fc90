"""The contract of settings: what places and people chose, and who chose it when."""

from __future__ import annotations

from bot.preferences import Change, Notice, PersonSettings, PlaceSettings, Whose
from tests.adapters.db.making import MINUTE, NOON, Stores

HOME, OTHER = "fake:guild", "other:guild"
ADA, BEN = "fake:ada", "fake:ben"


def told(change: Change) -> tuple[str, str, str]:
    return change.name, change.value, change.by


async def test_who_has_chosen_nothing_has_the_defaults(stores: Stores) -> None:
    assert await stores.settings.place(HOME) == PlaceSettings()
    assert await stores.settings.person(ADA) == PersonSettings()
    assert await stores.settings.changes(HOME) == []


async def test_a_places_settings_come_back_whole_and_are_no_other_places(stores: Stores) -> None:
    chosen = PlaceSettings(
        language="zh",
        whose_pictures=Whose.FREE,
        gallery="7",
        gallery_restricted=True,
        moderators="8",
        waiting_per_person=1,
        gpu_s_per_day=600,
        allowed_roles=("1", "2"),
        label=False,
        words=("裸", "gun"),
        paused=True,
    )
    fields = {name: getattr(chosen, name) for name in PlaceSettings.__slots__}
    assert await stores.settings.change_place(HOME, ADA, NOON, **fields) == chosen
    assert await stores.settings.place(HOME) == chosen
    assert await stores.settings.place(OTHER) == PlaceSettings()


async def test_a_person_changes_one_thing_and_keeps_the_others(stores: Stores) -> None:
    await stores.settings.change_person(ADA, NOON, notice=Notice.SILENT)
    changed = await stores.settings.change_person(ADA, NOON, opted_out=True)
    assert changed == PersonSettings(notice=Notice.SILENT, opted_out=True)
    assert await stores.settings.person(ADA) == changed
    assert await stores.settings.person(BEN) == PersonSettings()
    assert await stores.settings.both(HOME, ADA) == (PlaceSettings(), changed)


async def test_who_changed_what_is_told_newest_first(stores: Stores) -> None:
    await stores.settings.change_place(HOME, ADA, NOON, language="zh", words=("裸",))
    await stores.settings.change_place(HOME, BEN, NOON + MINUTE, language="en")
    await stores.settings.change_place(OTHER, BEN, NOON + MINUTE, paused=True)
    changes = await stores.settings.changes(HOME)
    assert [told(change) for change in changes] == [
        ("language", '"en"', BEN),
        ("words", '["裸"]', ADA),
        ("language", '"zh"', ADA),
    ]
    assert (changes[0].subject, changes[0].at) == (HOME, NOON + MINUTE)
    assert await stores.settings.changes(HOME, 1) == changes[:1]


async def test_a_choice_that_holds_already_is_no_change(stores: Stores) -> None:
    await stores.settings.change_person(ADA, NOON, notice=Notice.DIRECT)
    await stores.settings.change_person(ADA, NOON + MINUTE, notice=Notice.DIRECT, language="")
    (change,) = await stores.settings.changes(ADA)
    assert (told(change), change.at) == (("notice", '"direct"', ADA), NOON)


async def test_what_somebody_else_decides_of_a_person_is_by_them(stores: Stores) -> None:
    await stores.settings.change_person(ADA, NOON, by=BEN, gpu_s_per_day=60)
    assert await stores.settings.person(ADA) == PersonSettings(gpu_s_per_day=60)
    (change,) = await stores.settings.changes(ADA)
    assert told(change) == ("gpu_s_per_day", "60", BEN)


async def test_a_choice_can_be_taken_back(stores: Stores) -> None:
    await stores.settings.change_place(HOME, ADA, NOON, gpu_s_per_day=60)
    await stores.settings.change_place(HOME, ADA, NOON + MINUTE, gpu_s_per_day=None)
    assert await stores.settings.place(HOME) == PlaceSettings()
    values = [change.value for change in await stores.settings.changes(HOME)]
    assert values == ["null", "60"]


async def test_who_is_forgotten_leaves_the_place_as_they_set_it(stores: Stores) -> None:
    await stores.settings.change_person(ADA, NOON, opted_out=True)
    await stores.settings.change_person(BEN, NOON, opted_out=True)
    await stores.settings.change_place(HOME, ADA, NOON, paused=True)
    await stores.settings.forget(ADA)
    assert await stores.settings.person(ADA) == PersonSettings()
    assert await stores.settings.changes(ADA) == []
    assert await stores.settings.place(HOME) == PlaceSettings(paused=True)
    assert [told(one) for one in await stores.settings.changes(HOME)] == [("paused", "true", "")]
    assert await stores.settings.person(BEN) == PersonSettings(opted_out=True)
