"""Presses that come again, late, after a restart, or from a button that nobody drew."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.card import Action
from bot.job import JobStatus
from tests.adapters.telegram.bot import Bot
from tests.adapters.telegram.tapping import ADA, BEN, GROUP, delivered, others
from tests.fakes.house import FakeHouse
from tests.fakes.telegram.people import group
from tests.fakes.telegram.server import Accident


@pytest.mark.parametrize("data", ["again:{id}", "loop:{id}", "gentle:{id}", "tweak:{id}:go=1"])
async def test_a_press_that_is_handled_again_after_a_crash_makes_no_second_clip(
    bot: Bot, house: FakeHouse, data: str
) -> None:
    """Its end was not written down; what it did before may have been done or not."""
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        first = bot.job()
        await ada.presses(card, data.format(id=first.id))
        await bot.handled()
        (second,) = others(bot, first)
    bot.inbox.forget_the_end_of_the_last()
    async with bot.running():
        await bot.until(lambda: not any(bot.inbox.rows.values()))
        assert len(others(bot, first)) == 1
        del bot.jobs.rows[second.id]  # as if the crash had come before it
    bot.inbox.forget_the_end_of_the_last()
    async with bot.running():
        await bot.until(lambda: not any(bot.inbox.rows.values()))
        assert [job.id for job in others(bot, first)] == [second.id]


@pytest.mark.parametrize("data", ["again:{id}", "loop:{id}", "gentle:{id}", "tweak:{id}:go=1"])
async def test_a_double_click_draws_one_clip_and_a_later_one_another(
    bot: Bot, house: FakeHouse, data: str
) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        first = bot.job()
        for pause_s, number in ((0, 1), (0, 1), (3, 2)):
            await bot.clock.advance(pause_s)
            await ada.presses(card, data.format(id=first.id))
            await bot.handled()
            assert len(others(bot, first)) == number


async def test_a_star_that_is_handled_again_is_not_taken_back(bot: Bot, house: FakeHouse) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    async with delivered(bot, house, ada) as card:
        await ada.taps(card, "Share")
        await bot.handled()
        await ben.presses(card, f"star:{bot.job().id}")
        await bot.until(lambda: house.shares.stars)
        assert not any(bot.inbox.rows.values()), "it is written down before"


async def test_a_press_whose_answer_was_cut_off_is_answered_again(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person()
    await ada.sends_file()
    await bot.handled()
    bot.telegram.accidents["answerCallbackQuery"].append(Accident(502, "Bad Gateway"))
    (card,) = bot.telegram.chats.of(ADA)
    await ada.taps(card, "Cancel")
    await bot.until(lambda: bot.telegram.of("answerCallbackQuery") and bot.clock.sleepers > 1)
    await bot.clock.advance(1)
    await bot.handled()


async def test_why_not_is_said_in_the_chat_where_the_press_is_too_old_to_be_answered(
    bot: Bot, house: FakeHouse
) -> None:
    """As after a downtime."""
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    await ada.sends_file(caption="/animate")
    await bot.handled()
    (card,) = bot.telegram.chats.of(GROUP)
    late = Accident(400, "Bad Request: query is too old and response timeout expired")
    bot.telegram.accidents["answerCallbackQuery"].append(late)
    await ben.taps(card, "Cancel")
    said = (await bot.shown(GROUP, 2))[1]
    assert said.text.startswith("Only the person")
    assert said.reply_to == card.id


async def test_buttons_of_a_message_that_telegram_tells_no_more_of(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person(chat=group())
    async with delivered(bot, house, ada) as card:
        job = bot.job()
        for action in ("again", "tweak", "curve", "delete"):
            await ada.presses(card, f"{action}:{job.id}", too_old=True)
            await bot.handled()
        _, again, menu, curve = bot.telegram.chats.of(GROUP)
        assert (again.reply_to, menu.reply_to, curve.kind) == (card.id, card.id, "photo")
        assert len(others(bot, job)) == 1
        assert card.text.splitlines()[0] == "Deleted"


async def test_buttons_of_another_time_do_nothing_and_stop_being_busy(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person()
    await ada.sends_file()
    await bot.handled()
    (card,) = bot.telegram.chats.of(ADA)
    for data in ("dance:1", "formats:00000000000000zzzz:format=exe", "tweak:nothing"):
        query = await ada.presses(card, data)
        await bot.handled()
        assert query in bot.telegram.chats.answers


async def test_what_stands_on_no_button_of_a_message_changes_nothing_there(
    bot: Bot, house: FakeHouse
) -> None:
    """As a client of somebody's own making may press it, on anybody's card."""
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    bot.engine.faces = ()
    for who in (ada, ben):
        await who.sends_file(caption="/animate")
        await bot.handled()
    hers, his = bot.telegram.chats.of(GROUP)
    await ada.taps(hers, "Go on anyway")
    await bot.handled()
    his, card = bot.telegram.chats.of(GROUP)
    before, mine = (card.text, card.markup), bot.job().id
    await ben.presses(card, his.buttons["Go on anyway"])
    await bot.handled()
    his = next(job.id for job in bot.jobs.rows.values() if job.id != mine)
    forged = (
        f"tweak:{mine}:x=1",
        f"report:{mine}:x=1",
        f"tweak:{his}:x=1",
        f"tweak:{his}:s=3--------",
        "/queue",
        "/history 2",
    )
    bot.jobs.rows[his] = replace(bot.jobs.rows[his], status=JobStatus.CANCELLED)
    for data in forged:
        await ben.presses(card, data)
        await bot.handled()
        assert bot.telegram.chats.messages.get((GROUP, card.id)) is card, data
        assert (card.text, card.markup) == before, data


async def test_buttons_work_after_a_restart(bot: Bot) -> None:
    ada = bot.person()
    async with bot.running() as house, delivered(bot, house, ada) as card:
        first = bot.job()
    async with bot.running():
        for action in (Action.AGAIN, Action.TWEAK, Action.CURVE):
            await ada.presses(card, f"{action.value}:{first.id}")
        await bot.handled()
        assert len(others(bot, first)) == 1
        assert any("steps: 50" in shown.buttons for shown in bot.telegram.chats.of(ADA))
        await asyncio.sleep(0)
