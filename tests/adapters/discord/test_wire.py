"""What people ask for over real sockets, and what Discord hears of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.discord.wire import SKETCH, Wire, connected
from tests.fakes.discord.people import Person
from tests.fakes.discord.rest import EPHEMERAL, RefusedError
from tests.fakes.discord.server import FakeDiscord

# numbers, files and samplers are called so everywhere, and so is English
SAME_IN_CHINESE = re.compile(r"\d+|webp|apng|DPM.*|DDIM|PNDM|Flow|English|中文")


async def test_the_commands_are_told_in_both_languages(wire: Wire) -> None:
    by_name = {each["name"]: each for each in wire.server.rest.commands}
    assert {"animate", "Animate"} <= by_name.keys()
    assert by_name["Animate"]["name_localizations"]["zh-CN"] == "让它动起来"
    options = {each["name"]: each for each in by_name["animate"]["options"]}
    assert (options["steps"]["min_value"], options["steps"]["max_value"]) == (10, 100)
    assert options["frames"]["name_localizations"] == {"zh-CN": "帧数", "zh-TW": "帧数"}
    assert [each["value"] for each in options["res"]["choices"]] == [512, 768, 1024]


def untold(said: dict[str, Any]) -> Iterator[str]:
    """What of a command, an option or a choice has no Chinese."""
    for name in ("name", "description"):
        known = name == "name" and SAME_IN_CHINESE.fullmatch(said[name])
        if said.get(name) and not known and "zh-CN" not in said.get(f"{name}_localizations", ()):
            yield said[name]
    for each in (*said.get("options", ()), *said.get("choices", ())):
        yield from untold(each)


async def test_every_command_option_and_choice_is_told_in_chinese(wire: Wire) -> None:
    commands = wire.server.rest.commands
    assert [word for each in commands for word in untold(each)] == []
    by_name = {each["name"]: each for each in commands}
    assert by_name["animate"]["name_localizations"] == {"zh-CN": "动画", "zh-TW": "动画"}
    use = next(each for each in by_name["preset"]["options"] if each["name"] == "use")
    assert use["name_localizations"]["zh-CN"] == "使用"


def told_apart(said: list[dict[str, Any]]) -> Iterator[list[str]]:
    """The names that stand beside each other, as who reads Chinese sees them."""
    yield [each.get("name_localizations", {}).get("zh-CN", each["name"]) for each in said]
    for each in said:
        yield from told_apart(each.get("options", []))


async def test_no_two_are_called_alike_in_chinese(wire: Wire) -> None:
    for names in told_apart(wire.server.rest.commands):
        assert len(names) == len(set(names)), names


async def test_a_slash_command_is_deferred_then_answered_by_a_link_to_an_ordinary_message(
    wire: Wire,
) -> None:
    asked = await wire.ada.slash(wire.studio, "animate", SKETCH, steps=60)
    card = await wire.card()
    assert await wire.told(asked) == (
        f"Here it is: https://discord.com/channels/{card['guild_id']}/{card['channel_id']}/{card['id']}"
    )
    assert asked.responses == [{"type": 5, "data": {"flags": EPHEMERAL}}]
    (job,) = wire.house.jobs.rows.values()
    assert job.request.num_inference_steps == 60
    assert job.picture.read_bytes() == SKETCH


async def test_a_double_click_is_done_once_and_alarms_nobody(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    card = await wire.card()
    first, second = [await wire.ada.press(wire.studio, card, "Cancel") for _ in range(2)]
    await wire.server.until(lambda: first.followups or second.followups)
    told = [each["content"] for each in first.followups + second.followups]
    assert told == ["This one is over already; there is nothing left to cancel."]
    assert wire.cards[0]["content"].startswith("**Cancelled**")


async def test_in_a_chinese_guild_both_answer_and_card_are_chinese(tmp_path: Path) -> None:
    async with connected(tmp_path, FakeDiscord(), locale="zh-CN") as wire:
        asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
        assert (await wire.told(asked)).startswith("在这里：")
        assert str((await wire.card())["content"]).startswith("**排队中**")
        wrong = await wire.ada.slash(wire.studio, "animate", SKETCH, options="stepz:60")
        assert "stepz" in await wire.told(wrong)
        assert "There is no" not in await wire.told(wrong)


@pytest.mark.parametrize("name", ["queue", "history", "usage", "help", "privacy"])
async def test_every_command_answers_in_chinese_too(wire: Wire, name: str) -> None:
    chinese = Person(wire.server, wire.ada.who, locale="zh-CN")
    told = await wire.told(await chinese.slash(wire.studio, name))
    assert re.search(r"[\u4e00-\u9fff]", told)
    assert not re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{2,}", told)


async def test_the_person_is_answered_in_their_language_and_the_place_in_its_own(
    wire: Wire,
) -> None:
    chinese = Person(wire.server, wire.ada.who, locale="zh-TW")
    asked = await chinese.slash(wire.studio, "animate", SKETCH)
    assert (await wire.told(asked)).startswith("在这里：")
    assert str((await wire.card())["content"]).startswith("**Waiting**")


async def test_an_answer_that_discord_does_not_take_leaves_the_next_one_alone(wire: Wire) -> None:
    expired = RefusedError(404, 10062, "Unknown interaction")
    wire.server.refuse("POST", "/callback", expired, expired)
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.server.until(lambda: len(wire.server.sent("POST", "/callback")) == 2)
    asked = await wire.ada.slash(wire.studio, "queue")
    assert await wire.told(asked) == "Nothing of yours is waiting."


async def test_a_picture_from_elsewhere_is_not_fetched(wire: Wire) -> None:
    upload = wire.server.rest.upload
    wire.server.rest.upload = lambda *file: upload(*file) | {"url": "http://10.0.0.1/x.png"}
    asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
    assert (await wire.told(asked)).startswith("I only take pictures that were uploaded")


async def test_a_picture_that_is_gone_from_the_cdn_is_asked_for_once_more(wire: Wire) -> None:
    upload = wire.server.rest.upload
    gone = f"{wire.server.url}/cdn/gone.png"
    wire.server.rest.upload = lambda *file: upload(*file) | {"url": gone}
    asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
    assert (await wire.told(asked)).endswith("Please send it once more.")
