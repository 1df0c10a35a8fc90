"""The login, the news, and the accidents on the way: nothing lost, nothing handled twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import pytest

from adapters.telegram.client import Access
from adapters.telegram.frontend import Kept, TelegramFrontend
from adapters.telegram.postbox import AT_ONCE
from adapters.telegram.webhook import SECRET, Hook, secret_of
from bot.errors import SettingsError, StoreError
from bot.incoming import Incoming
from tests.adapters.telegram.bot import Bot
from tests.fakes.clock import FakeClock
from tests.fakes.house import GUARD_S
from tests.fakes.inbox import FakeInboxStore, FakeMovedStore, FakeTipStore
from tests.fakes.telegram.people import group
from tests.fakes.telegram.server import TOKEN, Accident, FakeTelegram, flood

ADA, GROUP = 11, -1001234


class AwayAtFirst(FakeInboxStore):
    """A database that is away for some writes."""

    failures = 2
    confirmed_too_soon = False

    async def put(self, source: str, messages: Sequence[Incoming]) -> set[int]:
        if self.failures:
            self.failures -= 1
            raise StoreError(reason="away")
        return await super().put(source, messages)


async def sleeping(bot: Bot) -> None:
    await bot.until(lambda: bot.clock.sleepers > 1)  # one is the sweep of the inbox


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


async def test_the_rest_of_an_album_has_its_settings_after_a_restart_too(bot: Bot) -> None:
    """Only one picture of a group's album has the command, and it is handled already."""
    ada = bot.person(chat=group())
    async with bot.running():
        await ada.sends_file(caption="/animate steps:60", media_group_id="7")
        await bot.handled()
    await ada.sends_file(media_group_id="7")
    await ada.sends_file(media_group_id="8")
    async with bot.running():
        await bot.handled()
        assert [job.options for job in bot.jobs.rows.values()] == [{"steps": "60"}] * 2
        await bot.clock.advance(2 * 3600)
        await bot.until(lambda: bot.inbox.lefts == {})


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


@pytest.mark.parametrize(
    "accident",
    [
        Accident(0),
        Accident(502, "Bad Gateway"),
        Accident(409, "Conflict: terminated by other getUpdates request"),
        flood(3),
    ],
    ids=["cut", "5xx", "conflict", "flood"],
)
async def test_news_that_cannot_be_fetched_are_asked_for_again(
    bot: Bot, accident: Accident
) -> None:
    bot.telegram.accidents["getUpdates"].append(accident)
    async with bot.running():
        await bot.person().sends_file()
        await sleeping(bot)
        await bot.clock.advance(4)
        await bot.handled()
    assert len(bot.jobs.rows) == 1


async def test_a_telegram_that_is_away_at_the_start_is_waited_for(bot: Bot) -> None:
    bot.telegram.accidents["getMe"].extend([Accident(0), Accident(500, "Internal")])
    async with bot.running() as house:
        watching = house.service.operating.watching
        await bot.person().sends_file()
        for pause_s in (1, 5):
            await bot.until(lambda: bot.clock.sleepers > 0)
            assert (await watching.readiness()).platforms == {"telegram": False}
            await bot.clock.advance(pause_s)
        await bot.handled()
        assert (await watching.readiness()).platforms == {"telegram": True}
    assert len(bot.jobs.rows) == 1


