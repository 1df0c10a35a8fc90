"""What a clip costs is told before it is asked for, wherever Discord leaves room for it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.clip import Renderer
from bot.door.limits import QueueLimits
from bot.door.rules import HouseRules
from tests.adapters.discord.sim import SKETCH, Sim, buttons, said

LIMITS = QueueLimits(waiting_per_person=10, gpu_s_per_day=1800)


@pytest.fixture
def rules() -> HouseRules:
    return HouseRules(renderer=Renderer.MODEL, limits=LIMITS)


@pytest.fixture(autouse=True)
def measured(sim: Sim) -> None:
    """A usual clip took the model 160 seconds."""
    sim.house.model_took(160)


async def offered(sim: Sim, option: str, typed: Any, **beside: Any) -> dict[str, Any]:
    """The values by what is read beside them."""
    found = await sim.ada.autocomplete(sim.channel, "animate", option, typed, **beside)
    return {each["name"]: each["value"] for each in found}


async def test_settings_are_offered_with_what_they_cost(sim: Sim) -> None:
    await sim.ada.slash(sim.channel, "preset save", name="quick", options="steps:25")
    assert await offered(sim, "preset", "") == {"quick · about 80 of your 1,800 s": "quick"}
    typed = await offered(sim, "options", "steps:100")
    assert typed == {"steps:100 · about 320 of your 1,800 s": "steps:100"}
    await sim.animate(sim.ada, options="seed:7")
    assert await offered(sim, "options", "") == {"seed:7 · about 160 of your 1,800 s": "seed:7"}


async def test_what_is_filled_in_beside_counts(sim: Sim) -> None:
    found = await offered(sim, "options", "seed:7", steps=100)
    assert found == {"seed:7 · about 320 of your 1,800 s": "seed:7"}


async def test_numbers_are_offered_with_what_they_cost(sim: Sim) -> None:
    steps = await offered(sim, "steps", "")
    assert steps["50 · about 160 of your 1,800 s"] == 50
    assert await offered(sim, "steps", "10") == {"10 · about 32 of your 1,800 s": 10}
    assert await offered(sim, "steps", "9" * 30) == {}, "Discord takes no such number"
    assert 49 in (await offered(sim, "frames", "")).values()


async def test_what_is_no_setting_yet_is_not_offered(sim: Sim) -> None:
    assert await offered(sim, "options", "step") == {}


async def test_settings_that_are_too_long_to_be_shown_with_it_are_cut_and_taken_whole(
    sim: Sim,
) -> None:
    long = f'prompt:"{"a" * 90}"'
    ((name, value),) = (await offered(sim, "options", long)).items()
    assert value == long
    assert len(name) <= 100 and name.endswith("… · about 160 of your 1,800 s")


async def test_a_preset_that_is_to_go_has_no_price(sim: Sim) -> None:
    await sim.ada.slash(sim.channel, "preset save", name="quick", options="steps:25")
    found = await sim.ada.autocomplete(sim.channel, "preset delete", "name", "")
    assert [each["name"] for each in found] == ["quick"]
    found = await sim.ada.autocomplete(sim.channel, "preset use", "name", "")
    assert [each["name"] for each in found] == ["quick · about 80 of your 1,800 s"]


async def test_a_form_tells_what_the_clip_costs_as_it_is(sim: Sim) -> None:
    await sim.ada.slash(sim.channel, "animate", image=SKETCH, steps=25)
    await sim.finished()
    opened = await sim.ada.click(sim.card, custom_id=buttons(sim.card)["Tweak"])
    assert opened.modal is not None
    last = opened.modal["components"][-1]
    assert last["description"] == "As it stands: about 80 of your 1,800 s of GPU time."


@pytest.mark.parametrize("command", ["help", "usage"])
async def test_what_a_usual_clip_costs_is_told_by(sim: Sim, command: str) -> None:
    told = said(await sim.ada.slash(sim.channel, command))
    assert "costs about 160 of your 1,800 s of GPU time a day" in told


@pytest.mark.parametrize("rules", [HouseRules()])
async def test_what_costs_nothing_has_no_price(sim: Sim) -> None:
    assert await offered(sim, "options", "steps:60") == {"steps:60": "steps:60"}
    assert "costs" not in said(await sim.ada.slash(sim.channel, "help"))
