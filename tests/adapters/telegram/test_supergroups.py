"""A group becomes a supergroup, under another id: whatever was in it goes on there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.door.rules import HouseRules
from bot.job import JobStatus
from tests.adapters.telegram.bot import Bot
from tests.fakes.house import FakeHouse
from tests.fakes.inbox import FakeMovedStore
from tests.fakes.telegram.chats import Shown
from tests.fakes.telegram.people import Json, Person, group
from tests.fakes.telegram.server import FakeTelegram

ADA, BEN, CLEO = 11, 12, 13
SMALL, NOW = -77, -1001234
HOME = f"telegram:{SMALL}"
OLD_CHAT = {"id": SMALL, "type": "group", "title": "Studio"}


@pytest.fixture
def bot(telegram: FakeTelegram, tmp_path: Path) -> Bot:
    telegram.chats.admins.add((SMALL, CLEO))
    rules = HouseRules(allowed_places=frozenset({HOME}))
    return Bot(telegram, tmp_path, rules=rules, places=[SMALL])


def people(bot: Bot, chat: Json) -> tuple[Person, Person, Person]:
    return (
        bot.person(chat=chat),
        bot.person(id=BEN, name="Ben", chat=chat),
        bot.person(id=CLEO, name="Cleo", chat=chat),
    )


def shown(bot: Bot) -> list[Shown]:
    return bot.telegram.chats.of(NOW)


async def moves(bot: Bot) -> None:
    bot.telegram.chats.move(SMALL, NOW)
    await bot.person(chat=OLD_CHAT).says("", migrate_to_chat_id=NOW)
    await bot.person(chat=group(NOW)).says("", migrate_from_chat_id=SMALL)


async def delivered(bot: Bot, house: FakeHouse, ada: Person) -> None:
    async with house.at_work():
        await ada.sends_file(caption="/animate")
        await bot.handled()
        await bot.until(lambda: bot.job().status is JobStatus.DELIVERED)


async def test_a_group_is_called_as_it_was_when_last_heard_from(bot: Bot) -> None:
    async with bot.running() as house:
        name_of = house.service.operating.census.name_of
        assert name_of(f"telegram:{SMALL}") == ""
        ada, _, _ = people(bot, OLD_CHAT)
        await ada.says("hello")
        await moves(bot)
        await bot.handled()
        assert name_of(f"telegram:{SMALL}") == group(NOW)["title"]
        assert name_of("telegram:what an operator wrote") == ""


async def test_a_clip_that_waited_arrives_where_its_people_are_now(bot: Bot) -> None:
    async with bot.running() as house:
        ada, _, _ = people(bot, OLD_CHAT)
        await ada.sends_file(caption="/animate")
        await bot.handled()
        await moves(bot)
        await bot.handled()
        async with house.at_work():
            await bot.until(lambda: bot.job().status is JobStatus.DELIVERED)
        (card,) = shown(bot)
        assert (card.kind, card.reply_to) == ("video", None)
        assert bot.job().card == f"{NOW}/{card.id}"


async def test_what_was_chosen_allowed_and_kept_holds_there_and_after_a_restart(bot: Bot) -> None:
    async with bot.running():
        _, _, cleo = people(bot, OLD_CHAT)
        await cleo.says("/settings@sketchlife_bot language:zh gallery:here")
        await cleo.says("/preset@sketchlife_bot here save soft cfg:4.5")
        await bot.handled()
    await moves(bot)
    ada, ben, cleo = people(bot, group(NOW))
    await ada.sends_file(caption="/animate preset:soft")
    async with bot.running():
        await bot.handled()
        assert bot.job().origin.home == HOME
        assert bot.job().options == {"cfg": "4.5"}
        (card,) = shown(bot)
        assert not card.text.isascii(), "in the language of the group"
    async with bot.running():
        await cleo.says(f"/settings@sketchlife_bot moderators:{NOW} pause:on")
        await bot.handled()
        await ben.sends_file(caption="/animate")
        await bot.handled()
        place = await bot.people.settings.place(HOME)
        assert (place.moderators, place.gallery, place.paused) == (str(SMALL), str(SMALL), True)
        assert len(bot.jobs.rows) == 1


class Slow(FakeMovedStore):
    """Takes its time to write down what a group is called now."""

    def __init__(self) -> None:
        super().__init__()
        self.written = asyncio.Event()

    async def put(self, now: str, first: str) -> None:
        await self.written.wait()
        await super().put(now, first)


async def test_what_is_said_in_the_new_group_waits_until_that_is_known_by_the_old_name(
    bot: Bot,
) -> None:
    """Else who speaks there would be a stranger."""
    moved = bot.moved = Slow()
    async with bot.running():
        await moves(bot)
        await bot.person(id=BEN, chat=group(NOW)).sends_file(caption="/animate")
        await bot.until(lambda: len(bot.inbox.came) == 3)
        await asyncio.sleep(0.1)
        assert bot.telegram.of("getChatMember") == []
        moved.written.set()
        await bot.handled()
    assert bot.job().origin.home == HOME


async def test_a_clip_of_before_is_shared_reported_and_decided_there(bot: Bot) -> None:
    async with bot.running() as house:
        ada, ben, cleo = people(bot, OLD_CHAT)
        await cleo.says("/settings@sketchlife_bot gallery:here moderators:here")
        await delivered(bot, house, ada)
        job = bot.job()
        await moves(bot)
        await bot.handled()
        card = next(one for one in bot.telegram.chats.of(SMALL) if one.kind == "video")
        ada.chat = ben.chat = cleo.chat = group(NOW)
        await ada.presses(card, f"share:{job.id}")
        await bot.handled()
        await bot.until(lambda: len([one for one in shown(bot) if one.kind == "video"]) == 2)
        copy = next(one for one in shown(bot) if "Report" in one.buttons)
        await ben.presses(copy, f"star:{job.id}")
        await ben.says("/gallery@sketchlife_bot")
        await bot.handled()
        assert "Ada" in shown(bot)[-1].text
        await ben.presses(copy, f"report:{job.id}:why=other")
        await bot.handled()
        await bot.until(lambda: any("Remove" in one.buttons for one in shown(bot)))
        case = next(one for one in shown(bot) if "Remove" in one.buttons)
        await cleo.taps(case, "Remove")
        await bot.handled()
        assert bot.job().deleted_at is not None


async def test_an_anonymous_admin_is_still_the_group(bot: Bot) -> None:
    async with bot.running() as house:
        anonymous = bot.person(chat=OLD_CHAT, anonymous=True)
        await delivered(bot, house, anonymous)
        first = bot.job()
        await moves(bot)
        await bot.handled()
        _, ben, cleo = people(bot, group(NOW))
        (card,) = bot.telegram.chats.of(SMALL)
        await ben.presses(card, f"again:{first.id}")
        await bot.handled()
        assert len(bot.jobs.rows) == 1
        await cleo.presses(card, f"again:{first.id}")
        await bot.handled()
        anonymous.chat = group(NOW)
        await anonymous.sends_photo("/animate")
        await bot.handled()
        assert {job.origin.owner for job in bot.jobs.rows.values()} == {HOME}
        assert len(bot.jobs.rows) == 3
