"""What a role is to its worker: something that is built once and handles tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from bot.clip import Progress
from engine.protocol import Answer, Task

Report = Callable[[Progress], None]
Cancelled = Callable[[], bool]


class TaskCancelledError(Exception):
    """Raised by a role between two steps, once `cancelled()` has turned true."""


class Role(Protocol):
    """Built in the worker, without arguments; heavy imports belong into its `__init__`.

    `lanes` tasks run side by side, each in a thread; where it is above one, another lane is kept
    for inspections. `niceness` is how far the worker steps back for the other processes.
    """

    lanes: int
    niceness: int

    def handle(self, task: Task, report: Report, cancelled: Cancelled) -> Answer:
        """Raises `SketchlifeError`, or `TaskCancelledError` within one step of a cancel."""

    def describe(self) -> dict[str, str]:
        """Called from a thread of its own while tasks run: quick, and without a lock."""
