"""A Discord on loopback, a sketchy card and a small clip."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.card import Action, Button, Card, CardState
from bot.clip import ClipFile
from bot.request import ClipFormat
from tests.adapters.discord.harness import OnDiscord

JOB = "0000000000000000aa"


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[OnDiscord]:
    async with OnDiscord(tmp_path) as chat:
        yield chat


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
