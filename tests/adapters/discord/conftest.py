"""Two Discords, one on loopback and one simulated; a card, and a small clip."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from simcord.env import Env

from adapters.discord.client import SketchClient
from adapters.discord.messenger import DiscordMessenger
from bot.card import Action, Button, Card, CardState
from bot.clip import ClipFile
from bot.door.rules import HouseRules
from bot.request import ClipFormat
from tests.adapters.discord.harness import OnDiscord
from tests.adapters.discord.sim import GUILD, Sim, client_of
from tests.adapters.discord.wire import Wire, connected
from tests.fakes.clock import FakeClock
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.engine import FakeEngine
from tests.fakes.house import FakeHouse, furnish
from tests.fakes.media import FakeMedia
from tests.fakes.stores import FakeJobStore

JOB = "0000000000000000aa"


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[OnDiscord]:
    async with OnDiscord(tmp_path) as chat:
        yield chat


@pytest.fixture
async def wire(tmp_path: Path) -> AsyncIterator[Wire]:
    async with connected(tmp_path, FakeDiscord()) as wire:
        yield wire


@pytest.fixture
def rules() -> HouseRules:
    """For tests to override."""
    return HouseRules()


@pytest.fixture
def sees_all() -> bool:
    """Whether the message content intent is switched on; for tests to override."""
    return True


@pytest.fixture
def messenger() -> DiscordMessenger:
    return DiscordMessenger()


@pytest.fixture
def house(tmp_path: Path, messenger: DiscordMessenger, rules: HouseRules) -> FakeHouse:
    media = FakeMedia(tmp_path / "jobs")
    return furnish(tmp_path, FakeClock(), FakeEngine(), FakeJobStore(), messenger, media, rules)


@pytest.fixture
def simcord_bot(house: FakeHouse, sees_all: bool) -> SketchClient:
    return client_of(house, sees_all)


@pytest.fixture
def sim(
    simcord_env: Env, simcord_bot: SketchClient, house: FakeHouse, messenger: DiscordMessenger
) -> Sim:
    messenger.use(simcord_bot)
    guild = simcord_env.create_guild("studio", id=GUILD)
    ada, ben = (guild.add_member(simcord_env.create_user(name)) for name in ("ada", "ben"))
    channels = [guild.create_text_channel(name) for name in ("sketches", "back-room")]
    return Sim(simcord_env, house, messenger, *channels, ada, ben)


@pytest.fixture
def queued() -> Card:
    return Card(
        job_id=JOB,
        state=CardState.QUEUED,
        locale="en",
        title="Waiting",
        lines=("Number 2 in the queue",),
        buttons=(Button(Action.CANCEL, "Cancel"),),
    )


@pytest.fixture
def clip(tmp_path: Path) -> ClipFile:
    path = tmp_path / "made.mp4"
    path.write_bytes(b"clip")
    return ClipFile(path=path, format=ClipFormat.MP4, size_bytes=4, width=16, height=16)


@pytest.fixture
def done(queued: Card, clip: ClipFile) -> Card:
    return replace(queued, state=CardState.DONE, title="Done", clip=clip)
