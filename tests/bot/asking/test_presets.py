"""Settings by a name: whose they are, who may keep them, and what `preset:name` comes to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.asking.options import parse_options
from bot.asking.presets import LONGEST, MOST, Presets
from bot.door.door import Door
from bot.door.rules import HouseRules
from bot.errors import LimitError, NotAllowedError, RequestError
from bot.origin import Origin, Rights
from tests.fakes.people import FakePresetStore, FakeSettingsStore
from tests.fakes.reports import FakeReportStore

ADA = Origin(platform="fake", place="studio", person="ada")
BEN = replace(ADA, person="ben")
MODERATOR = replace(BEN, rights=Rights(moderator=True))


@pytest.fixture
def presets() -> Presets:
    door = Door(HouseRules(), settings=FakeSettingsStore(), reports=FakeReportStore())
    return Presets(FakePresetStore(), door)


async def test_what_was_kept_stands_for_its_name(presets: Presets) -> None:
    await presets.save(ADA, "slow", {"steps": "60", "sampler": "DDIM"})
    filled = await presets.fill_in(parse_options("preset:slow res:512"), ADA)
    assert filled == {"steps": "60", "sampler": "DDIM", "res": "512"}


async def test_what_is_typed_beside_a_preset_wins(presets: Presets) -> None:
    await presets.save(ADA, "slow", {"steps": "60"})
    assert await presets.fill_in({"preset": "slow", "steps": "30"}, ADA) == {"steps": "30"}


async def test_settings_without_a_preset_stay_as_they_are(presets: Presets) -> None:
    assert await presets.fill_in({"steps": "30"}, ADA) == {"steps": "30"}


async def test_a_name_is_found_however_it_is_written(presets: Presets) -> None:
    assert await presets.save(ADA, " ＳＬＯＷ ", {"steps": "60"}) == "slow"
    assert await presets.get(ADA, "Slow") == {"steps": "60"}
    await presets.save(ADA, "慢", {"steps": "70"})
    assert await presets.fill_in(parse_options("预设：慢"), ADA) == {"steps": "70"}


async def test_one_s_own_come_before_the_places(presets: Presets) -> None:
    await presets.save(MODERATOR, "slow", {"steps": "70"}, of_place=True)
    assert await presets.get(ADA, "slow") == {"steps": "70"}
    await presets.save(ADA, "slow", {"steps": "60"})
    assert await presets.get(ADA, "slow") == {"steps": "60"}
    assert await presets.get(BEN, "slow") == {"steps": "70"}


async def test_another_s_are_nobody_else_s(presets: Presets) -> None:
    await presets.save(ADA, "slow", {"steps": "60"})
    with pytest.raises(RequestError) as raised:
        await presets.get(BEN, "slow")
    assert raised.value.key == "preset-none"


async def test_only_who_looks_after_a_place_keeps_its_presets(presets: Presets) -> None:
    with pytest.raises(NotAllowedError):
        await presets.save(ADA, "slow", {"steps": "60"}, of_place=True)
    await presets.save(MODERATOR, "slow", {"steps": "60"}, of_place=True)
    with pytest.raises(NotAllowedError):
        await presets.drop(ADA, "slow", of_place=True)
    await presets.drop(replace(ADA, rights=Rights(operator=True)), "slow", of_place=True)
    assert (await presets.names(ADA)).of_place == ()


async def test_an_unknown_name_is_answered_with_the_near_ones(presets: Presets) -> None:
    await presets.save(ADA, "slow-blink", {"steps": "60"})
    await presets.save(ADA, "wild", {"steps": "60"})
    for ask in (presets.get, presets.drop):
        with pytest.raises(RequestError) as raised:
            await ask(ADA, "slowblink")
        assert raised.value.args_of_text["names"] == "slow-blink"
    with pytest.raises(RequestError) as raised:
        await presets.get(ADA, "zzz")
    assert raised.value.args_of_text["names"] == "slow-blink, wild"


@pytest.mark.parametrize("name", ["", "two words", "x" * (LONGEST + 1), "a:b", "a/b", "\u200b"])
async def test_a_name_that_can_t_be_typed_is_refused(presets: Presets, name: str) -> None:
    with pytest.raises(RequestError) as raised:
        await presets.save(ADA, name, {"steps": "60"})
    assert raised.value.key == "preset-name"


@pytest.mark.parametrize("name", ["steps", "CFG_scale", "步数", "preset"])
async def test_the_name_of_a_setting_is_taken(presets: Presets, name: str) -> None:
    with pytest.raises(RequestError) as raised:
        await presets.save(ADA, name, {"steps": "60"})
    assert raised.value.key == "preset-name-taken"


async def test_what_makes_no_request_is_not_kept(presets: Presets) -> None:
    for options in ({"steps": "6000"}, {"res": "1024", "frames": "49"}, {}, {"preset": "slow"}):
        with pytest.raises(RequestError):
            await presets.save(ADA, "bad", options)
    assert (await presets.names(ADA)).own == ()


async def test_there_is_a_most_of_them_and_the_last_can_still_be_changed(
    presets: Presets,
) -> None:
    for number in range(MOST):
        await presets.save(ADA, f"p{number}", {"steps": "60"})
    with pytest.raises(LimitError):
        await presets.save(ADA, "one-more", {"steps": "60"})
    await presets.save(ADA, "p0", {"steps": "70"})
    assert await presets.get(ADA, "p0") == {"steps": "70"}


async def test_whoever_runs_the_machine_keeps_those_of_every_place() -> None:
    """By their name among the operators, whatever their platform says of them."""
    rules = HouseRules(operators=frozenset({BEN.owner}))
    door = Door(rules, settings=FakeSettingsStore(), reports=FakeReportStore())
    presets = Presets(FakePresetStore(), door)
    await presets.save(BEN, "slow", {"steps": "60"}, of_place=True)
    assert (await presets.names(ADA)).of_place == ("slow",)
    with pytest.raises(NotAllowedError):
        await presets.drop(ADA, "slow", of_place=True)
