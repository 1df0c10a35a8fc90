"""Every button of a card does what it says, and answers in the language of who pressed it."""

from __future__ import annotations

import pytest

from bot.card import Action
from tests.adapters.telegram.bot import Bot
from tests.adapters.telegram.tapping import ADA, BEN, GALLERY, GROUP, alert, delivered, others
from tests.fakes.house import FakeHouse
from tests.fakes.telegram.people import group


async def test_cancel_ends_the_job_on_its_card(bot: Bot, house: FakeHouse) -> None:
    ada = bot.person()
    await ada.sends_file()
    await bot.handled()
    (card,) = bot.telegram.chats.of(ADA)
    query = await ada.taps(card, "Cancel")
    await bot.handled()
    assert card.text.splitlines()[0] == "Cancelled"
    assert alert(bot, query) == ""
    await ada.presses(card, f"cancel:{bot.job().id}")
    await bot.handled()
    assert "over already" in alert(bot, list(bot.telegram.chats.answers)[-1])


@pytest.mark.parametrize(
    ("action", "options"),
    [("again", {}), ("loop", {"loop": "on"}), ("gentle", {"prompt": "subtle eye blink"})],
)
async def test_a_new_render_gets_a_card_of_its_own(
    bot: Bot, house: FakeHouse, action: str, options: dict[str, str]
) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        first = bot.job()
        await ada.presses(card, f"{action}:{first.id}")
        await bot.handled()
        (job,) = others(bot, first)
        assert all(job.options[name].startswith(value) for name, value in options.items())
        assert job.card is not None
        assert bot.telegram.chats.of(ADA)[-1].reply_to == card.id


@pytest.mark.parametrize("action", ["curve", "keys"])
async def test_drawings_come_as_pictures(bot: Bot, house: FakeHouse, action: str) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        await ada.presses(card, f"{action}:{bot.job().id}")
        await bot.handled()
        shown = bot.telegram.chats.of(ADA)[-1]
        assert (shown.kind, shown.file) == ("photo", b"picture")


async def test_delete_and_undo_empty_the_card_and_bring_its_clip_back(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        clip = card.file
        await ada.taps(card, "Delete")
        await bot.handled()
        assert (card.kind, card.text.splitlines()[0]) == ("photo", "Deleted")
        await ada.taps(card, "Undo")
        await bot.handled()
        assert (card.kind, card.file) == ("video", clip)


async def test_share_star_unshare_and_the_web_page(bot: Bot, house: FakeHouse) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    async with delivered(bot, house, ada) as card:
        job = bot.job()
        await ada.taps(card, "Share")
        await bot.handled()
        share = house.shares.rows[job.id]
        assert share.home == f"telegram:{GROUP}"
        for stars in (1, 0):
            await ben.presses(card, f"star:{job.id}")
            await bot.handled()
            assert len(house.shares.stars) == stars
        await ada.presses(card, f"web:{job.id}:web=on")
        await bot.handled()
        assert house.shares.rows[job.id].web
        await ada.taps(card, "Stop sharing")
        await bot.handled()
        assert house.shares.rows == {}


async def test_a_shared_clip_stands_in_the_gallery_with_credit_and_its_star(
    bot: Bot, house: FakeHouse
) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group(GALLERY))
    await bot.people.settings.change_place(
        f"telegram:{GROUP}", "", bot.clock.now(), gallery=f"{GALLERY}/7"
    )
    async with delivered(bot, house, ada) as card:
        await ada.taps(card, "Share")
        await bot.handled()
        (copy,) = await bot.shown(GALLERY)
        assert (copy.topic, copy.kind, copy.file) == (7, "video", card.file)
        assert "Ada" in copy.text
        star = next(label for label in copy.buttons if "★" in label)
        await ben.taps(copy, star)
        await bot.handled()
        assert len(house.shares.stars) == 1
        await ada.taps(card, "Stop sharing")
        await bot.handled()
        await bot.until(lambda: bot.telegram.chats.of(GALLERY) == [])


@pytest.mark.parametrize("language", ["en", "zh-hans"])
async def test_every_button_answers_in_the_language_of_who_pressed_it(
    bot: Bot, house: FakeHouse, language: str
) -> None:
    """Those that are refused, those that open a menu, and those that go without a word."""
    ada = bot.person(chat=group(), language=language)
    ben = bot.person(id=BEN, name="Ben", chat=group(), language=language)
    async with delivered(bot, house, ada) as card:
        job = bot.job()
        for who in (ada, ben):
            for action in Action:
                before = {one.id for one in bot.telegram.chats.of(GROUP)}
                query = await who.presses(card, f"{action.value}:{job.id}")
                await bot.handled()
                new = [one for one in bot.telegram.chats.of(GROUP) if one.id not in before]
                said = [alert(bot, query), *(one.text for one in new)]
                for text in filter(None, said):
                    assert _speaks(text) == language[:2], f"{action}: {text}"
                if who is ben and action is not Action.REPORT:
                    assert said[0], f"{action} is not Ben's"


def _speaks(text: str) -> str:
    return "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in text) else "en"
