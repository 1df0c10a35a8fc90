"""The console script `sketchlife`, also `python -m bot`: arguments in, exit codes out."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

import structlog

from bot.app.commands import UsageQuery, Wish, run_animate, run_download, run_usage
from bot.app.house import run_migrate
from bot.asking.option_words import NAMES, VALUE_OF, loosely
from bot.asking.options import name_options, parse_options
from bot.commands.operator import add_operator_commands
from bot.commands.own import add_own_commands
from bot.errors import PersonError, SettingsError, SketchlifeError
from bot.log import set_up_logging
from bot.settings import Settings, read_settings
from bot.texts import Texts

DONE, MACHINE_FAILED, PERSON_CAN_MEND = 0, 1, 2
SOURCES = ("huggingface", "modelscope")
ENGINES = ("easyanimate", "preview")
AGO = re.compile(r"(\d{1,5})([hdw])")
HOURS = {"h": 1, "d": 24, "w": 24 * 7}

log = structlog.get_logger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """0 done, 2 the person can mend it (one line on stderr), 1 the machine failed."""
    language = os.environ.get("LANGUAGE", "en")  # until the settings say
    try:
        asked = _arguments(sys.argv[1:] if argv is None else argv)
        settings = read_settings()
        language = settings.language
        set_up_logging(
            format=settings.log_format,
            level=_log_level(asked, settings),
            secrets=settings.secrets,
        )
        code: int = asked.command(asked, settings)
        sys.stdout.flush()
    except PersonError as error:
        _complain(error, language)
        return PERSON_CAN_MEND
    except SketchlifeError as error:
        log.debug("failed", exc_info=error)
        _complain(error, language)
        return MACHINE_FAILED
    except (KeyboardInterrupt, asyncio.CancelledError):
        return PERSON_CAN_MEND
    except BrokenPipeError:  # whoever reads has read enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return code


class _Parser(argparse.ArgumentParser):
    """Complains as everything here does: one line, and the exit code of what can be mended."""

    def error(self, message: str) -> NoReturn:
        raise PersonError("command-line", reason=message, command=self.prog)


def _complain(error: SketchlifeError, language: str) -> None:
    others = error.others if isinstance(error, SettingsError) else ()
    for each in (error, *others):
        sys.stderr.write(Texts(language).say(each.key, **each.args_of_text) + "\n")


def _log_level(asked: argparse.Namespace, settings: Settings) -> str:
    """A command that a person waits for speaks for itself; its log has only what went wrong."""
    quiet = asked.command is not _run and "log_level" not in settings.model_fields_set
    return "error" if quiet else settings.log_level


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Settings in the chat's form may stand anywhere, which argparse alone does not take."""
    parser = _parser()
    asked, rest = parser.parse_known_args(_with_value_of_loop(argv))
    if asked.command is _animate:
        asked.options += rest
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return asked


