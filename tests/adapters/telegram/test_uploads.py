"""Files from Telegram's servers: how large, how many at once, under which names."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from adapters.telegram.client import Access
from adapters.telegram.uploads import AT_ONCE
from tests.adapters.telegram.bot import Bot
from tests.fakes.house import FakeHouse
from tests.fakes.telegram.server import TOKEN, Accident, FakeTelegram

ADA = 11


async def test_a_file_that_is_too_heavy_to_be_looked_at_is_not_fetched(
    bot: Bot, house: FakeHouse
) -> None:
    await bot.person().sends_file(size=20 * 10**6 + 1)
    (answer,) = await bot.shown(ADA)
    assert "20 MB" in answer.text
    assert bot.telegram.of("getFile") == []


@pytest.mark.parametrize("bytes_too_many", [1, 2 * 2**20], ids=["by us", "by Telegram"])
async def test_a_file_whose_weight_is_told_late_is_refused_all_the_same(
    bot: Bot, house: FakeHouse, bytes_too_many: int
) -> None:
    await bot.person().sends_file(content=bytes(20 * 10**6 + bytes_too_many), size=1)
    (answer,) = await bot.shown(ADA)
    assert "20 MB" in answer.text
    assert bot.telegram.fetched == 0


@pytest.mark.parametrize(
    ("name", "mime", "suffix"),
    [
        ("SKETCH.PNG", "application/octet-stream", ".png"),
        (f"a.{'x' * 300}", "image/png", ""),
        ("a.p\0g", "image/png", ""),
        ("", "image/x-something", ""),
    ],
)
async def test_names_and_kinds_of_files_are_nobody_s_to_rely_on(
    bot: Bot, house: FakeHouse, name: str, mime: str, suffix: str
) -> None:
    await bot.person().sends_file(name, mime=mime)
    await bot.handled()
    assert bot.job().picture.suffix == suffix


async def test_as_many_pictures_are_fetched_at_once_as_the_memory_takes(
    bot: Bot, house: FakeHouse
) -> None:
    bot.telegram.hold["getFile"] = asyncio.Event()
    for number in range(AT_ONCE + 3):
        await bot.person(id=ADA + number).sends_file()
    await bot.until(lambda: len(bot.inbox.came) == AT_ONCE + 3)
    await bot.until(lambda: len(bot.telegram.of("getFile")) == AT_ONCE)
    await asyncio.sleep(0.05)
    assert len(bot.telegram.of("getFile")) == AT_ONCE
    bot.telegram.hold["getFile"].set()
    await bot.handled()
    assert len(bot.jobs.rows) == AT_ONCE + 3


async def test_a_server_of_one_s_own_lays_files_down_on_the_disk(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    """As it does in its local mode, from which nothing is fetched."""
    telegram.disk = tmp_path
    access = Access.to(telegram.url, token=TOKEN, proxy=None)
    bot = Bot(telegram, tmp_path, access=access)
    async with bot.running():
        message = await bot.person().sends_file()
        await bot.handled()
    assert bot.job().picture.read_bytes() == b"file"
    assert (tmp_path / message["document"]["file_id"]).exists(), "it is not ours to take away"


async def test_a_download_that_breaks_off_is_tried_again(bot: Bot, house: FakeHouse) -> None:
    bot.telegram.accidents["getFile"].extend([Accident(0), Accident(502, "Bad Gateway")])
    await bot.person().sends_file()
    await bot.until(lambda: len(bot.telegram.of("getFile")) == 1 and bot.clock.sleepers)
    for _ in range(3):
        await bot.clock.advance(5)
        await bot.until(lambda: bot.clock.sleepers or bot.jobs.rows)
    await bot.handled()
    assert len(bot.jobs.rows) == 1