async def test_a_token_that_telegram_does_not_know_is_the_operator_s_to_mend(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "4242:" + "B" * 35
    frontend = TelegramFrontend(
        Access(token=wrong, base_url=telegram.url),
        Kept(FakeInboxStore(), FakeTipStore(), FakeMovedStore()),
        FakeClock(),
    )
    service: object = None
    with caplog.at_level(logging.DEBUG), pytest.raises(SettingsError) as refusal:
        await frontend.serve(service)  # type: ignore[arg-type]  # not needed before the login
    assert refusal.value.key == "telegram-token-wrong"
    assert wrong not in caplog.text


async def test_the_token_is_in_no_log_whatever_happens(
    bot: Bot, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        bot.telegram.accidents["getFile"].append(Accident(400, "Bad Request: wrong file_id"))
        bot.telegram.accidents["sendMessage"].append(Accident(0))
        async with bot.running():
            await bot.person().sends_file()
            await bot.person().sends_file()
            await sleeping(bot)
            await bot.clock.advance(1)
            await bot.handled()
    said = capsys.readouterr()
    assert TOKEN not in caplog.text + said.out + said.err


async def test_commands_are_registered_by_language_and_fewer_in_groups(bot: Bot) -> None:
    async with bot.running():
        await bot.until(lambda: len(bot.telegram.chats.commands) == 6)
    lists = {
        (one["scope"]["type"], one.get("language_code", "")): one["commands"]
        for one in bot.telegram.chats.commands
    }
    for language in ("", "en", "zh"):
        in_group = [each["command"] for each in lists["all_group_chats", language]]
        assert in_group == ["animate"]
        private = [each["command"] for each in lists["all_private_chats", language]]
        assert {"animate", "help", "privacy"} <= set(private)
    assert not lists["all_private_chats", "zh"][0]["description"].isascii()


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


async def test_telegram_may_call_instead_and_is_known_by_its_secret(
    telegram: FakeTelegram, tmp_path: Path, unused_tcp_port: int
) -> None:
    hook = Hook("https://example.org/hook", "127.0.0.1", unused_tcp_port, secret_of(TOKEN))
    bot = Bot(telegram, tmp_path, hook=hook)
    address = f"http://127.0.0.1:{unused_tcp_port}/hook"
    async with bot.running(), aiohttp.ClientSession() as web:
        await bot.until(lambda: telegram.webhook)
        assert telegram.webhook["url"] == "https://example.org/hook"
        assert telegram.webhook["max_connections"] == 1, "in their order"
        await bot.person().sends_file()
        (update,) = telegram.waiting
        secret = {SECRET: telegram.webhook["secret_token"]}
        for headers, body, status in (
            ({}, update, 403),
            ({SECRET: "wrong"}, update, 403),
            (secret, {"strange": True}, 400),
            (secret, [], 400),
            (secret, update, 200),
            (secret, update, 200),
        ):
            async with web.post(address, json=body, headers=headers) as answer:
                assert answer.status == status
        await bot.handled()
        assert telegram.of("getUpdates") == []
    assert len(bot.jobs.rows) == 1


async def test_a_secret_that_is_no_text_is_a_wrong_one(
    telegram: FakeTelegram, tmp_path: Path, unused_tcp_port: int
) -> None:
    hook = Hook("https://example.org/", "127.0.0.1", unused_tcp_port, secret_of(TOKEN))
    bot = Bot(telegram, tmp_path, hook=hook)
    async with bot.running():
        await bot.until(lambda: telegram.webhook)
        async with asyncio.timeout(GUARD_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
            head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n{SECRET}: ".encode()
            writer.write(head + b"\xff\r\n\r\n{}")
            assert (await reader.readline()).split()[1] == b"403"
            writer.close()


async def test_a_call_is_answered_only_once_it_is_written_down(
    telegram: FakeTelegram, tmp_path: Path, unused_tcp_port: int
) -> None:
    hook = Hook("https://example.org/", "127.0.0.1", unused_tcp_port, secret_of(TOKEN))
    bot = Bot(telegram, tmp_path, hook=hook)
    inbox = bot.inbox = AwayAtFirst()
    async with bot.running(), aiohttp.ClientSession() as web:
        await bot.until(lambda: telegram.webhook)
        await bot.person().sends_file()
        (update,) = telegram.waiting
        secret = {SECRET: telegram.webhook["secret_token"]}
        calling = asyncio.create_task(
            web.post(f"http://127.0.0.1:{unused_tcp_port}/", json=update, headers=secret)
        )
        await bot.until(lambda: inbox.failures < 2)
        assert not calling.done()
        for _ in range(2):
            await bot.clock.advance(1)
        assert (await calling).status == 200
        assert inbox.rows


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


class Slow(FakeInboxStore):
    """Writes, and is long about saying so."""

    async def put(self, source: str, messages: Sequence[Incoming]) -> set[int]:
        new = await super().put(source, messages)
        await asyncio.Event().wait()
        return new


async def test_what_is_written_down_is_handled_though_its_caller_gave_up(
    telegram: FakeTelegram,
    tmp_path: Path,
    unused_tcp_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.telegram.webhook.ANSWER_S", 0.01)
    hook = Hook("https://example.org/", "127.0.0.1", unused_tcp_port, secret_of(TOKEN))
    bot = Bot(telegram, tmp_path, hook=hook)
    bot.inbox = Slow()
    async with bot.running(), aiohttp.ClientSession() as web:
        await bot.until(lambda: telegram.webhook)
        await bot.person().sends_file()
        (update,) = telegram.waiting
        secret = {SECRET: telegram.webhook["secret_token"]}
        address = f"http://127.0.0.1:{unused_tcp_port}/"
        async with web.post(address, json=update, headers=secret) as answer:
            assert answer.status == 503
        await bot.handled()
    assert len(bot.jobs.rows) == 1
