"""Whether what is drawn now has room on the disk: else the queue waits, and loses no attempt."""

from __future__ import annotations

import structlog

from bot.clip import Trouble
from bot.errors import MediaError
from bot.ports import MediaStore

log = structlog.get_logger(__name__)

LEAST_BYTES = 200_000_000  # the largest master and its files, several times over
FULL = Trouble("disk-waits", of_all=True)


class Room:
    """`keep_free_bytes` is what new pictures leave free: who wants none of that, wants none of
    this either."""

    def __init__(self, media: MediaStore, keep_free_bytes: int) -> None:
        self._media = media
        self._least_bytes = min(LEAST_BYTES, keep_free_bytes)
        self._was_full = False

    def trouble(self) -> Trouble | None:
        """A disk that does not tell is found out by whoever writes to it."""
        try:
            is_full = self._media.free_bytes() < self._least_bytes
        except MediaError:
            return None
        if is_full and not self._was_full:
            log.error("disk.full", least_bytes=self._least_bytes)
        self._was_full = is_full
        return FULL if is_full else None
