"""The console script `sketchlife`, also `python -m bot`: arguments in, exit codes out."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from bot import app
from bot.errors import PersonError, SettingsError, SketchlifeError
from bot.log import set_up_logging
from bot.option_words import NAMES
from bot.options import name_options, parse_options
from bot.settings import Settings, read_settings
from bot.texts import Texts

DONE, MACHINE_FAILED, PERSON_CAN_MEND = 0, 1, 2
AGO = re.compile(r"(\d{1,5})([hdw])")
HOURS = {"h": 1, "d": 24, "w": 24 * 7}

log = structlog.get_logger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """0 done, 2 the person can mend it (one line on stderr), 1 the machine failed."""
    asked = _arguments(argv)
    language = "en"
    try:
        settings = read_settings()
        language = settings.language
        set_up_logging(
            format=settings.log_format,
            level=_log_level(asked, settings),
            secrets=settings.secrets,
        )
        code: int = asked.command(asked, settings)
    except PersonError as error:
        _complain(error, language)
        return PERSON_CAN_MEND
    except SketchlifeError as error:
        log.debug("failed", exc_info=error)
        _complain(error, language)
        return MACHINE_FAILED
    except KeyboardInterrupt:
        return PERSON_CAN_MEND
    return code


def _complain(error: SketchlifeError, language: str) -> None:
    sys.stderr.write(Texts(language).say(error.key, **error.args_of_text) + "\n")


def _log_level(asked: argparse.Namespace, settings: Settings) -> str:
    """A command that a person waits for speaks for itself; its log has only what went wrong."""
    quiet = asked.command is not _run and "log_level" not in settings.model_fields_set
    return "error" if quiet else settings.log_level


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Settings in the chat's form may stand anywhere, which argparse alone does not take."""
    parser = _parser()
    asked, rest = parser.parse_known_args(argv)
    if rest and (asked.command is not _animate or any(word.startswith("-") for word in rest)):
        parser.error(f"unknown: {' '.join(rest)}")
    if asked.command is _animate:
        asked.options += rest
    return asked


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sketchlife", description="Drop a portrait sketch in; it blinks and smiles."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    animate = commands.add_parser("animate", help="animate one sketch")
    animate.add_argument("sketch", type=Path)
    animate.add_argument("options", nargs="*", help='as in chat: "steps:60 res:768"')
    animate.add_argument("-o", "--output", type=Path, required=True, metavar="CLIP")
    for name in NAMES:
        if name == "loop":
            animate.add_argument("--loop", nargs="?", const="on", metavar="on|off")
        else:
            animate.add_argument(f"--{name}", metavar="VALUE")
    animate.add_argument("--anyway", action="store_true", help="go on where there are no eyes")
    animate.add_argument("--crop", type=int, metavar="FACE", help="crop to a face, 1: the largest")
    animate.set_defaults(command=_animate)
    run = commands.add_parser("run", help="the bot: workers and every chat that is set up")
    run.set_defaults(command=_run)
    doctor = commands.add_parser("doctor", help="what is here and what is missing")
    doctor.set_defaults(command=_doctor)
    usage = commands.add_parser("usage", help="what the jobs cost")
    usage.add_argument("--csv", action="store_true")
    usage.add_argument("--since", metavar="WHEN", help="2030-01-31, or 12h, 7d, 2w")
    usage.set_defaults(command=_usage)
    migrate = commands.add_parser("migrate", help="bring the database up to date")
    migrate.set_defaults(command=_migrate)
    return parser


def _animate(asked: argparse.Namespace, settings: Settings) -> int:
    flags = {name: getattr(asked, name) for name in NAMES if getattr(asked, name) is not None}
    wish = app.Wish(
        sketch=asked.sketch,
        target=asked.output,
        options=parse_options(" ".join(asked.options)) | name_options(flags.items()),
        anyway=asked.anyway,
        crop=asked.crop,
        locale=settings.language,
    )
    return asyncio.run(app.run_animate(settings, wish, sys.stdout, sys.stderr))


def _run(asked: argparse.Namespace, settings: Settings) -> int:
    asyncio.run(app.run_bot(settings))
    return DONE


def _doctor(asked: argparse.Namespace, settings: Settings) -> int:
    return asyncio.run(app.run_doctor(settings, sys.stdout))


def _usage(asked: argparse.Namespace, settings: Settings) -> int:
    since = _moment(asked.since) if asked.since else None
    asyncio.run(app.run_usage(settings, since, asked.csv, sys.stdout))
    return DONE


def _migrate(asked: argparse.Namespace, settings: Settings) -> int:
    app.run_migrate(settings)
    sys.stdout.write(Texts(settings.language).say("migrate-done") + "\n")
    return DONE


def _moment(text: str) -> datetime:
    """A date, a date with a time, or so long ago. Raises `SettingsError`."""
    if ago := AGO.fullmatch(text):
        return datetime.now(UTC) - timedelta(hours=int(ago[1]) * HOURS[ago[2]])
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise SettingsError("usage-since", value=text) from None


if __name__ == "__main__":
    sys.exit(main())
