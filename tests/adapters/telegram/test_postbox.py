"""Updates on their way in: nothing lost, nothing handled twice, nobody behind somebody else."""

from __future__ import annotations

import asyncio

import pytest

from adapters.telegram.postbox import AT_ONCE
from bot.incoming import Incoming
from tests.adapters.telegram.bot import Bot
from tests.fakes.inbox import AwayAtFirst, FakeInboxStore
from tests.fakes.telegram.people import group

ADA, GROUP = 11, -1001234


async def test_what_came_during_a_downtime_is_handled_at_the_start(bot: Bot) -> None:
    ada = bot.person()
    await ada.sends_file()
    await ada.sends_file()
    async with bot.running():
        await bot.handled()
        assert len(bot.jobs.rows) == 2


async def test_an_update_that_comes_again_is_handled_once(bot: Bot) -> None:
    """As after a kill between the row and its confirmation."""
    async with bot.running():
        await bot.person().sends_file()
        update = dict(bot.telegram.waiting[-1])
        await bot.handled()
    bot.telegram.waiting = [update]
    async with bot.running():
        await bot.until(lambda: bot.telegram.waiting == [])
        await bot.handled()
    assert len(bot.jobs.rows) == 1


async def test_what_was_handled_but_not_written_down_makes_no_second_job(bot: Bot) -> None:
    """As after a kill between the job's row and the inbox's."""
    async with bot.running():
        await bot.person().sends_file()
        await bot.handled()
    bot.inbox.forget_the_end_of_the_last()
    async with bot.running():
        await bot.handled()
    (message,) = bot.inbox.came.values()
    assert [job.id for job in bot.jobs.rows.values()] == [message.job_id]
    assert len(bot.telegram.of("getFile")) == 1, "nor is its picture looked at anew"


class LooksSlowly(FakeInboxStore):
    """What it finds has been handled by the time that it says so."""

    looked = asyncio.Event()

    async def waiting(self, source: str, limit: int = 100) -> list[Incoming]:
        found = await super().waiting(source, limit)
        if found:
            await self.looked.wait()
        return found


async def test_what_is_handled_while_the_table_is_looked_through_is_handled_once(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.telegram.postbox.IN_HAND", 1)
    inbox = bot.inbox = LooksSlowly()
    inbox.looked = asyncio.Event()
    bot.telegram.hold["getFile"] = asyncio.Event()
    ada, ben = bot.person(), bot.person(id=12)
    async with bot.running():
        await bot.until(lambda: bot.telegram.of("getUpdates"))
        await ada.sends_file()
        await bot.until(lambda: bot.telegram.of("getFile"))
        await ben.says("/queue")
        await bot.until(lambda: len(inbox.came) == 2)
        bot.telegram.hold["getFile"].set()
        await bot.until(lambda: inbox.rows[min(inbox.rows)] is None)
        inbox.looked.set()
        await bot.handled()
    assert len(bot.telegram.of("getFile")) == 1


async def test_nothing_is_confirmed_before_it_is_written_down(bot: Bot) -> None:
    inbox = bot.inbox = AwayAtFirst()
    async with bot.running():
        await bot.person().sends_file()
        await bot.until(lambda: inbox.failures < 2)
        assert len(bot.telegram.waiting) == 1
        for _ in range(2):
            await bot.clock.advance(1)
        await bot.handled()
        await bot.until(lambda: bot.telegram.waiting == [])
    assert len(bot.jobs.rows) == 1


async def test_updates_of_one_chat_are_handled_in_their_order(bot: Bot) -> None:
    people = [bot.person(id=11 + number) for number in range(5)]
    for number in range(3):
        for person in people:
            await person.sends_file(caption=f"seed:{number}")
    async with bot.running():
        await bot.handled()
    for person in people:
        jobs = [job for job in bot.jobs.rows.values() if job.origin.person == str(person.id)]
        assert [job.options["seed"] for job in jobs] == ["0", "1", "2"]


async def test_more_than_can_be_in_hand_waits_in_the_table(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.telegram.postbox.IN_HAND", 3)
    people = [bot.person(id=11 + number) for number in range(10)]
    bot.telegram.hold["getFile"] = asyncio.Event()
    async with bot.running():
        for person in people:
            await person.sends_file()
        await bot.until(lambda: len(bot.inbox.came) == 10)
        await bot.until(lambda: len(bot.telegram.of("getFile")) == 3)
        bot.telegram.hold["getFile"].set()
        await bot.handled()
    assert len(bot.jobs.rows) == 10


async def test_who_sends_hundreds_waits_behind_themselves_and_nobody_else_does(bot: Bot) -> None:
    ada, ben = bot.person(), bot.person(id=12, name="Ben")
    bot.telegram.hold["getFile"] = asyncio.Event()
    for _ in range(AT_ONCE + 50):
        await ada.sends_file()
    await ben.says("/queue")
    async with bot.running():
        (answer,) = await bot.shown(12)
        assert answer.text == "Nothing of yours is on its way."
        assert len(bot.telegram.of("getFile")) == 1


async def test_a_group_that_waits_for_its_answers_leaves_room_for_others(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.telegram.postbox.AT_ONCE", 3)
    monkeypatch.setattr("adapters.telegram.postbox.OF_ONE_CHAT", 2)
    crowd = [bot.person(id=20 + number, chat=group()) for number in range(5)]
    bot.telegram.hold["getFile"] = asyncio.Event()
    async with bot.running():
        for person in crowd:
            await person.sends_file(caption="/animate")
        await bot.until(lambda: len(bot.telegram.of("getFile")) == 2)
        await bot.person().says("/queue")
        (answer,) = await bot.shown(ADA)
        assert answer.text == "Nothing of yours is on its way."
        bot.telegram.hold["getFile"].set()
        await bot.handled()
    assert len(bot.jobs.rows) == 5


async def test_as_many_are_handled_at_once_as_can_be(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.telegram.postbox.AT_ONCE", 2)
    people = [bot.person(id=11 + number) for number in range(5)]
    bot.telegram.hold["getFile"] = asyncio.Event()
    async with bot.running():
        for person in people:
            await person.sends_file()
        await bot.until(lambda: len(bot.inbox.came) == 5)
        await bot.until(lambda: len(bot.telegram.of("getFile")) == 2)
        bot.telegram.hold["getFile"].set()
        await bot.handled()
    assert len(bot.jobs.rows) == 5


async def test_a_bug_in_one_update_holds_up_no_other(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot.running():
        await bot.telegram.send_update(message={"strange": True})
        await bot.telegram.send_update(of_another_time={"text": "half of an emoji: \ud83d"})
        await bot.person().sends_file()
        await bot.handled()
    assert len(bot.jobs.rows) == 1
    assert all(one.content.isascii() for one in bot.inbox.came.values()), "no database minds"


async def test_a_picture_that_loads_slowly_holds_up_nobody_else_in_its_group(bot: Bot) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=12, name="Ben", chat=group())
    bot.telegram.hold["getFile"] = asyncio.Event()
    async with bot.running():
        await ada.sends_file(caption="/animate")
        await bot.until(lambda: bot.telegram.of("getFile"))
        await ben.says("/queue@sketchlife_bot")
        await ada.says("/queue@sketchlife_bot")
        (answer,) = await bot.shown(GROUP)
        assert answer.text == "Nothing of yours is on its way."
        bot.telegram.hold["getFile"].set()
        await bot.handled()
        assert bot.job().id in bot.telegram.chats.of(GROUP)[-1].text, "one's own stay in order"
