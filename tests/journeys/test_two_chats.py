"""One bot on Discord and on Telegram: one queue, fair to both, and neither stops the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.telegram.client import Access
from adapters.telegram.frontend import Kept, TelegramFrontend
from bot.app.house import House, open_house
from bot.clock import SystemClock
from bot.frontends import Frontend, serve_all
from bot.job import JobStatus
from tests.fakes.discord.people import joined, studio
from tests.fakes.discord.server import TOKEN as DISCORD_TOKEN
from tests.fakes.discord.server import FakeDiscord, called_instead_of_discord
from tests.fakes.inbox import FakeInboxStore, FakeMovedStore, FakeTipStore
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.server import TOKEN, FakeTelegram, serving
from tests.journeys.discord_process import loopback_frontend
from tests.journeys.world import World, until

ADA = 11
ROLES = {
    "preview": "tests.fakes.roles:GatedPreview",
    "eyes": "tests.fakes.roles:InstantEyes",
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, env={"ALLOWED_PLACES": "*"})


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as server:
        with called_instead_of_discord(server.url):
            yield server


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with serving(FakeTelegram()) as fake:
        yield fake


def on_telegram(telegram: FakeTelegram, token: str = TOKEN) -> TelegramFrontend:
    return TelegramFrontend(
        Access(token=token, base_url=telegram.url),
        Kept(FakeInboxStore(), FakeTipStore(), FakeMovedStore()),
        SystemClock(),
    )


@asynccontextmanager
async def bot_on(world: World, *chats: Frontend) -> AsyncIterator[House]:
    messengers = [chat.messenger for chat in chats]
    async with (
        open_house(world.settings, messengers, instance="bot-0", roles=ROLES) as house,
        house.at_work(),
    ):
        serving_all = asyncio.create_task(serve_all(chats, house.service, SystemClock()))
        try:
            yield house
        finally:
            serving_all.cancel()
            await asyncio.gather(serving_all, return_exceptions=True)


async def platforms_as_claimed(world: World) -> Sequence[str]:
    jobs = (await world.jobs()).values()
    claimed = sorted((job.claimed_at, job.origin.platform) for job in jobs if job.claimed_at)
    return [platform for _, platform in claimed]


async def test_people_of_both_take_turns_in_one_queue(
    world: World, discord: FakeDiscord, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in world.variables.items():
        monkeypatch.setenv(name, value)
    place = studio(discord)
    ben = joined(discord, place, "ben")
    ada = Person(telegram)
    sketch = world.sketch().read_bytes()
    async with bot_on(world, loopback_frontend(DISCORD_TOKEN), on_telegram(telegram)):
        await discord.until(lambda: discord.gateway.sessions)
        for _ in range(3):
            await ada.sends_file(content=sketch)
        await until(lambda: len(telegram.chats.of(ADA)) == 3)
        await ben.slash(place, "animate", sketch)
        await discord.until(lambda: discord.sent("POST", r"/messages$"))
        world.gate.touch()
        await world.until_statuses(JobStatus.DELIVERED)
    assert await platforms_as_claimed(world) == ["telegram", "discord", "telegram", "telegram"]


async def test_a_chat_that_cannot_log_in_leaves_the_other_alone(
    world: World, discord: FakeDiscord, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in world.variables.items():
        monkeypatch.setenv(name, value)
    world.gate.touch()
    place = studio(discord)
    ben = joined(discord, place, "ben")
    wrong = on_telegram(telegram, token="4242:" + "B" * 35)
    async with bot_on(world, wrong, loopback_frontend(DISCORD_TOKEN)):
        await discord.until(lambda: discord.gateway.sessions)
        await ben.slash(place, "animate", world.sketch().read_bytes())
        await discord.until(lambda: discord.sent("POST", r"/messages$"))
        await world.until_statuses(JobStatus.DELIVERED)
    assert await platforms_as_claimed(world) == ["discord"]
