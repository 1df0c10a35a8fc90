"""What Discord refused or what kept it from answering, as the errors of `bot.ports.Messenger`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

from bot.errors import CardGoneError, MessengerError, PlaceGoneError, TooLargeError

UNKNOWN_MESSAGE = 10008
TOO_MANY_OLD_EDITS = 30046  # a message older than an hour can be edited only so often
TOO_LARGE = 40005
NOT_OURS = 50005
LEAVE_OVER = 50027  # the token of an interaction, after a quarter of an hour
THREAD_ARCHIVED = 50083  # a fresh message opens it again, an edit does not
MIB = 2**20
SMALLER_LIMITS = (50 * MIB, 10 * MIB)  # of a guild with fewer boosts, and of one with none
CARD_GONE = frozenset({UNKNOWN_MESSAGE, TOO_MANY_OLD_EDITS, NOT_OURS, THREAD_ARCHIVED})
UNREACHABLE = (
    *(aiohttp.ClientError, OSError, asyncio.TimeoutError),
    # the last is how a SOCKS proxy hangs up
    *(ProxyError, ProxyConnectionError, ProxyTimeoutError, asyncio.IncompleteReadError),
)
# what a request can end with; a wait that is too long for the library is no HTTP error of its
UNDONE = (discord.HTTPException, discord.RateLimited, *UNREACHABLE)


@contextmanager
def as_messenger_errors(size_bytes: int = 0) -> Iterator[None]:
    """`size_bytes` is that of the file which may be refused for it."""
    try:
        yield
    except discord.RateLimited as error:
        raise MessengerError(retry_after_s=error.retry_after) from error
    except discord.HTTPException as error:
        raise _of(error, size_bytes) from error
    except UNREACHABLE as error:
        raise MessengerError(reason=type(error).__name__) from error
    except RuntimeError as error:
        if not is_over(error):
            raise
        raise MessengerError(reason=str(error)) from error


def is_over(error: Exception) -> bool:
    """Whether it is that the client was closed meanwhile, for which aiohttp has no error of its
    own."""
    return type(error) is RuntimeError and str(error) == "Session is closed"


def limit_below(size_bytes: int) -> int:
    """What to try after a file of this size was refused, though we held it for small enough: the
    guild may have lost its boosts. Not a byte less each time, as each try costs an encoding."""
    fitting = (limit for limit in SMALLER_LIMITS if limit < size_bytes)
    return next(fitting, size_bytes * 3 // 4)


def _of(error: discord.HTTPException, size_bytes: int) -> MessengerError:
    if error.status == 413 or error.code == TOO_LARGE:
        return TooLargeError(limit_below(size_bytes))
    if error.code in CARD_GONE:
        return CardGoneError(code=error.code)
    # no such channel, no permission, nobody there, a locked thread: no better the next time. What
    # has no code is not of Discord, but of something on the way there
    if (error.code and error.status in (400, 403, 404)) or error.code == LEAVE_OVER:
        return PlaceGoneError(code=error.code)
    return MessengerError(status=error.status, code=error.code)
