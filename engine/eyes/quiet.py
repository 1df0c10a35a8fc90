"""Silence for native libraries that write to stderr past Python and have no switch for it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.RLock()  # two at once would restore each other's silence


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Send file descriptor 2 of the whole process nowhere; keep what is inside short."""
    with _LOCK:
        sys.stderr.flush()
        kept = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
