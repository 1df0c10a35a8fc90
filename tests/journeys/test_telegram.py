"""The bot itself on Telegram: a sketch that comes out blinking, and kill -9 wherever it hurts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from bot.clip import FPS, ClipFile
from bot.job import JobStatus
from bot.measurement import Eye, Verdict
from bot.request import ClipFormat
from engine.eyes.expression import measure
from engine.eyes.face import FaceMesh
from tests.engine.video.readers import frames_of
from tests.fakes.telegram.chats import Shown
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.server import TOKEN, FakeTelegram, serving
from tests.journeys.command import SKETCH
from tests.journeys.world import World, alive, until

ADA = 11
PREVIEW, EYES = "tests.fakes.roles:InstantPreview", "tests.fakes.roles:InstantEyes"
REAL_PREVIEW, REAL_EYES = "engine.preview.role:Preview", "engine.eyes.role:Eyes"


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with serving(FakeTelegram()) as fake:
        yield fake
    assert fake.faults == []


@pytest.fixture
def world(tmp_path: Path, telegram: FakeTelegram) -> World:
    env = {
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_BASE_URL": telegram.url,
        "ALLOWED_PLACES": "*",
    }
    return World(tmp_path, env)


@pytest.fixture
def ada(telegram: FakeTelegram) -> Person:
    return Person(telegram)


def with_clip(telegram: FakeTelegram) -> list[Shown]:
    return [shown for shown in telegram.chats.of(ADA) if shown.kind == "video"]


async def kill(bot: psutil.Process) -> None:
    family = [bot, *bot.children(recursive=True)]
    bot.kill()
    await until(lambda: not alive(family))


async def handled_while(world: World, telegram: FakeTelegram, true: Callable[[], bool]) -> None:
    """A bot runs until it is so, and until it has confirmed all that it got."""
    with world.bot(PREVIEW, EYES):
        await until(lambda: true() and telegram.waiting == [])


async def test_a_sketch_goes_in_and_a_clip_that_blinks_comes_out(
    world: World, telegram: FakeTelegram, ada: Person, tmp_path: Path
) -> None:
    with world.bot(REAL_PREVIEW, REAL_EYES):
        content = await asyncio.to_thread(SKETCH.read_bytes)
        await ada.sends_file(caption="/animate res:512 seed:7", content=content)
        await until(lambda: bool(with_clip(telegram)))
        await world.until_statuses(JobStatus.DELIVERED)
    (shown,) = with_clip(telegram)
    assert "Seed 7" in shown.text
    assert shown.details["duration"] == 6
    assert (shown.thumbnail or b"").startswith(b"\xff\xd8")
    got = tmp_path / "got.mp4"
    got.write_bytes(shown.file or b"")
    width, height = shown.details["width"], shown.details["height"]
    file = ClipFile(path=got, format=ClipFormat.MP4, size_bytes=0, width=width, height=height)
    seen = measure(frames_of(file), FPS, FaceMesh())
    assert seen.verdict is Verdict.FINE
    assert Eye.BOTH in {blink.eye for blink in seen.blinks}


async def test_killed_between_the_upload_and_the_row_that_says_delivered(
    world: World, telegram: FakeTelegram, ada: Person
) -> None:
    telegram.hold["editMessageMedia"] = asyncio.Event()
    with world.bot(PREVIEW, EYES) as bot:
        await ada.sends_file(content=world.sketch().read_bytes())
        await until(lambda: bool(with_clip(telegram)))
        assert await world.statuses() == [JobStatus.RENDERED]
        await kill(bot)
    telegram.hold.clear()
    with world.bot(PREVIEW, EYES):
        await world.until_statuses(JobStatus.DELIVERED)
    (shown,) = telegram.chats.of(ADA)
    assert shown.kind == "video"
    assert len(await world.usage()) == 1


async def test_killed_between_the_news_and_the_inbox(
    world: World, telegram: FakeTelegram, ada: Person
) -> None:
    """The answer is on its way, and nobody has written it down yet."""
    await ada.sends_file(content=world.sketch().read_bytes())
    telegram.hold["getUpdates"] = asyncio.Event()
    with world.bot(PREVIEW, EYES) as bot:
        await until(lambda: bool(telegram.of("getUpdates")))
        await kill(bot)
    telegram.hold.clear()
    assert len(telegram.waiting) == 1
    await handled_while(world, telegram, lambda: bool(with_clip(telegram)))
    assert len(await world.jobs()) == 1


async def test_killed_between_the_inbox_and_the_job(
    world: World, telegram: FakeTelegram, ada: Person
) -> None:
    """It is confirmed, so Telegram will not say it again."""
    telegram.hold["getFile"] = asyncio.Event()
    with world.bot(PREVIEW, EYES) as bot:
        await ada.sends_file(content=world.sketch().read_bytes())
        await until(lambda: bool(telegram.of("getFile")) and telegram.waiting == [])
        await kill(bot)
    telegram.hold.clear()
    with world.bot(PREVIEW, EYES):
        await until(lambda: bool(with_clip(telegram)))
        await world.until_statuses(JobStatus.DELIVERED)
    assert len(await world.jobs()) == 1


async def test_killed_between_the_job_and_its_update_s_end_makes_no_second_one(
    world: World, telegram: FakeTelegram, ada: Person
) -> None:
    telegram.hold["sendMessage"] = asyncio.Event()
    with world.bot("tests.fakes.roles:GatedPreview", EYES) as bot:
        await ada.sends_file(content=world.sketch().read_bytes())
        await until(lambda: bool(telegram.of("sendMessage")))
        await kill(bot)
    telegram.hold.clear()
    with world.bot(PREVIEW, EYES):
        await until(lambda: bool(with_clip(telegram)))
        await world.until_statuses(JobStatus.DELIVERED)
        await ada.says("/queue")
        await until(lambda: telegram.waiting == [])
    assert len(await world.jobs()) == 1
    assert len(with_clip(telegram)) == 1


async def test_buttons_and_questions_outlive_a_kill(
    world: World, telegram: FakeTelegram, ada: Person
) -> None:
    with world.bot(PREVIEW, EYES) as bot:
        await ada.sends_file(content=world.sketch().read_bytes())
        await until(lambda: bool(with_clip(telegram)))
        await world.until_statuses(JobStatus.DELIVERED)
        await kill(bot)
    (shown,) = with_clip(telegram)
    query = await ada.presses(shown, next(data for data in shown.buttons.values()))
    await handled_while(world, telegram, lambda: len(with_clip(telegram)) == 2)
    assert query in telegram.chats.answers
