"""Logs: structured, on stderr, without secrets, with a person's own words only at debug level."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from contextlib import AbstractContextManager
from typing import Any, Literal, TextIO
from urllib.parse import quote

import structlog
from structlog.types import EventDict, Processor

from bot.origin import Origin

# what a person wrote or sent; a length says enough for anything above debug level
OWN_WORDS = frozenset({"prompt", "negative_prompt", "negative", "options", "text", "caption"})
# secrets that no setting of ours holds: a neighbour's URL with a password or a bot's token in it
IN_URLS = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)|(?<=/bot)\d+:[\w-]{20,}")
MASK = "***"
# libraries whose word of themselves at each start tells an operator nothing
CHATTY = ("alembic.runtime.plugins", "uvicorn.error")


def set_up_logging(
    *,
    format: Literal["auto", "json", "console"] = "auto",
    level: str = "info",
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send structlog and the standard library's loggers to one place, in one form.

    `auto` is coloured lines for a person at a terminal and JSON for anything else.
    """
    stream = stream or sys.stderr
    console = format == "console" or (format == "auto" and stream.isatty())
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_own_words,
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *common],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(console, colors=stream.isatty()),
                Masking(secrets),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *common,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def about(job_id: str, origin: Origin) -> AbstractContextManager[None]:
    """Puts a job and its place on every line that is logged inside."""
    return structlog.contextvars.bound_contextvars(
        job=job_id, place=f"{origin.platform}:{origin.place}"
    )


def hide_own_words(_: Any, method: str, event: EventDict) -> EventDict:
    if method != "debug":
        for name in OWN_WORDS & event.keys():
            event[name] = f"<{len(event[name] or '')} long>"
    return event


class Masking:
    """The last step: replaces secrets in the finished line, wherever they slipped in."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # as they are, inside JSON, and inside a URL; the longest first, as one may hold another
        forms = {
            form
            for secret in secrets
            for form in (
                secret,
                json.dumps(secret, ensure_ascii=False)[1:-1],
                quote(secret, safe=""),
            )
        }
        longest_first = sorted(forms, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __call__(self, _: Any, __: str, line: Any) -> str:
        return IN_URLS.sub(MASK, self._secrets.sub(MASK, str(line)))


def _renderers(console: bool, *, colors: bool) -> list[Processor]:
    if console:
        # rich's tracebacks would print local variables, and with them what people wrote
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain)]
    as_json = structlog.processors.JSONRenderer(serializer=_dumps)
    return [structlog.processors.format_exc_info, as_json]


def _dumps(event: MutableMapping[str, Any], **options: Any) -> str:
    return json.dumps(event, ensure_ascii=False, **options)
