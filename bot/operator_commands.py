"""The commands by which whoever runs the bot looks after its communities."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from bot import app
from bot.gallery import Period
from bot.reports import Decision
from bot.settings import Settings

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Any]

DONE = 0


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


def _sit(settings: Settings, ask: Callable[[app.Desk], Awaitable[None]]) -> int:
    asyncio.run(app.run_at_desk(settings, ask, sys.stdout))
    return DONE
