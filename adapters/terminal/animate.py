"""`sketchlife animate`: one sketch from the command line through the service and back."""

from __future__ import annotations

import asyncio
import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from adapters.terminal.messenger import TerminalMessenger
from adapters.terminal.usage import usage_line
from bot.card import Action, Card, CardState
from bot.errors import PersonError
from bot.origin import Origin
from bot.request import ClipFormat
from bot.service import Service
from bot.texts import Texts

DONE, MACHINE_FAILED, PERSON_CAN_MEND = 0, 1, 2
FORMAT_OF = {
    ".mp4": ClipFormat.MP4,
    ".gif": ClipFormat.GIF,
    ".webp": ClipFormat.WEBP,
    ".png": ClipFormat.APNG,
    ".apng": ClipFormat.APNG,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was typed: `options` by their names in chat; `allowed` says yes to questions ahead;
    `crop` is the face to crop to, 1 being the largest."""

    sketch: Path
    target: Path
    options: Mapping[str, str] = field(default_factory=dict)
    anyway: bool = False
    crop: int | None = None
    locale: str = "en"


async def animate(service: Service, messenger: TerminalMessenger, wish: Wish) -> Card:
    """The card that ends it: a refusal, or the job's last one. A cancelled call cancels the job."""
    if not wish.sketch.is_file():
        raise PersonError("terminal-no-sketch", path=str(wish.sketch))
    _require_writable(wish.target)
    origin = _origin(wish, messenger.platform)
    card = await service.submit(wish.sketch, origin, _options(wish), _allowed(wish))
    if card.state is CardState.REFUSED and wish.crop is not None:
        card = await service.answer(card.job_id, origin, Action.CROP, {"face": str(wish.crop)})
    if card.state is CardState.REFUSED:
        return card
    try:
        return await messenger.ended(card.job_id)
    except asyncio.CancelledError:
        await service.cancel(card.job_id, origin)
        return await messenger.ended(card.job_id)


async def report(service: Service, ended: Card, wish: Wish, out: TextIO) -> int:
    """Print what came of it; the exit code."""
    if ended.state is CardState.REFUSED:
        _print_question(ended, wish, out)
        return PERSON_CAN_MEND
    if ended.clip is None:
        out.write("\n".join([ended.title, *ended.lines]) + "\n")
        return MACHINE_FAILED if ended.state is CardState.FAILED else PERSON_CAN_MEND
    clip = Texts(wish.locale).say(
        "terminal-clip",
        path=str(ended.clip.path),
        width=str(ended.clip.width),
        height=str(ended.clip.height),
        kilobytes=round(ended.clip.size_bytes / 1000),
    )
    lines = [clip, *ended.lines]
    if record := await service.usage_of(ended.job_id):
        lines.append(usage_line(record, wish.locale))
    out.write("\n".join(lines) + "\n")
    return DONE


def _require_writable(target: Path) -> None:
    """Asked before anything is rendered, not after."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PersonError("terminal-no-place", path=str(target)) from error
    if target.is_dir() or not os.access(target.parent, os.W_OK):
        raise PersonError("terminal-no-place", path=str(target))


def _origin(wish: Wish, platform: str) -> Origin:
    return Origin(
        platform=platform,
        place=str(wish.target.resolve()),
        person=_person(),
        locale=wish.locale,
        place_locale=wish.locale,
    )


def _person() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user id without a name
        return f"uid{os.getuid()}"


def _options(wish: Wish) -> dict[str, str]:
    """The file's ending says the format where nothing else does."""
    by_ending = FORMAT_OF.get(wish.target.suffix.lower())
    return ({"format": by_ending.value} if by_ending else {}) | dict(wish.options)


def _allowed(wish: Wish) -> frozenset[str]:
    return frozenset({Action.GO_ON.value} if wish.anyway else ())


def _print_question(card: Card, wish: Wish, out: TextIO) -> None:
    texts = Texts(wish.locale)
    lines = list(card.lines)
    for button in card.buttons:
        match button.action:
            case Action.GO_ON:
                lines.append(texts.say("terminal-way-anyway"))
            case Action.CROP:
                lines.append(texts.say("terminal-way-crop", face=button.changes["face"]))
            case _:
                lines.append(texts.say("terminal-way-change", option=button.label))
    out.write("\n".join(lines) + "\n")
