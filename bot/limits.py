"""Ceilings and who may do what to whose job: pure rules."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import LimitError, NotAllowedError
from bot.origin import Origin


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """How much may wait and run at once; the operator's defaults of the product."""

    waiting_per_person: int = 3
    running_per_person: int = 1
    waiting_in_all: int = 100


def require_owner(owner: Origin, person: Origin) -> None:
    """Raises `NotAllowedError` unless `person` is whose job it is."""
    if owner.owner != person.owner:
        raise NotAllowedError("not-your-job")


def refuse_beyond(limits: QueueLimits, waiting_of_person: int, waiting_in_all: int) -> None:
    """Raises `LimitError` where one more waiting job would be one too many."""
    if waiting_of_person >= limits.waiting_per_person:
        raise LimitError("limit-waiting-person", limit=limits.waiting_per_person)
    if waiting_in_all >= limits.waiting_in_all:
        raise LimitError("limit-queue-full", limit=limits.waiting_in_all)
