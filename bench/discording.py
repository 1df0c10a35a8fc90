"""The same way as in `delivering`, from /animate on Discord to the clip there.

Both sides speak through discord.py to a Discord on loopback, which shares their core. The peer
answers the same command by the library alone and hands each picture through the same engine:
nothing is written down, nobody is asked whether they may, nothing outlives a crash.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
import psutil
from discord import Attachment, File, Intents, Interaction, app_commands

from adapters.db.database import Database
from adapters.db.migrate import migrate
from adapters.discord.client import Terms
from adapters.discord.frontend import DiscordFrontend
from adapters.discord.line import Line
from adapters.discord.uploads import Downloads
from bench.house import settings_of
from bench.sizes import Sizes
from bench.table import Figure, Sample, Table, percentile
from bot.app.house import furnish
from bot.asking.asking import make_request
from bot.clip import EncodeOrder, Renderer, RenderOrder
from bot.clock import SystemClock
from tests.fakes.discord.interaction import Interaction as Heard
from tests.fakes.discord.people import Place, joined, studio
from tests.fakes.discord.server import TOKEN, FakeDiscord, called_instead_of_discord
from tests.fakes.engine import FakeEngine

PEER = "discord.py alone"
SKETCH = b"a sketch" * 25_000
CLIPS = r"/messages/\d+$"


async def measure(sizes: Sizes, folder: Path) -> Table:
    taken: dict[str, list[list[float]]] = {"ours": [], "theirs": []}
    acknowledged: dict[str, list[list[float]]] = {"ours": [], "theirs": []}
    grown: dict[str, list[float]] = {"ours": [], "theirs": []}
    at_once = sizes.block // 2
    for number in range(sizes.rounds):
        for name, bot in (("ours", _house), ("theirs", _bare_bot)):
            async with FakeDiscord() as server:
                place = studio(server)
                with called_instead_of_discord(server.url):
                    async with bot(server, folder / f"{name}-{number}"):
                        await _seconds(server, place, 1)  # pays for what is made once
                        taken[name].append(await _seconds(server, place, sizes.jobs_a_round))
                        seconds, megabytes = await _burst(server, place, at_once)
                        acknowledged[name].append(seconds)
                        grown[name].append(megabytes)
    ours, theirs = taken["ours"], taken["theirs"]
    many = sizes.block * sizes.blocks
    after_many = await _after(many, sizes.block, folder / "many")
    return Table(
        "A picture on Discord",
        f"{sizes.rounds} × {sizes.jobs_a_round} pictures one after another, and {at_once} at once, "
        "of as many people, acknowledged as the server sees it; fake engine, SQLite file. Memory "
        f"is that of bot and server in one process; over {many:,} commands the server forgets.",
        [
            _figure("picture to clip, p50", _of(ours, 50), _of(theirs, 50)),
            _figure("picture to clip, p99", _of(ours, 99), _of(theirs, 99)),
            Figure(what="added, p50", ours=_added(ours, theirs, 50), aim="< 20 ms"),
            Figure(what="added, p99", ours=_added(ours, theirs, 99), aim="< 100 ms"),
            _figure(
                f"the last of {at_once} acknowledged",
                _last(acknowledged["ours"]),
                _last(acknowledged["theirs"]),
                aim="< 3,000 ms",
            ),
            # no ratio: what a process already had may be enough, and then it takes nothing
            Figure(what="memory that they took", ours=Sample.of(grown["ours"], "MB")),
            Figure(what=f"the same, {PEER}", ours=Sample.of(grown["theirs"], "MB")),
            Figure(what=f"memory that {many:,} commands took", ours=after_many),
        ],
    )


def _figure(what: str, ours: Sample, theirs: Sample, aim: str = "") -> Figure:
    return Figure(what=what, ours=ours, peer=PEER, theirs=theirs, aim=aim)


def _of(rounds: list[list[float]], percent: int) -> Sample:
    return Sample.of((percentile(one, percent) * 1e3 for one in rounds), "ms")


def _last(rounds: list[list[float]]) -> Sample:
    return Sample.of((max(one) * 1e3 for one in rounds), "ms")


def _added(ours: list[list[float]], theirs: list[list[float]], percent: int) -> Sample:
    pairs = zip(_of(ours, percent).values, _of(theirs, percent).values, strict=True)
    return Sample.of((max(one - other, 0.0) for one, other in pairs), "ms")


async def _seconds(server: FakeDiscord, place: Place, pictures: int) -> list[float]:
    taken = []
    for number in range(pictures):
        person = joined(server, place, f"person-{number}")
        clips = _clips(server)
        started = time.perf_counter()
        await person.slash(place, "animate", SKETCH)
        while _clips(server) == clips:
            await asyncio.sleep(0.0005)
        taken.append(time.perf_counter() - started)
        server.requests.clear()
    return taken


async def _burst(server: FakeDiscord, place: Place, at_once: int) -> tuple[list[float], float]:
    """Seconds until each is acknowledged, and megabytes that this process has grown by once all
    have their clips."""
    process, clips = psutil.Process(), _clips(server)
    before = process.memory_info().rss
    people = [joined(server, place, f"crowd-{number}") for number in range(at_once)]
    asked = [await person.slash(place, "animate", SKETCH) for person in people]
    while _clips(server) < clips + at_once:
        await asyncio.sleep(0.005)
    grown = max(process.memory_info().rss - before, 0) / 1e6
    return [_waited_s(one) for one in asked], grown


async def _after(commands: int, block: int, folder: Path) -> Sample:
    """Megabytes that this process has grown by since the first block of them."""
    process = psutil.Process()
    async with FakeDiscord() as server:
        place = studio(server)
        person = joined(server, place, "ada")
        with called_instead_of_discord(server.url):
            async with _house(server, folder):
                sizes = []
                for _ in range(commands // block):
                    asked = [await person.slash(place, "privacy") for _ in range(block)]
                    await server.until(lambda asked=asked: all(_is_told(one) for one in asked))
                    server.forget()
                    sizes.append(process.memory_info().rss / 1e6)
    return Sample.of([max(sizes[-1] - sizes[0], 0.0)], "MB")


def _is_told(asked: Heard) -> bool:
    return asked.original is not None and bool(asked.original["content"])


def _clips(server: FakeDiscord) -> int:
    return sum(bool(each.files) for each in server.requests)


def _waited_s(asked: Heard) -> float:
    assert asked.answered_at is not None, "a clip came, and nobody had been answered"
    return asked.answered_at - asked.asked_at


@asynccontextmanager
async def _house(server: FakeDiscord, folder: Path) -> AsyncIterator[None]:
    folder.mkdir(parents=True)
    settings = settings_of(folder)
    await asyncio.to_thread(migrate, settings.database)
    terms = Terms(downloads=Downloads(hosts=frozenset({"127.0.0.1"})))
    frontend = DiscordFrontend(Line(TOKEN), SystemClock(), terms)
    database = Database(settings.database)
    async with furnish(settings, [frontend.messenger], FakeEngine(), "bench", database) as house:
        work = asyncio.create_task(house.work())
        chat = asyncio.create_task(frontend.serve(house.service))
        await server.until(lambda: server.gateway.sessions)
        try:
            yield
        finally:
            chat.cancel()
            house.dispatcher.stop()
            await asyncio.gather(chat, work, return_exceptions=True)


@asynccontextmanager
async def _bare_bot(server: FakeDiscord, folder: Path) -> AsyncIterator[None]:
    folder.mkdir(parents=True)
    engine, asked = FakeEngine(), make_request({}).request
    client = discord.Client(intents=Intents(guilds=True))
    tree = app_commands.CommandTree(client)

    @tree.command(name="animate", description="Animate")
    async def animate(interaction: Interaction[Any], image: Attachment) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        upload = folder / f"{interaction.id}.png"
        await asyncio.to_thread(upload.write_bytes, await image.read())
        channel = client.get_partial_messageable(interaction.channel_id or 0)
        card = await channel.send("queued", nonce=interaction.id)
        await interaction.edit_original_response(content=card.jump_url)
        order = RenderOrder(
            job_id=str(interaction.id),
            renderer=Renderer.PREVIEW,
            picture=upload,
            folder=folder,
            request=asked,
            width=512,
            height=512,
        )
        clip = await engine.render(order, lambda _: None)
        target = folder / f"{interaction.id}.mp4"
        await engine.encode(clip, EncodeOrder(format=asked.format, target=target))
        await card.edit(content="done", attachments=[File(target)])

    async with client:
        await client.login(TOKEN)
        await tree.sync()
        serving = asyncio.create_task(client.connect())
        await server.until(lambda: server.gateway.sessions)
        yield
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
