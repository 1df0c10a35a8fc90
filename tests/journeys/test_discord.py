"""Sketches through Discord, with real workers: drawn, uploaded, and never lost to a kill -9."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from bot.app.house import House, open_house
from bot.clip import FPS, ClipFile
from bot.job import JobStatus
from bot.measurement import Eye, Verdict
from bot.request import ClipFormat
from engine.eyes.expression import measure
from engine.eyes.face import FaceMesh
from tests.engine.video.readers import frames_of
from tests.fakes.discord.people import joined, studio
from tests.fakes.discord.server import TOKEN, FakeDiscord, called_instead_of_discord
from tests.journeys.command import SKETCH
from tests.journeys.discord_process import loopback_frontend
from tests.journeys.world import World, alive, until

WITH_CLIP = r"/messages/\d+$"
REAL = {"preview": "engine.preview.role:Preview", "eyes": "engine.eyes.role:Eyes"}
QUICK = {
    "preview": "tests.fakes.roles:InstantPreview",
    "eyes": "tests.fakes.roles:InstantEyes",
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, env={"ALLOWED_PLACES": "*", "DISCORD_TOKEN": TOKEN})


@pytest.fixture
async def server() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as server:
        yield server


@asynccontextmanager
async def bot_in_this_process(world: World, server: FakeDiscord) -> AsyncIterator[House]:
    frontend = loopback_frontend(TOKEN)
    with called_instead_of_discord(server.url):
        async with (
            open_house(world.settings, [frontend.messenger], instance="bot-0", roles=REAL) as house,
            house.at_work(),
        ):
            serving = asyncio.create_task(frontend.serve(house.service))
            await server.until(lambda: server.gateway.sessions)
            yield house
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


@contextmanager
def bot_of_its_own(world: World, server: FakeDiscord) -> Iterator[psutil.Process]:
    roles = [f"{role}={path}" for role, path in QUICK.items()]
    command = [sys.executable, "-m", "tests.journeys.discord_process", server.url, *roles]
    with subprocess.Popen(command, env=os.environ | world.variables) as process:
        try:
            yield psutil.Process(process.pid)
        finally:
            process.kill()


def downloaded(server: FakeDiscord, file: dict[str, Any], to: Path) -> ClipFile:
    """The clip as anybody in the channel can save it."""
    to.write_bytes(server.download(file["url"]))
    return ClipFile(path=to, format=ClipFormat.MP4, size_bytes=file["size"], width=448, height=560)


def card_of(server: FakeDiscord) -> dict[str, Any]:
    mine = [each for each in server.rest.messages.values() if each["author"]["bot"]]
    (card,) = [each for each in mine if "message_reference" not in each]
    return card


async def test_a_sketch_goes_in_and_a_clip_that_blinks_comes_out(
    world: World, server: FakeDiscord
) -> None:
    place = studio(server)
    ada = joined(server, place, "ada")
    async with bot_in_this_process(world, server):
        await ada.slash(place, "animate", SKETCH.read_bytes(), res=512, seed=7)
        await server.until(lambda: server.sent("PATCH", WITH_CLIP))
        await world.until_statuses(JobStatus.DELIVERED)
    (file,) = card_of(server)["attachments"]
    (job,) = (await world.jobs()).values()
    assert file["filename"] == f"sketchlife-{job.id}.mp4"
    seen = measure(frames_of(downloaded(server, file, world.root / "clip.mp4")), FPS, FaceMesh())
    assert seen.verdict is Verdict.FINE
    assert Eye.BOTH in {blink.eye for blink in seen.blinks}


async def test_killed_between_the_upload_and_the_row_that_says_delivered(
    world: World, server: FakeDiscord
) -> None:
    place = studio(server)
    ada = joined(server, place, "ada")
    let_go = server.hold("PATCH", WITH_CLIP, with_files=True)
    with bot_of_its_own(world, server) as bot:
        await server.until(lambda: server.gateway.sessions)
        await ada.slash(place, "animate", SKETCH.read_bytes(), res=512, frames=5)
        await server.until(lambda: server.held)
        family = [bot, *bot.children(recursive=True)]
        bot.kill()
        await until(lambda: not alive(family))
    assert await world.statuses() == [JobStatus.RENDERED]
    let_go.set()

    with bot_of_its_own(world, server):
        await world.until_statuses(JobStatus.DELIVERED)
    assert len(card_of(server)["attachments"]) == 1
    assert len(await world.usage()) == 1
