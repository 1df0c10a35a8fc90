"""The first signal asks to stop, the second one kills."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def stop_on_signals(stop: Callable[[], object]) -> Iterator[None]:
    """Call `stop` at the first SIGTERM or SIGINT; a second one kills as usual."""
    loop = asyncio.get_running_loop()
    caught = (signal.SIGTERM, signal.SIGINT)

    def first() -> None:
        for number in caught:
            loop.remove_signal_handler(number)
        stop()

    for number in caught:
        loop.add_signal_handler(number, first)
    try:
        yield
    finally:
        with contextlib.suppress(RuntimeError):
            for number in caught:
                loop.remove_signal_handler(number)
