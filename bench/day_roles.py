"""The workers of `bench.day`: quick, and now and then their disk is full for a moment."""

from __future__ import annotations

import errno
import itertools
import os

from bot.clip import ClipFile, RenderOrder
from bot.errors import MediaError
from engine.protocol import Encode
from engine.role import Cancelled, Report
from tests.fakes.roles import InstantEyes, SlowPreview

RENDERS, FILES = 67, 83  # so many go well until one does not


class DisksFill:
    def __init__(self, well: int) -> None:
        self._count = itertools.count(1)
        self._well = well

    def write(self, name: str) -> None:
        if not next(self._count) % self._well:
            raise MediaError.of(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), name)


class DayPreview(SlowPreview):
    def __init__(self) -> None:
        super().__init__()
        self._disk = DisksFill(RENDERS)

    def render(self, order: RenderOrder, report: Report, cancelled: Cancelled) -> None:
        self._disk.write(order.job_id)
        super().render(order, report, cancelled)


class DayEyes(InstantEyes):
    def __init__(self) -> None:
        self._disk = DisksFill(FILES)

    def encode(self, task: Encode) -> ClipFile:
        self._disk.write(task.order.target.name)
        return super().encode(task)
