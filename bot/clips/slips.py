"""Double clicks: where each press would draw another clip, the second one is no wish."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta

SLIP = timedelta(seconds=2)  # nobody has seen by then what came of the first
MOST = 1000  # presses that are remembered


class Slips:
    """A press is who pressed which button of which message."""

    def __init__(self) -> None:
        self._last: OrderedDict[Hashable, datetime] = OrderedDict()

    def is_one(self, press: Hashable, at: datetime) -> bool:
        """Whether the same was pressed just before; `at` is the platform's time where it tells
        one."""
        before = self._last.pop(press, None)
        self._last[press] = at
        while len(self._last) > MOST:
            self._last.popitem(last=False)
        return before is not None and at - before < SLIP
