"""Telegram's refusals as the core's kinds of `MessengerError`.

The Bot API tells most of them apart by an English sentence alone; these are parts of the
sentences that its server says, in small letters.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.errors import CardGoneError, MessengerError, PlaceGoneError, TooLargeError

UNCHANGED = ("message is not modified",)
NO_TEXT = ("there is no text in the message to edit",)
NO_CAPTION = ("there is no caption in the message to edit",)
CANNOT_DELETE = ("message can't be deleted",)
GONE_ALREADY = ("message to delete not found", "message_id_invalid")
BAD_PICTURE = ("image_process_failed", "photo_invalid_dimensions", "photo_ext_invalid")
TOPIC_GONE = ("message thread not found", "topic_deleted", "topic_closed", "topic_id_invalid")
CARD_GONE = (
    "message to edit not found",
    "message can't be edited",
    "message not found",
    "message_id_invalid",
)
PLACE_GONE = (
    "chat not found",
    "chat_write_forbidden",
    "chat_restricted",
    "_forbidden",  # CHAT_SEND_VIDEOS_FORBIDDEN and its like
    "not enough rights",
    "have no rights to send",
    "need administrator rights",
    "group chat was deactivated",
    "peer_id_invalid",
    "user_is_blocked",
    "bot_blocked",
    *TOPIC_GONE,
)
TOO_LARGE = ("request entity too large", "file is too big", "file_too_big")


def says(error: TelegramError, sentences: tuple[str, ...]) -> bool:
    said = error.message.casefold()
    return any(sentence in said for sentence in sentences)


@contextmanager
def errors_mapped(limit_bytes: int) -> Iterator[None]:
    """Raise the core's errors for the library's; `limit_bytes` is what fits in one request."""
    try:
        yield
    except TelegramError as error:
        raise as_ours(error, limit_bytes) from error


def as_ours(error: TelegramError, limit_bytes: int) -> MessengerError:
    match error:
        case RetryAfter():
            return MessengerError(retry_after_s=seconds_of(error), reason="flood")
        case ChatMigrated():
            return CardGoneError(reason="the group became a supergroup")
        case InvalidToken():  # its own sentence holds the token
            return MessengerError(reason="the token was refused")
        case Forbidden():
            return PlaceGoneError(reason=error.message)
    if says(error, TOO_LARGE):
        return TooLargeError(limit_bytes)
    if isinstance(error, BadRequest):
        if says(error, CARD_GONE):
            return CardGoneError(reason=error.message)
        if says(error, PLACE_GONE):
            return PlaceGoneError(reason=error.message)
    return MessengerError(reason=error.message)


def seconds_of(error: RetryAfter) -> float:
    """A number or a span, as the library was set up."""
    wait = error.retry_after
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()
