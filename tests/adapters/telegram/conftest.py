"""The real client against a Bot API server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.telegram.client import CLOUD_UP, Access, Client, open_client
from adapters.telegram.groups import Groups
from adapters.telegram.messenger import TelegramMessenger
from bot.card import Action, Button, Card, CardState
from bot.clip import ClipFile
from bot.origin import Origin
from bot.request import ClipFormat
from tests.adapters.telegram.bot import Bot
from tests.fakes.clock import FakeClock
from tests.fakes.house import FakeHouse
from tests.fakes.inbox import FakeMovedStore
from tests.fakes.telegram.server import TOKEN, FakeTelegram, serving

JOB = "0000000000000000aa"
ADA, GROUP = 11, -1001234


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    """What the bot asked of it is what the published schema knows, in every test."""
    async with serving(FakeTelegram()) as fake:
        yield fake
    assert fake.faults == []
    for call in fake.calls:
        if call.method in ("sendMessage", "editMessageText"):
            shown = call.params["link_preview_options"]
            assert shown == {"is_disabled": True}, "what people write leads nowhere"


@pytest.fixture
async def client(telegram: FakeTelegram) -> AsyncIterator[Client]:
    async with open_client(Access(token=TOKEN, base_url=telegram.url), flood_retries=1) as client:
        yield client


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def bot(telegram: FakeTelegram, tmp_path: Path) -> Bot:
    """With the usual rules; what wants others has a fixture of its own by this name."""
    return Bot(telegram, tmp_path)


@pytest.fixture
async def house(bot: Bot) -> AsyncIterator[FakeHouse]:
    """In which the bot is at work."""
    async with bot.running() as house:
        yield house


@pytest.fixture
def messenger(client: Client, clock: FakeClock) -> TelegramMessenger:
    return TelegramMessenger(client, Groups(FakeMovedStore(), clock), CLOUD_UP, clock)


@pytest.fixture
def private() -> Origin:
    return Origin(
        platform="telegram", place=str(ADA), person=str(ADA), person_name="Ada", private=True
    )


@pytest.fixture
def group() -> Origin:
    return Origin(platform="telegram", place=str(GROUP), person=str(ADA), person_name="Ada")


@pytest.fixture
def queued() -> Card:
    return Card(
        job_id=JOB,
        state=CardState.QUEUED,
        locale="en",
        title="Waiting",
        lines=("Number 1 in the queue",),
        buttons=(Button(Action.CANCEL, "Cancel"),),
    )


@pytest.fixture
def done(queued: Card, tmp_path: Path) -> Card:
    return replace(
        queued,
        state=CardState.DONE,
        title="Your sketch is alive",
        lines=("Seed 42",),
        clip=a_clip(tmp_path),
        buttons=(Button(Action.AGAIN, "Again"), Button(Action.LOOP, "Loop")),
    )


def a_clip(folder: Path, clip_format: ClipFormat = ClipFormat.MP4) -> ClipFile:
    path = folder / f"made.{clip_format.value}"
    path.write_bytes(b"clip")
    if clip_format is ClipFormat.MP4:
        path.with_suffix(".jpg").write_bytes(b"poster")
    return ClipFile(
        path=path, format=clip_format, size_bytes=4, width=656, height=816, seconds=6.125
    )
