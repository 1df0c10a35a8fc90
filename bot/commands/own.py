"""The commands about what is kept of the person at the terminal."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.app.commands import Counter, run_at_counter
from bot.asking.options import parse_options
from bot.errors import PersonError
from bot.settings import Settings
from bot.texts import Texts

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Any]

DONE = 0


def add_own_commands(commands: Commands) -> None:
    history = commands.add_parser("history", help="your clips, the newest first")
    history.add_argument("--page", type=int, default=1)
    history.set_defaults(command=_history)
    _add_presets(commands)
    export = commands.add_parser("export", help="all that is kept of you, into a folder")
    export.add_argument("folder", type=Path)
    export.set_defaults(command=_export)
    forget = commands.add_parser("forget", help="delete all that is kept of you")
    forget.add_argument("--yes", action="store_true", help="without asking once more")
    forget.set_defaults(command=_forget)
    privacy = commands.add_parser("privacy", help="what is kept for how long, and whom to ask")
    privacy.set_defaults(command=_privacy)


def _add_presets(commands: Commands) -> None:
    preset = commands.add_parser("preset", help="settings by a name, used as preset:name")
    ways = preset.add_subparsers(required=True, metavar="save|list|delete")
    save = ways.add_parser("save", help="keep settings by a name")
    save.add_argument("name")
    save.add_argument("options", nargs="+", help='as in chat: "steps:60 res:768"')
    save.set_defaults(command=_save_preset)
    ways.add_parser("list", help="all of yours").set_defaults(command=_list_presets)
    delete = ways.add_parser("delete")
    delete.add_argument("name")
    delete.set_defaults(command=_delete_preset)


def _history(asked: argparse.Namespace, settings: Settings) -> int:
    return _visit(settings, lambda counter: counter.history(max(asked.page, 1) - 1))


def _save_preset(asked: argparse.Namespace, settings: Settings) -> int:
    options = parse_options(" ".join(asked.options))
    return _visit(settings, lambda counter: counter.save_preset(asked.name, options))


def _list_presets(asked: argparse.Namespace, settings: Settings) -> int:
    return _visit(settings, lambda counter: counter.list_presets())


def _delete_preset(asked: argparse.Namespace, settings: Settings) -> int:
    return _visit(settings, lambda counter: counter.delete_preset(asked.name))


def _export(asked: argparse.Namespace, settings: Settings) -> int:
    return _visit(settings, lambda counter: counter.export(asked.folder))


def _forget(asked: argparse.Namespace, settings: Settings) -> int:
    if not asked.yes:
        _require_yes(settings.language)
    return _visit(settings, lambda counter: counter.forget())


def _privacy(asked: argparse.Namespace, settings: Settings) -> int:
    return _visit(settings, lambda counter: counter.privacy())


def _visit(settings: Settings, ask: Callable[[Counter], Awaitable[None]]) -> int:
    asyncio.run(run_at_counter(settings, ask, sys.stdout))
    return DONE


def _require_yes(language: str) -> None:
    """Raises `PersonError` for any other word."""
    texts = Texts(language)
    sys.stderr.write(texts.say("terminal-forget") + " ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in ("yes", "是"):
        raise PersonError("terminal-forget-not")