def _with_value_of_loop(argv: Sequence[str]) -> list[str]:
    """`--loop` alone is on, also before the sketch, which argparse would take for its value."""
    words = [*argv, ""]
    return [
        "--loop=on" if word == "--loop" and loosely(after) not in VALUE_OF["loop"] else word
        for word, after in pairwise(words)
    ]


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="sketchlife", description="Drop a portrait sketch in; it blinks and smiles."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    animate = commands.add_parser("animate", help="animate one sketch")
    animate.add_argument("sketch", type=Path)
    animate.add_argument("options", nargs="*", help='as in chat: "steps:60 res:768"')
    animate.add_argument("-o", "--output", type=Path, required=True, metavar="CLIP")
    for name in NAMES:
        animate.add_argument(f"--{name}", metavar="[on|off]" if name == "loop" else "VALUE")
    animate.add_argument("--anyway", action="store_true", help="go on where there are no eyes")
    animate.add_argument(
        "--consent", action="store_true", help="who is on the photo agrees, and is no minor"
    )
    animate.add_argument("--crop", type=int, metavar="FACE", help="crop to a face, 1: the largest")
    animate.add_argument(
        "--engine", choices=ENGINES, help="default: easyanimate where MODEL is set"
    )
    animate.add_argument("--model", metavar="FOLDER", help="a checkpoint's folder or name on a hub")
    animate.set_defaults(command=_animate)
    run = commands.add_parser("run", help="the bot: workers and every chat that is set up")
    run.set_defaults(command=_run)
    doctor = commands.add_parser("doctor", help="what is here and what is missing")
    doctor.set_defaults(command=_doctor)
    fetch = commands.add_parser("download", help="a model from a hub; goes on where it stopped")
    fetch.add_argument("model", nargs="?", help="its name there; default: MODEL, else the V5 7B")
    fetch.add_argument("--from", dest="source", choices=SOURCES, help="default: MODEL_SOURCE")
    fetch.set_defaults(command=_download)
    usage = commands.add_parser("usage", help="what the jobs cost")
    form = usage.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true")
    form.add_argument("--chart", type=Path, metavar="FILE", help="as bars over time, a PNG")
    usage.add_argument("--person", metavar="WHO", help="discord:42, or a name at this terminal")
    usage.add_argument("--place", metavar="WHERE", help="discord:1234, telegram:-5678")
    usage.add_argument("--since", metavar="WHEN", help="2030-01-31, or 12h, 7d, 2w")
    usage.set_defaults(command=_usage)
    migrate = commands.add_parser("migrate", help="bring the database up to date")
    migrate.set_defaults(command=_migrate)
    add_own_commands(commands)
    add_operator_commands(commands)
    return parser


def _animate(asked: argparse.Namespace, settings: Settings) -> int:
    flags = {name: getattr(asked, name) for name in NAMES if getattr(asked, name) is not None}
    wish = Wish(
        sketch=asked.sketch,
        target=asked.output,
        options=_typed(asked.options) | name_options(flags.items()),
        anyway=asked.anyway,
        consent=asked.consent,
        crop=asked.crop,
        locale=settings.language,
    )
    chosen = _with_engine(asked, settings)
    return asyncio.run(run_animate(chosen, wish, sys.stdout, sys.stderr))


def _with_engine(asked: argparse.Namespace, settings: Settings) -> Settings:
    """What was typed goes before `MODEL`. Raises `SettingsError`."""
    model = asked.model or settings.model
    if asked.engine == "preview":
        if asked.model:
            raise SettingsError("animate-preview-model")
        model = None
    elif asked.engine == "easyanimate" and not model:
        raise SettingsError("animate-no-model")
    return settings.model_copy(update={"model": model})


def _typed(words: Sequence[str]) -> dict[str, str]:
    """Settings in the chat's form, and flags that there are not. Raises `RequestError`."""
    for word in words:
        if word.startswith("--"):
            name_options([(word[2:].partition("=")[0], "")])
    return parse_options(" ".join(words))


def _run(asked: argparse.Namespace, settings: Settings) -> int:
    # the chats take a second to import, and no other command but the doctor needs them
    from bot.app.running import run_bot

    asyncio.run(run_bot(settings))
    return DONE


def _doctor(asked: argparse.Namespace, settings: Settings) -> int:
    from bot.app.doctor import run_doctor  # as the bot, it speaks to the chats

    return asyncio.run(run_doctor(settings, sys.stdout))


def _download(asked: argparse.Namespace, settings: Settings) -> int:
    return asyncio.run(run_download(settings, asked.model, asked.source, sys.stdout, sys.stderr))


def _usage(asked: argparse.Namespace, settings: Settings) -> int:
    query = UsageQuery(
        since=_moment(asked.since) if asked.since else None,
        person=asked.person,
        place=asked.place,
        as_csv=asked.csv,
        chart=asked.chart,
    )
    asyncio.run(run_usage(settings, query, sys.stdout))
    return DONE


def _migrate(asked: argparse.Namespace, settings: Settings) -> int:
    run_migrate(settings)
    sys.stdout.write(Texts(settings.language).say("migrate-done") + "\n")
    return DONE


def _moment(text: str) -> datetime:
    """A date, a date with a time, or so long ago. Raises `SettingsError`."""
    if ago := AGO.fullmatch(text):
        return datetime.now(UTC) - timedelta(hours=int(ago[1]) * HOURS[ago[2]])
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise SettingsError("usage-since", value=text) from None


if __name__ == "__main__":
    sys.exit(main())
