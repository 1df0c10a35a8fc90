"""A clip that comes where nobody looks any more is told of, however quick it was."""

from __future__ import annotations

import pytest

from bot.job import JobStatus
from tests.adapters.telegram.bot import Bot
from tests.fakes.telegram.people import group

ADA, GROUP = 11, -1001234567890


async def bells_after(bot: Bot, *below: int, chat: int = ADA, topic: int | None = None) -> int:
    """How often somebody was called, once messages came that stand so far below the card."""
    ada = bot.person(chat={} if chat == ADA else group(chat), topic=topic)
    async with bot.running() as house:
        await ada.sends_file(caption="/animate")
        (card,) = await bot.shown(chat)
        for distance in below:
            await ada.says("look at that", message_id=card.id + distance)
            await bot.handled()
        async with house.at_work():
            await bot.until(lambda: bot.job().status is JobStatus.DELIVERED)
        said = [one for one in bot.telegram.chats.of(chat) if "clip is ready" in one.text]
        assert all(one.reply_to == card.id for one in said)
        return len(said)


@pytest.mark.parametrize(("written", "bells"), [(7, 0), (8, 1)])
async def test_in_private_what_came_below_is_counted(bot: Bot, written: int, bells: int) -> None:
    """Its numbers have gaps, since those of all its private chats are one bot's."""
    assert await bells_after(bot, *range(100, 100 + written)) == bells


@pytest.mark.parametrize(("distance", "bells"), [(7, 0), (8, 1)])
async def test_a_supergroup_s_numbers_tell_of_messages_that_no_bot_is_shown(
    bot: Bot, distance: int, bells: int
) -> None:
    assert await bells_after(bot, distance, chat=GROUP) == bells


async def test_in_a_topic_nobody_can_tell(bot: Bot) -> None:
    assert await bells_after(bot, 100, chat=GROUP, topic=7) == 0
