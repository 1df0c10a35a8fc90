"""The contract of presets."""

from __future__ import annotations

from tests.adapters.db.making import Stores

ADA, HOME = "fake:ada", "fake:guild"


async def test_a_preset_comes_back_by_its_name(stores: Stores) -> None:
    await stores.presets.save(ADA, "柔和", {"steps": "60", "prompt": "微笑"})
    assert await stores.presets.get(ADA, "柔和") == {"steps": "60", "prompt": "微笑"}
    assert await stores.presets.get(ADA, "hard") is None
    assert await stores.presets.get(HOME, "柔和") is None


async def test_saving_under_a_name_replaces_what_had_it(stores: Stores) -> None:
    await stores.presets.save(ADA, "soft", {"steps": "60"})
    await stores.presets.save(ADA, "soft", {"res": "512"})
    assert await stores.presets.get(ADA, "soft") == {"res": "512"}
    assert await stores.presets.names(ADA) == ["soft"]


async def test_names_are_listed_in_their_order_each_subjects_own(stores: Stores) -> None:
    for name in ("soft", "Loud", "a b"):
        await stores.presets.save(ADA, name, {})
    await stores.presets.save(HOME, "house", {})
    assert await stores.presets.names(ADA) == ["Loud", "a b", "soft"]
    assert await stores.presets.names(HOME) == ["house"]


async def test_a_preset_is_dropped_once_and_alone(stores: Stores) -> None:
    await stores.presets.save(ADA, "soft", {})
    await stores.presets.save(ADA, "loud", {})
    await stores.presets.save(HOME, "soft", {})
    assert await stores.presets.drop(ADA, "soft")
    assert not await stores.presets.drop(ADA, "soft")
    assert await stores.presets.names(ADA) == ["loud"]
    assert await stores.presets.names(HOME) == ["soft"]


async def test_who_is_forgotten_has_no_presets(stores: Stores) -> None:
    await stores.presets.save(ADA, "soft", {})
    await stores.presets.save(HOME, "soft", {})
    await stores.presets.forget(ADA)
    assert await stores.presets.names(ADA) == []
    assert await stores.presets.names(HOME) == ["soft"]
