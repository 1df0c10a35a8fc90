"""The same way as in `delivering`, from a picture in a Telegram chat to its clip there.

Both sides speak through python-telegram-bot to a Bot API server on loopback, which shares their
core. The peer hands each picture through the same engine by the library's own Application and
handlers: nothing is written down, nobody is asked whether they may, nothing outlives a crash.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
from telegram import InputMediaVideo, Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from adapters.db.database import Database
from adapters.db.inbox import SqlInboxStore, SqlTipStore
from adapters.db.migrate import migrate
from adapters.db.moved import SqlMovedStore
from adapters.telegram.client import Access
from adapters.telegram.frontend import Kept, TelegramFrontend
from bench.house import settings_of
from bench.sizes import Sizes
from bench.table import Figure, Sample, Table, percentile
from bot.app.house import furnish
from bot.asking.asking import make_request
from bot.clip import EncodeOrder, Renderer, RenderOrder
from bot.clock import SystemClock
from tests.fakes.engine import FakeEngine
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.server import TOKEN, FakeTelegram, serving

PEER = "python-telegram-bot's Application"
SKETCH = b"a sketch" * 25_000
FIRST_PERSON = 1000


async def measure(sizes: Sizes, folder: Path) -> Table:
    ours: list[list[float]] = []
    theirs: list[list[float]] = []
    bursts: dict[str, list[float]] = {"ours": [], "theirs": []}
    grown: dict[str, list[float]] = {"ours": [], "theirs": []}
    for number in range(sizes.rounds):
        for name, bot, taken in (("ours", _house, ours), ("theirs", _bare_bot, theirs)):
            async with (
                serving(FakeTelegram()) as telegram,
                bot(telegram, folder / f"{name}-{number}"),
            ):
                await _seconds(telegram, 1)  # pays for what is made once
                taken.append(await _seconds(telegram, sizes.jobs_a_round))
                seconds, megabytes = await _burst(telegram, sizes.block)
                bursts[name].append(seconds)
                grown[name].append(megabytes)
    return Table(
        "A picture on Telegram",
        f"{sizes.rounds} × {sizes.jobs_a_round} pictures one after another, and {sizes.block} "
        "commands at once, of as many people; fake engine, SQLite file, flood limits off.",
        [
            _figure("picture to clip, p50", _of(ours, 50), _of(theirs, 50)),
            _figure("picture to clip, p99", _of(ours, 99), _of(theirs, 99)),
            Figure(what="added, p50", ours=_added(ours, theirs, 50), aim="< 20 ms"),
            Figure(what="added, p99", ours=_added(ours, theirs, 99), aim="< 100 ms"),
            _figure(
                f"{sizes.block} updates answered",
                Sample.of(bursts["ours"], "s"),
                Sample.of(bursts["theirs"], "s"),
            ),
            _figure(
                "memory that they took",
                Sample.of(grown["ours"], "MB"),
                Sample.of(grown["theirs"], "MB"),
            ),
        ],
    )


def _figure(what: str, ours: Sample, theirs: Sample) -> Figure:
    return Figure(what=what, ours=ours, peer=PEER, theirs=theirs)


def _of(rounds: list[list[float]], percent: int) -> Sample:
    return Sample.of((percentile(one, percent) * 1e3 for one in rounds), "ms")


def _added(ours: list[list[float]], theirs: list[list[float]], percent: int) -> Sample:
    pairs = zip(_of(ours, percent).values, _of(theirs, percent).values, strict=True)
    return Sample.of((max(one - other, 0.0) for one, other in pairs), "ms")


async def _seconds(telegram: FakeTelegram, pictures: int) -> list[float]:
    taken = []
    for number in range(pictures):
        person = Person(telegram, id=FIRST_PERSON + number)
        clips = len(telegram.of("editMessageMedia"))
        started = time.perf_counter()
        await person.sends_file(content=SKETCH)
        while len(telegram.of("editMessageMedia")) == clips:
            await asyncio.sleep(0.0005)
        taken.append(time.perf_counter() - started)
    return taken


async def _burst(telegram: FakeTelegram, updates: int) -> tuple[float, float]:
    """Seconds until all are answered, and megabytes that this process has grown by."""
    process = psutil.Process()
    before, answered = process.memory_info().rss, len(telegram.of("sendMessage"))
    started = time.perf_counter()
    for number in range(updates):
        await Person(telegram, id=FIRST_PERSON + number).says("/privacy")
    while len(telegram.of("sendMessage")) < answered + updates:
        await asyncio.sleep(0.005)
    seconds = time.perf_counter() - started
    return seconds, max(process.memory_info().rss - before, 0) / 1e6


@asynccontextmanager
async def _house(telegram: FakeTelegram, folder: Path) -> AsyncIterator[None]:
    folder.mkdir(parents=True)
    settings = settings_of(folder)
    await asyncio.to_thread(migrate, settings.database)
    database = Database(settings.database)
    frontend = TelegramFrontend(
        Access(token=TOKEN, base_url=telegram.url, messages_per_s=0),
        Kept(SqlInboxStore(database), SqlTipStore(database), SqlMovedStore(database)),
        SystemClock(),
    )
    engine = FakeEngine()
    async with furnish(settings, [frontend.messenger], engine, "bench", database) as house:
        work = asyncio.create_task(house.work())
        chat = asyncio.create_task(frontend.serve(house.service))
        try:
            yield
        finally:
            chat.cancel()
            house.dispatcher.stop()
            await asyncio.gather(chat, work, return_exceptions=True)


@asynccontextmanager
async def _bare_bot(telegram: FakeTelegram, folder: Path) -> AsyncIterator[None]:
    folder.mkdir(parents=True)
    engine, asked = FakeEngine(), make_request({})

    async def picture(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        assert message is not None and message.document is not None
        card = await message.reply_text("queued")
        upload = folder / f"{message.message_id}.png"
        await (await message.document.get_file()).download_to_drive(upload)
        seen = await engine.inspect(upload, folder)
        order = RenderOrder(
            job_id=str(message.message_id),
            renderer=Renderer.PREVIEW,
            picture=seen.picture,
            folder=folder,
            request=asked.request,
            width=seen.width,
            height=seen.height,
        )
        clip = await engine.render(order, lambda news: None)
        target = folder / "clip.mp4"
        await engine.encode(clip, EncodeOrder(format=asked.request.format, target=target))
        await card.edit_media(InputMediaVideo(target.read_bytes(), caption="done"))

    async def words(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message is not None
        await update.effective_message.reply_text("Nothing is kept.")

    builder = Application.builder().token(TOKEN).base_url(f"{telegram.url}/bot")
    app = builder.base_file_url(f"{telegram.url}/file/bot").concurrent_updates(True).build()
    app.add_handler(MessageHandler(filters.Document.ALL, picture))
    app.add_handler(MessageHandler(filters.TEXT, words))
    async with app:
        assert app.updater is not None
        await app.start()
        await app.updater.start_polling()
        try:
            yield
        finally:
            await app.updater.stop()
            await app.stop()
