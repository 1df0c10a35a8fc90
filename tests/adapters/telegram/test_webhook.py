"""Telegram calls, in place of being asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import pytest

from adapters.telegram.webhook import SECRET, Hook, secret_of
from bot.incoming import Incoming
from tests.adapters.telegram.bot import Bot
from tests.fakes.house import GUARD_S
from tests.fakes.inbox import AwayAtFirst, FakeInboxStore
from tests.fakes.telegram.server import TOKEN, FakeTelegram


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


async def test_who_was_called_before_asks_again_once_nobody_is_called(bot: Bot) -> None:
    bot.telegram.webhook = {"url": "https://example.org/hook"}
    async with bot.running():
        await bot.person().sends_file()
        await bot.handled()
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
