"""The terminal as a chat: one line that is redrawn, then the clip as a file where it was asked."""

from __future__ import annotations

import asyncio
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from bot.card import Card, CardState
from bot.clip import ClipFile
from bot.errors import PlaceGoneError
from bot.origin import Origin

BAR_WIDTH = 30
UNDER_WAY = (CardState.QUEUED, CardState.RUNNING, CardState.FINISHING)
AFTERWARDS = (CardState.HIDDEN, CardState.DELETED, CardState.GONE)


class TerminalMessenger:
    """Implements `bot.ports.Messenger`; an origin's `place` is the path where the clip goes.

    Each running command is a platform of its own (`terminal-0`), since nobody but the process
    that a person looks at can tell that person anything.

    What is under way is drawn on `screen`: over itself on a terminal, elsewhere as a line per
    change of state and per quarter of the way. The clip's file is replaced in one step, so
    delivering twice is harmless.
    """

    def __init__(self, platform: str, screen: TextIO) -> None:
        self.platform = platform
        self._screen = screen
        self._live = screen.isatty()
        self._drawn: dict[str, tuple[CardState, int]] = {}
        self._ended: dict[str, asyncio.Future[Card]] = {}

    def connected(self) -> bool:
        return True

    def edit_interval_s(self, origin: Origin) -> float:
        return 0.1

    async def ended(self, job_id: str) -> Card:
        """Wait for the card that ends the job; its clip's path is where the person finds it."""
        return await asyncio.shield(self._future(job_id))  # a wait given up ends no job

    async def post(self, origin: Origin, card: Card, nonce: str) -> str:
        await self.edit(origin, nonce, card)
        return nonce

    async def edit(self, origin: Origin, ref: str, card: Card) -> None:
        if card.state in AFTERWARDS and ref not in self._drawn:
            return  # an earlier command's, and nothing for this one's screen
        if card.clip is not None and not card.clip_stays:
            clip = await asyncio.to_thread(_hand_over, card.clip, Path(origin.place))
            card = replace(card, clip=clip)
        self._draw(ref, card)
        if card.state not in UNDER_WAY:
            self._end(ref, card)

    async def mention(self, origin: Origin, ref: str, text: str) -> None:
        self._screen.write(f"\a{text}\n" if self._live else f"{text}\n")
        self._screen.flush()

    async def post_direct(self, origin: Origin, card: Card, nonce: str) -> str:
        """Where the clip can't be written it stays in the job's folder, and the card says so."""
        self._draw(nonce, card)
        self._end(nonce, card)
        return nonce

    async def remove(self, origin: Origin, ref: str, instead: Card) -> None:
        """What was written on a terminal stays; the clip's file is the person's own."""
        await self.edit(origin, ref, instead)

    def scrolled_away(self, origin: Origin, ref: str) -> bool:
        return False

    def size_limit(self, origin: Origin) -> int | None:
        return None

    def place_name(self, community: str) -> str:
        return ""

    def _end(self, job_id: str, card: Card) -> None:
        if not self._future(job_id).done():
            self._future(job_id).set_result(card)

    def _future(self, job_id: str) -> asyncio.Future[Card]:
        if job_id not in self._ended:
            self._ended[job_id] = asyncio.get_running_loop().create_future()
        return self._ended[job_id]

    def _draw(self, ref: str, card: Card) -> None:
        ended = card.state not in UNDER_WAY
        news = (card.state, 4 * card.progress.step // card.progress.of if card.progress else 0)
        if self._live:
            self._screen.write(f"\r\x1b[2K{_line(card)}" + ("\n" if ended else ""))
        elif self._drawn.get(ref) != news:
            self._screen.write(f"{_line(card)}\n")
        self._drawn[ref] = news
        self._screen.flush()


def _line(card: Card) -> str:
    if card.progress is None:
        return " · ".join([card.title, *card.lines[:1]]) if card.lines else card.title
    done = BAR_WIDTH * card.progress.step // max(card.progress.of, 1)
    bar = "█" * done + "░" * (BAR_WIDTH - done)
    return f"{card.title} {bar} {card.progress.step}/{card.progress.of}"


def _hand_over(clip: ClipFile, target: Path) -> ClipFile:
    """Copy the clip to where it was asked. Raises `PlaceGoneError` where that can't be written."""
    companion = clip.companion and target.with_suffix(clip.companion.suffix)
    try:
        _replace(clip.path, target)
        if clip.companion and companion:
            _replace(clip.companion, companion)
    except OSError as error:
        raise PlaceGoneError("terminal-no-place", path=str(target)) from error
    return replace(clip, path=target, companion=companion)


def _replace(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        shutil.copyfile(source, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
