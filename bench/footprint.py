"""What a process holds: memory, and files with its sockets among them."""

from __future__ import annotations

import asyncio
import time

import psutil

DATABASE = "sketchlife.db"
QUIET_S = 2.0  # within which connections are closed that nobody holds any more
LOOK_S = 0.02


def memory_mb(process: psutil.Process) -> float:
    return float(process.memory_info().rss / 1e6)


def open_files(process: psutil.Process) -> int:
    """But for those of its database, whose connections are kept."""
    kept = sum(DATABASE in one.path for one in process.open_files())
    return int(process.num_fds()) - kept


async def files_once_quiet(process: psutil.Process, expected: int) -> int:
    """Once there are no more than expected, or after some seconds."""
    give_up = time.monotonic() + QUIET_S
    while (now := open_files(process)) > expected and time.monotonic() < give_up:
        await asyncio.sleep(LOOK_S)
    return now
