"""`sketchlife animate`: one sketch from the command line through the service and back."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from adapters.terminal.messenger import TerminalMessenger
from adapters.terminal.who import login, oneself
from bot.card import Action, Button, Card, CardState
from bot.clip import ClipFile
from bot.errors import JobGoneError, PersonError, StaleJobError
from bot.origin import Origin, Rights
from bot.people.usage import usage_line
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
    """What was typed: `options` by their names in chat; `anyway` goes on where no eyes are found,
    `consent` says that whoever is on a photo agrees; `crop` is the face to crop to, 1 being the
    largest."""

    sketch: Path
    target: Path
    options: Mapping[str, str] = field(default_factory=dict)
    anyway: bool = False
    consent: bool = False
    crop: int | None = None
    locale: str = "en"


def check(wish: Wish) -> None:
    """What needs no worker to be seen. Raises `PersonError`."""
    if not wish.sketch.is_file():
        raise PersonError("terminal-no-sketch", path=str(wish.sketch))
    if wish.target.resolve() == wish.sketch.resolve():
        raise PersonError("terminal-own-sketch", path=str(wish.sketch))
    _require_writable(wish.target)


async def animate(service: Service, messenger: TerminalMessenger, wish: Wish) -> Card:
    """The card that ends it: a refusal, or the job's last one. A cancelled call cancels the job."""
    origin = _origin(wish, messenger.platform)
    options = await service.presets.fill_in(_options(wish), oneself(wish.locale))
    card = await service.submit(wish.sketch, origin, options, _allowed(wish))
    if card.state is CardState.REFUSED and (face := _face(card, wish)):
        card = await service.answer(card.job_id, origin, Action.CROP, {"face": face})
    if card.state is CardState.REFUSED:
        await service.dismiss(card.job_id, origin)  # a flag answers it, with a new submission
        return card
    try:
        return await messenger.ended(card.job_id)
    except asyncio.CancelledError:
        with suppress(JobGoneError, StaleJobError):  # too late: its clip is about to come
            await service.cancel(card.job_id, origin)
        return await messenger.ended(card.job_id)


async def report(service: Service, ended: Card, wish: Wish, out: TextIO, screen: TextIO) -> int:
    """Print what came of it, a question on `screen`; the exit code.

    A job without a clip has said so on the screen already.
    """
    if ended.state is CardState.REFUSED:
        screen.write(_question(ended, wish) + "\n")
        return PERSON_CAN_MEND
    if ended.clip is None:
        return MACHINE_FAILED if ended.state is CardState.FAILED else PERSON_CAN_MEND
    out.write("\n".join(await _result(service, ended, ended.clip, wish)) + "\n")
    if ended.clip.path != wish.target.resolve():
        sentence = Texts(wish.locale).say("terminal-no-place", path=str(wish.target))
        screen.write(sentence + "\n")
        return PERSON_CAN_MEND
    return DONE


async def _result(service: Service, ended: Card, file: ClipFile, wish: Wish) -> list[str]:
    clip = Texts(wish.locale).say(
        "terminal-clip",
        path=str(file.path),
        width=str(file.width),
        height=str(file.height),
        kilobytes=round(file.size_bytes / 1000),
    )
    lines = [clip, *ended.lines]
    if record := await service.usage_of(ended.job_id):
        lines.append(usage_line(record, wish.locale))
    return lines


def _require_writable(target: Path) -> None:
    """Tried before anything is rendered, not after."""
    if target.is_dir():
        raise PersonError("terminal-no-place", path=str(target))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=target.parent).close()
    except OSError as error:
        raise PersonError("terminal-no-place", path=str(target)) from error


def _origin(wish: Wish, platform: str) -> Origin:
    return Origin(
        platform=platform,
        place=str(wish.target.resolve()),
        person=login(),
        locale=wish.locale,
        place_locale=wish.locale,
        rights=Rights(operator=True),  # whoever types here runs the machine
    )


def _options(wish: Wish) -> dict[str, str]:
    """The file's ending says the format where nothing else does."""
    by_ending = FORMAT_OF.get(wish.target.suffix.lower())
    return ({"format": by_ending.value} if by_ending else {}) | dict(wish.options)


def _allowed(wish: Wish) -> frozenset[str]:
    said = {Action.GO_ON: wish.anyway, Action.CONSENT: wish.consent}
    return frozenset(action.value for action, yes in said.items() if yes)


def _face(card: Card, wish: Wish) -> str | None:
    """The face to crop to, where faces are what the card asks about. Raises `PersonError`."""
    offered = [button.changes["face"] for button in card.buttons if button.action is Action.CROP]
    if wish.crop is None or not offered:
        return None
    if str(wish.crop) not in offered:
        raise PersonError("terminal-no-face", face=wish.crop, faces=len(offered))
    return str(wish.crop)


def _question(card: Card, wish: Wish) -> str:
    """As one line: what is asked, and what to type for each of its buttons."""
    ways = [_flag(button) for button in card.buttons]
    return Texts(wish.locale).say(
        "terminal-ways", question=" ".join(card.lines), ways=len(ways), flags=", ".join(ways)
    )


def _flag(button: Button) -> str:
    match button.action:
        case Action.GO_ON:
            return "--anyway"
        case Action.CONSENT:
            return "--consent"
        case Action.CROP:
            return f"--crop {button.changes['face']}"
        case _:
            return " ".join(f"--{name} {value}" for name, value in button.changes.items())
