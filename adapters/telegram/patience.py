"""What is asked of Telegram once more, since the line was cut or its server did not feel well."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from adapters.telegram.errors import TOO_LARGE, says, seconds_of
from bot.ports import Clock

T = TypeVar("T")
PAUSES_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # between tries: a lost connection loses nothing

log = structlog.get_logger(__name__)


async def patiently(ask: Callable[[], Awaitable[T]], clock: Clock) -> T:
    """For what is better done twice than not at all. Raises `TelegramError`, after the last try
    or where another one would do no better."""
    for pause_s in PAUSES_S:
        try:
            return await ask()
        except TelegramError as error:
            if not _passes(error):
                raise
            wait_s = seconds_of(error) if isinstance(error, RetryAfter) else pause_s
            log.info("telegram.asked_again", error=error.message, wait_s=wait_s)
            await clock.sleep(wait_s)
    return await ask()


def _passes(error: TelegramError) -> bool:
    """To the library a bad request is a kind of network error, and so is a file that is too large;
    they stay what they are."""
    if isinstance(error, BadRequest) or says(error, TOO_LARGE):
        return False
    return isinstance(error, NetworkError | RetryAfter)
