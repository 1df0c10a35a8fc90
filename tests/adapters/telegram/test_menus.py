"""Menus of a card: what can be chosen, in whose language, and whose they are to close."""

from __future__ import annotations

import pytest

from tests.adapters.telegram.bot import Bot
from tests.adapters.telegram.tapping import ADA, BEN, GROUP, alert, delivered, others
from tests.fakes.house import FakeHouse
from tests.fakes.telegram.chats import Shown
from tests.fakes.telegram.people import group
from tests.fakes.telegram.server import Accident


async def test_tweak_is_a_menu_that_renders_what_was_chosen(bot: Bot, house: FakeHouse) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        first = bot.job()
        await ada.taps(card, label_of(card, "tweak"))
        await bot.handled()
        menu = bot.telegram.chats.of(ADA)[-1]
        assert "steps: 50" in menu.buttons
        for label in ("steps: 50", "steps: 60", "loop: off", "res: 768", "res: 1024"):
            await ada.taps(menu, label)
            await bot.handled()
        await ada.taps(menu, "▶ Render")
        await bot.handled()
        (job,) = others(bot, first)
        assert job.options == {"steps": "80", "loop": "on", "res": "512"}
        assert menu not in bot.telegram.chats.of(ADA)


async def test_a_choice_that_is_too_much_is_said_in_the_menu_and_can_be_taken_back(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        await ada.presses(card, f"tweak:{bot.job().id}")
        await bot.handled()
        menu = bot.telegram.chats.of(ADA)[-1]
        plain = menu.text
        await ada.taps(menu, "res: 768")
        await bot.handled()
        assert "49 frames" in menu.text
        await ada.taps(menu, "res: 1024")
        await bot.handled()
        assert menu.text == plain
        await ada.taps(menu, "✕ Close")
        await bot.handled()
        assert menu not in bot.telegram.chats.of(ADA)


async def test_the_menu_speaks_the_language_of_who_opened_it(bot: Bot, house: FakeHouse) -> None:
    ada = bot.person(language="zh-hans")
    async with delivered(bot, house, ada) as card:
        await ada.presses(card, f"tweak:{bot.job().id}")
        await bot.handled()
        assert "步数: 50" in bot.telegram.chats.of(ADA)[-1].buttons


@pytest.mark.parametrize("clip_format", ["mp4", "gif", "webp", "apng", "sheet"])
async def test_every_format_comes_as_a_file(bot: Bot, house: FakeHouse, clip_format: str) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        await ada.taps(card, "Formats")
        await bot.handled()
        menu = bot.telegram.chats.of(ADA)[-1]
        query = await ada.taps(menu, clip_format)
        await bot.handled()
        file = bot.telegram.chats.of(ADA)[-1]
        assert file.kind == "document"
        assert alert(bot, query) == "One moment …"


async def test_a_file_that_is_refused_for_its_size_is_made_smaller(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        for status, text in ((413, "Request Entity Too Large"), (400, "Bad Request: file_too_big")):
            bot.telegram.accidents["sendDocument"].append(Accident(status, text))
        await ada.presses(card, f"formats:{bot.job().id}:format=gif")
        await bot.handled()
        sent = [len(call.files["document"]) for call in bot.telegram.of("sendDocument")]
        assert sent == [1000, 999, 998]
        assert len(bot.telegram.chats.of(ADA)) == 2


async def test_a_menu_is_closed_by_whose_it_is(bot: Bot, house: FakeHouse) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    async with delivered(bot, house, ada) as card:
        await ada.presses(card, f"tweak:{bot.job().id}")
        await bot.handled()
        menu = bot.telegram.chats.of(GROUP)[-1]
        query = await ben.taps(menu, "✕ Close")
        await bot.handled()
        assert "Only the person" in alert(bot, query)
        assert menu in bot.telegram.chats.of(GROUP)
        await ada.taps(menu, "✕ Close")
        await bot.handled()
        assert menu not in bot.telegram.chats.of(GROUP)


def label_of(shown: Shown, action: str) -> str:
    return next(label for label, data in shown.buttons.items() if data.startswith(f"{action}:"))
