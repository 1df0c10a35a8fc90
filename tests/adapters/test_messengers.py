"""What every Messenger owes the core; a platform's adapter joins by adding its harness."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from adapters.terminal.messenger import TerminalMessenger
from bot.card import Card, CardState
from bot.clip import ClipFile
from bot.errors import CardGoneError, MessengerError, TooLargeError
from bot.origin import Origin
from bot.ports import Messenger
from bot.request import ClipFormat
from tests.adapters.discord.harness import OnDiscord
from tests.adapters.telegram.harness import OnTelegram
from tests.adapters.web.harness import OnWeb
from tests.fakes.messenger import FakeMessenger, FolderMessenger

JOB = "0000000000000000aa"


class Harness(Protocol):
    messenger: Messenger
    origin: Origin

    def visible(self) -> list[str]:
        """The states of all cards that a person sees."""

    def clip_bytes(self) -> bytes | None:
        """The clip as the person got it."""


class InMemory:
    def __init__(self, folder: Path) -> None:
        self.messenger = FakeMessenger()
        self.origin = Origin(platform="fake", place="p", person="ada")

    def visible(self) -> list[str]:
        return [card.state.value for card in self.messenger.of_job(JOB)]

    def clip_bytes(self) -> bytes | None:
        clips = [card.clip for card in self.messenger.of_job(JOB) if card.clip]
        return clips[0].path.read_bytes() if clips else None


class InFolder:
    def __init__(self, folder: Path) -> None:
        self.messenger = FolderMessenger(folder / "chat")
        self.origin = Origin(platform="folder", place="p", person="ada")

    def visible(self) -> list[str]:
        return list(self.messenger.states().values())

    def clip_bytes(self) -> bytes | None:
        path = self.messenger.root / f"{JOB}.mp4"
        return path.read_bytes() if path.exists() else None


class OnTerminal:
    def __init__(self, folder: Path) -> None:
        self.screen = io.StringIO()
        self.messenger = TerminalMessenger("terminal-0", self.screen)
        self.target = folder / "out" / "clip.mp4"
        self.origin = Origin(platform="terminal-0", place=str(self.target), person="ada")

    def visible(self) -> list[str]:
        return [line.split()[0] for line in self.screen.getvalue().splitlines()[-1:]]

    def clip_bytes(self) -> bytes | None:
        return self.target.read_bytes() if self.target.exists() else None


@pytest.fixture(params=[InMemory, InFolder, OnTerminal, OnDiscord, OnTelegram, OnWeb])
async def chat(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Harness]:
    harness = request.param(tmp_path)
    async with harness if hasattr(harness, "__aenter__") else nullcontext():
        yield harness


@pytest.fixture
def queued() -> Card:
    return Card(job_id=JOB, state=CardState.QUEUED, locale="en", title="queued")


@pytest.fixture
def done(queued: Card, tmp_path: Path) -> Card:
    path = tmp_path / "made.mp4"
    path.write_bytes(b"clip")
    clip = ClipFile(path=path, format=ClipFormat.MP4, size_bytes=4, width=16, height=16)
    return replace(queued, state=CardState.DONE, title="done", clip=clip)


async def test_a_posted_card_can_be_edited_by_its_reference(chat: Harness, queued: Card) -> None:
    ref = await chat.messenger.post(chat.origin, queued, nonce=JOB)
    running = replace(queued, state=CardState.RUNNING, title="running")
    await chat.messenger.edit(chat.origin, ref, running)
    assert chat.visible() == ["running"]


async def test_the_same_nonce_shows_one_message(chat: Harness, queued: Card) -> None:
    refs = {await chat.messenger.post(chat.origin, queued, nonce=JOB) for _ in range(2)}
    assert len(refs) == 1
    assert chat.visible() == ["queued"]


async def test_the_clip_arrives_by_editing_the_card(
    chat: Harness, queued: Card, done: Card
) -> None:
    ref = await chat.messenger.post(chat.origin, queued, nonce=JOB)
    await chat.messenger.edit(chat.origin, ref, done)
    assert chat.visible() == ["done"]
    assert chat.clip_bytes() == b"clip"


async def test_delivering_twice_shows_it_once(chat: Harness, queued: Card, done: Card) -> None:
    ref = await chat.messenger.post(chat.origin, queued, nonce=JOB)
    for _ in range(2):
        await chat.messenger.edit(chat.origin, ref, done)
    assert chat.visible() == ["done"]
    assert chat.clip_bytes() == b"clip"


async def test_a_mention_leaves_the_card_as_it_is(chat: Harness, queued: Card, done: Card) -> None:
    ref = await chat.messenger.post(chat.origin, queued, nonce=JOB)
    await chat.messenger.edit(chat.origin, ref, done)
    await chat.messenger.mention(chat.origin, ref, "done: your clip")
    assert chat.visible() in (["done"], ["done:"])
    assert chat.clip_bytes() == b"clip"


async def test_a_removed_card_shows_no_clip_and_can_be_removed_again(
    chat: Harness, queued: Card, done: Card
) -> None:
    ref = await chat.messenger.post(chat.origin, queued, nonce=JOB)
    await chat.messenger.edit(chat.origin, ref, done)
    instead = replace(queued, state=CardState.DELETED, title="deleted")
    for _ in range(2):
        await chat.messenger.remove(chat.origin, ref, instead)
    assert chat.visible() in ([], ["deleted"])


async def test_only_messenger_errors_come_out(chat: Harness, queued: Card) -> None:
    """In private, the terminal has nobody to reach: that too is said in the port's own words."""
    try:
        ref = await chat.messenger.post_direct(chat.origin, queued, nonce=JOB)
    except MessengerError:
        return
    assert ref


@pytest.mark.parametrize("harness", [InMemory, InFolder])
async def test_a_deleted_card_says_so(
    harness: type[InMemory] | type[InFolder], tmp_path: Path, queued: Card
) -> None:
    chat = harness(tmp_path)
    with pytest.raises(CardGoneError):
        await chat.messenger.edit(chat.origin, "never-posted", queued)


async def test_a_fake_that_keeps_all_shows_what_is_said_instead(queued: Card, done: Card) -> None:
    messenger = FakeMessenger(keeps_all=True)
    origin = Origin(platform="fake", place="p", person="ada")
    ref = await messenger.post(origin, done, nonce=JOB)
    instead = replace(queued, state=CardState.DELETED, title="deleted")
    await messenger.remove(origin, ref, instead)
    assert messenger.of_job(JOB) == [instead]
    await messenger.remove(origin, "never-posted", instead)
    assert messenger.of_job(JOB) == [instead]


async def test_a_clip_beyond_the_limit_is_refused_with_the_limit(done: Card) -> None:
    messenger = FakeMessenger(limit_bytes=3)
    origin = Origin(platform="fake", place="p", person="ada")
    with pytest.raises(TooLargeError) as refusal:
        await messenger.post(origin, done, nonce=JOB)
    assert refusal.value.limit_bytes == 3


async def test_a_terminal_that_cannot_write_the_clip_says_the_place_is_gone(
    tmp_path: Path, done: Card
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    origin = Origin(platform="terminal-0", place=str(blocked / "clip.mp4"), person="ada")
    with pytest.raises(MessengerError, match="terminal-no-place"):
        await TerminalMessenger("terminal-0", io.StringIO()).edit(origin, JOB, done)
