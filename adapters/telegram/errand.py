"""An update in hand: what its handler is told beside it, and what stays of it afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Errand:
    """`job_id` is set aside for the job that the update becomes; `is_new`: nobody has begun with
    it before, not even before a crash. `settle` writes down that it is handled, and `left` is kept
    a while longer, for updates that belong to it."""

    job_id: str
    is_new: bool
    settle: Callable[[], Awaitable[None]]
    left: str = ""
