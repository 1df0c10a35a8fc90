"""The commands by which whoever runs the bot looks after its communities."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.app.commands import Desk, run_at_desk
from bot.app.safekeeping import run_backup, run_restore
from bot.clips.gallery import Period
from bot.errors import PersonError, SettingsError
from bot.names import plain_name
from bot.reports import Decision
from bot.settings import Settings

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Any]

DONE = 0
OPERATOR = "operator"  # the name of who signs in with the token, too
IN = re.compile(r"(\d{1,4})([mhd])")
MINUTES = {"m": 1, "h": 60, "d": 24 * 60}
BY_THE_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def add_operator_commands(commands: Commands) -> None:
    reports = commands.add_parser("reports", help="reported clips that wait for a decision")
    reports.add_argument("id", nargs="?", help="of a report or of its job")
    reports.add_argument("decision", nargs="?", choices=[one.value for one in Decision])
    reports.set_defaults(command=_reports)
    blocks = commands.add_parser("blocks", help="people and pictures that are kept out")
    blocks.set_defaults(command=_blocks)
    ways = blocks.add_subparsers(metavar="unblock")
    unblock = ways.add_parser("unblock", help="let one in again")
    unblock.add_argument("value", help="discord:42, or the beginning of what the list shows")
    unblock.set_defaults(command=_unblock)
    gallery = commands.add_parser("gallery", help="shared clips, the most starred first")
    gallery.add_argument(
        "--period", choices=[one.value for one in Period], default=Period.EVER.value
    )
    gallery.add_argument("--place", metavar="WHERE", help="discord:1234, telegram:-5678")
    gallery.add_argument("--limit", type=int, default=20)
    gallery.set_defaults(command=_gallery)
    _add_backups(commands)


def _add_backups(commands: Commands) -> None:
    backup = commands.add_parser("backup", help="all that is kept, into a file, while a bot runs")
    backup.add_argument("target", type=Path, help="a file, or a folder for one more of them")
    backup.set_defaults(command=_backup)
    restore = commands.add_parser("restore", help="a backup in place of what is here")
    restore.add_argument("backup", type=Path)
    restore.set_defaults(command=_restore)
    invite = commands.add_parser("invite", help="a link by which somebody signs in to the page")
    invite.add_argument("name", nargs="?", help="whom; the same name is the same person")
    invite.add_argument("--operator", action="store_true", help="one who operates the bot")
    invite.add_argument("--days", type=int, default=7, help="how long the link is good")
    invite.set_defaults(command=_invite)
    pause = commands.add_parser("pause", help="free the GPU; previews go on, the rest waits")
    pause.add_argument("--until", metavar="WHEN", help="22:30, 90m, 3h, 2d, 2030-01-31T08:00")
    pause.add_argument(
        "--now", action="store_true", help="stop what is being drawn, instead of finishing it"
    )
    pause.set_defaults(command=_pause)
    resume = commands.add_parser("resume", help="use the GPU again")
    resume.set_defaults(command=_resume)


def _reports(asked: argparse.Namespace, settings: Settings) -> int:
    if asked.decision is None:
        return _sit(settings, lambda desk: desk.reports(asked.id))
    return _sit(settings, lambda desk: desk.decide(asked.id, Decision(asked.decision)))


def _blocks(asked: argparse.Namespace, settings: Settings) -> int:
    return _sit(settings, lambda desk: desk.blocks())


def _unblock(asked: argparse.Namespace, settings: Settings) -> int:
    return _sit(settings, lambda desk: desk.unblock(asked.value))


def _gallery(asked: argparse.Namespace, settings: Settings) -> int:
    limit = max(asked.limit, 1)
    return _sit(settings, lambda desk: desk.gallery(Period(asked.period), asked.place, limit))


def _invite(asked: argparse.Namespace, settings: Settings) -> int:
    """Whoever operates the bot needs no name."""
    name = plain_name(asked.name or (OPERATOR if asked.operator else ""))
    if not name:
        raise PersonError("web-invite-whom")
    # the page takes long to import, and no other command here needs it
    from bot.app.inviting import run_invite

    run_invite(settings, name, asked.operator, max(asked.days, 1), sys.stdout)
    return DONE


def _pause(asked: argparse.Namespace, settings: Settings) -> int:
    until = moment(asked.until) if asked.until else None
    return _sit(settings, lambda desk: desk.pause(until, at_once=asked.now))


def _resume(asked: argparse.Namespace, settings: Settings) -> int:
    return _sit(settings, lambda desk: desk.resume())


def moment(text: str) -> datetime:
    """A time of today or tomorrow, a span from now, or a date with its time; by this machine's
    clock. Raises `SettingsError`."""
    now = datetime.now(UTC)
    if span := IN.fullmatch(text):
        return now + timedelta(minutes=int(span[1]) * MINUTES[span[2]])
    if clock := BY_THE_CLOCK.fullmatch(text):
        at = time(int(clock[1]), int(clock[2]))
        days = (datetime.combine(now.astimezone() + timedelta(days=n), at) for n in (0, 1))
        return next(day.astimezone(UTC) for day in days if day.astimezone() > now)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise SettingsError("pause-until-what", value=text) from None


def _backup(asked: argparse.Namespace, settings: Settings) -> int:
    run_backup(settings, asked.target, sys.stdout)
    return DONE


def _restore(asked: argparse.Namespace, settings: Settings) -> int:
    run_restore(settings, asked.backup, sys.stdout)
    return DONE


def _sit(settings: Settings, ask: Callable[[Desk], Awaitable[None]]) -> int:
    asyncio.run(run_at_desk(settings, ask, sys.stdout))
    return DONE
