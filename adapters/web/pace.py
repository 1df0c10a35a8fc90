"""How often one address may ask: a bucket for each kind of request, refilled with time."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.errors import LimitError
from bot.ports import Clock

BUCKETS_KEPT = 10_000  # then the full ones are forgotten, which changes nothing
STREAMS = 30  # open at once; browsers themselves stop at six a site
STREAM_WAIT_S = 10


class Kind(Enum):
    """So many at once, and so many a second for good."""

    LOOK = (600, 20.0)
    ACT = (60, 1.0)
    UPLOAD = (12, 0.2)
    SIGN_IN = (8, 0.05)


@dataclass(slots=True)
class _Bucket:
    left: float
    at: datetime


class Pace:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, Kind], _Bucket] = {}
        self._streams: Counter[str] = Counter()

    def take(self, address: str, kind: Kind) -> None:
        """Raises `LimitError` for one too many, with the seconds until the next may come."""
        most, a_second = kind.value
        now, key = self._clock.now(), (network_of(address), kind)
        bucket = self._buckets.setdefault(key, _Bucket(most, now))
        passed_s = max((now - bucket.at).total_seconds(), 0.0)
        bucket.left, bucket.at = min(bucket.left + passed_s * a_second, most), now
        if bucket.left < 1:
            raise LimitError("web-too-often", seconds=max(round((1 - bucket.left) / a_second), 1))
        bucket.left -= 1
        if len(self._buckets) > BUCKETS_KEPT:
            self._forget_full(now)

    def require_stream(self, address: str) -> None:
        """Raises `LimitError` where one more would be one too many at once."""
        if self._streams[network_of(address)] >= STREAMS:
            raise LimitError("web-too-often", seconds=STREAM_WAIT_S)

    @contextmanager
    def stream(self, address: str) -> Iterator[None]:
        """It is open inside the block."""
        key = network_of(address)
        self._streams[key] += 1
        try:
            yield
        finally:
            self._streams[key] -= 1
            if not self._streams[key]:
                del self._streams[key]

    def _forget_full(self, now: datetime) -> None:
        for (address, kind), bucket in list(self._buckets.items()):
            most, a_second = kind.value
            if bucket.left + (now - bucket.at).total_seconds() * a_second >= most:
                del self._buckets[address, kind]


def network_of(address: str) -> str:
    """Whoever has one address of IPv6 has all of its network."""
    try:
        if (parsed := ipaddress.ip_address(address)).version == 6:
            return str(ipaddress.ip_network((parsed, 64), strict=False))
    except ValueError:
        pass
    return address
