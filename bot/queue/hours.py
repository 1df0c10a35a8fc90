"""The hours in which the GPU may be used, by the clock on the wall: `22-07, 12:30-14`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

RANGE = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*-\s*(\d{1,2})(?::(\d{2}))?")
DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """`ranges` are minutes of the day, from one to before the other, over midnight where the
    second is not the later one. Without any it is always. `zone` None is the machine's own."""

    ranges: tuple[tuple[int, int], ...] = ()
    zone: tzinfo | None = None

    @classmethod
    def parse(cls, text: str) -> Hours:
        """Raises `ValueError` for what is none, and for a range that is empty."""
        return cls(tuple(_range(one) for one in text.split(",") if one.strip()))

    def hold(self, moment: datetime) -> bool:
        wall = moment.astimezone(self.zone)
        minute = wall.hour * 60 + wall.minute
        return not self.ranges or any(_holds(one, minute) for one in self.ranges)

    def next(self, moment: datetime) -> datetime:
        """The first moment from then on at which they hold, in UTC."""
        if self.hold(moment):
            return moment
        today = moment.astimezone(self.zone).date()
        starts = (
            datetime.combine(today + timedelta(days=days), time(*divmod(start, 60)), self.zone)
            for days in (0, 1, 2)  # in a night when clocks change, today's start may not come
            for start, _ in self.ranges
        )
        # without a zone it is a wall clock's time, which `astimezone` takes for the machine's own
        return min(at for start in starts if (at := start.astimezone(UTC)) > moment)


def _range(text: str) -> tuple[int, int]:
    found = RANGE.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    hour, minute, end_hour, end_minute = (int(part or 0) for part in found.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if max(minute, end_minute) > 59 or start >= DAY_MIN or end > DAY_MIN or start == end:
        raise ValueError(text)
    return start, end


def _holds(within: tuple[int, int], minute: int) -> bool:
    start, end = within
    if start < end:
        return start <= minute < end
    return minute >= start or minute < end
