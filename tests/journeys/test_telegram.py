"""The bot itself on Telegram: a sketch that comes out blinking, and kill -9 wherever it hurts."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientSession
from sqlalchemy import make_url

from adapters.telegram.webhook import SECRET
from bot.clip import FPS, ClipFile
from bot.job import JobStatus
from bot.measurement import Eye, Verdict
from bot.request import ClipFormat
from engine.eyes.expression import measure
from engine.eyes.face import FaceMesh
from tests.engine.video.readers import frames_of
from tests.fakes.telegram.chats import Shown
from tests.fakes.telegram.people import Person, group
from tests.fakes.telegram.proxy import ELSEWHERE, PASSWORD, forwarding
from tests.fakes.telegram.server import TOKEN, FakeTelegram, serving
from tests.journeys.command import SKETCH
from tests.journeys.world import GUARD_S, World, alive, until

ADA, GROUP = 11, -1001234
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


async def test_by_the_proxy_of_the_settings(
    world: World,
    telegram: FakeTelegram,
    ada: Person,
    capfd: pytest.CaptureFixture[str],
) -> None:
    async with forwarding(telegram.url) as proxy:
        world.env |= {"TELEGRAM_BASE_URL": ELSEWHERE, "TELEGRAM_PROXY": proxy.url()}
        world.env |= {"PROXY": "http://127.0.0.1:9", "LOG_LEVEL": "debug"}
        with world.bot(PREVIEW, EYES):
            await ada.sends_file(content=world.sketch().read_bytes())
            await until(lambda: bool(with_clip(telegram)))
            await world.until_statuses(JobStatus.DELIVERED)
    assert {call.method for call in telegram.calls} <= set(proxy.through)
    said = "".join(capfd.readouterr())
    assert "job.queued" in said
    assert [one for one in (TOKEN, PASSWORD) if one in said] == []


@pytest.mark.slow
async def test_called_by_telegram_and_killed_after_the_answer_and_then_polling_again(
    world: World, telegram: FakeTelegram, ada: Person, unused_tcp_port: int
) -> None:
    listen = f"127.0.0.1:{unused_tcp_port}"
    world.env |= {
        "TELEGRAM_WEBHOOK_URL": "https://bot.example/telegram",
        "TELEGRAM_WEBHOOK_LISTEN": listen,
    }
    telegram.hold["getFile"] = asyncio.Event()
    with world.bot(PREVIEW, EYES) as bot:
        await until(lambda: bool(telegram.webhook))
        assert telegram.webhook["url"] == "https://bot.example/telegram"
        await ada.sends_file(content=world.sketch().read_bytes())
        secret = {SECRET: telegram.webhook["secret_token"]}
        async with ClientSession() as caller:
            for headers, status in (({}, 403), (secret, 200)):
                address, update = f"http://{listen}/telegram", telegram.waiting[0]
                async with caller.post(address, json=update, headers=headers) as answer:
                    assert answer.status == status
        await until(lambda: bool(telegram.of("getFile")))
        await kill(bot)
    assert telegram.of("getUpdates") == []
    telegram.waiting.clear()  # it was answered, and does not come again
    telegram.hold.clear()
    del world.env["TELEGRAM_WEBHOOK_URL"]
    await ada.sends_file(content=world.sketch().read_bytes())
    await handled_while(world, telegram, lambda: len(with_clip(telegram)) == 2)
    assert telegram.webhook == {}
    assert len(await world.jobs()) == 2


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
async def test_killed_in_the_middle_of_a_group_s_album(
    world: World, telegram: FakeTelegram
) -> None:
    """Its one command came with a picture that is settled; the others have none."""
    ada = Person(telegram, chat=group())
    sketch = world.sketch().read_bytes()
    with world.bot(PREVIEW, EYES) as bot:
        await ada.sends_file(caption="/animate steps:60", content=sketch, media_group_id="7")
        await until(lambda: settled(world) == 1)
        await kill(bot)
    for _ in range(2):
        await ada.sends_file(content=sketch, media_group_id="7")
    await handled_while(world, telegram, lambda: settled(world) == 3)
    jobs = (await world.jobs()).values()
    assert [job.options for job in jobs] == [{"steps": "60"}] * 3


def settled(world: World) -> int:
    """How many updates the bot is through with."""
    path = make_url(world.settings.database).database
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
        asked = "SELECT count(*) FROM inbox WHERE done_at IS NOT NULL"
        return int(file.execute(asked).fetchone()[0])


@pytest.mark.parametrize(
    ("preview", "eyes", "first", "second"),
    [
        ("tests.fakes.roles:GatedPreview", EYES, JobStatus.RUNNING, JobStatus.QUEUED),
        (PREVIEW, "tests.fakes.roles:PatientEncoder", JobStatus.RENDERED, JobStatus.RENDERED),
    ],
    ids=["running and queued", "rendered"],
)
@pytest.mark.slow
async def test_killed_in_each_state_every_card_gets_its_clip(
    world: World,
    telegram: FakeTelegram,
    ada: Person,
    preview: str,
    eyes: str,
    first: JobStatus,
    second: JobStatus,
) -> None:
    with world.bot(preview, eyes) as bot:
        for _ in range(2):
            await ada.sends_file(content=world.sketch().read_bytes())
        await until(lambda: settled(world) == 2)
        async with asyncio.timeout(GUARD_S):
            while sorted(await world.statuses()) != sorted([first, second]):
                await asyncio.sleep(0.02)
        await kill(bot)
    world.gate.touch()
    with world.bot(preview, eyes):
        await world.until_statuses(JobStatus.DELIVERED)
    assert [shown.kind for shown in telegram.chats.of(ADA)] == ["video", "video"]
    assert len(await world.usage()) == 2


async def test_a_question_is_answered_after_a_kill(world: World, telegram: FakeTelegram) -> None:
    ada, ben = Person(telegram, chat=group()), Person(telegram, id=12, name="Ben", chat=group())
    with world.bot(PREVIEW, EYES) as bot:
        drawn = await ben.sends_file(content=world.sketch().read_bytes())
        await ada.says("/animate", reply_to_message=drawn)
        await until(lambda: settled(world) == 2)
        await kill(bot)
    (question,) = telegram.chats.of(GROUP)
    await ben.taps(question, "Yes, go ahead")
    await handled_while(world, telegram, lambda: question.kind == "video")
    assert telegram.chats.of(GROUP) == [question]


@pytest.mark.slow
async def test_buttons_outlive_a_kill(world: World, telegram: FakeTelegram, ada: Person) -> None:
    with world.bot(PREVIEW, EYES) as bot:
        await ada.sends_file(content=world.sketch().read_bytes())
        await until(lambda: bool(with_clip(telegram)))
        await world.until_statuses(JobStatus.DELIVERED)
        await kill(bot)
    (shown,) = with_clip(telegram)
    query = await ada.presses(shown, next(data for data in shown.buttons.values()))
    await handled_while(world, telegram, lambda: len(with_clip(telegram)) == 2)
    assert query in telegram.chats.answers
