"""What is worth remembering for a while and not worth a table."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")
KEPT = 10_000


class Recent(dict[K, V]):
    """A dict that forgets what was put in first."""

    def __init__(self, kept: int = KEPT) -> None:
        super().__init__()
        self._kept = kept

    def __setitem__(self, key: K, value: V) -> None:
        self.pop(key, None)
        super().__setitem__(key, value)
        if len(self) > self._kept:
            del self[next(iter(self))]
