"""Ceilings and who may do what to whose job: pure rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.errors import LimitError, NotAllowedError
from bot.origin import Origin
from bot.preferences import PersonSettings, PlaceSettings

QUEUE_FULL = "limit-queue-full"
COST_OF_DAY = "note-cost"  # what a job takes of its person's seconds, and how many these are


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """How much may wait and run at once, and how many GPU seconds a person may use in a day of
    UTC (None: as many as they like); the operator's defaults of the product."""

    waiting_per_person: int = 3
    running_per_person: int = 1
    waiting_in_all: int = 100
    gpu_s_per_day: float | None = None

    def of_person(self, own: PersonSettings) -> QueueLimits:
        """As the operator allows this one person."""
        waiting, gpu_s = own.waiting_per_person, own.gpu_s_per_day
        return replace(
            self,
            waiting_per_person=self.waiting_per_person if waiting is None else waiting,
            gpu_s_per_day=self.gpu_s_per_day if gpu_s is None else gpu_s,
        )

    def lowered(self, place: PlaceSettings, person: Origin) -> QueueLimits:
        """As they hold for a person in a place, which may go below them and never above; no
        GPU seconds are counted for whoever runs the machine."""
        waiting = (self.waiting_per_person, place.waiting_per_person)
        gpu_s = (self.gpu_s_per_day, place.gpu_s_per_day)
        return replace(
            self,
            waiting_per_person=min(limit for limit in waiting if limit is not None),
            gpu_s_per_day=None
            if person.rights.operator
            else min((limit for limit in gpu_s if limit is not None), default=None),
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken of the limits already; `gpu_s` of today: charged, or set aside for jobs that
    have not ended."""

    waiting_of_person: int
    waiting_in_all: int
    gpu_s: float = 0.0


def require_owner(owner: Origin, person: Origin) -> None:
    """Raises `NotAllowedError` unless `person` is whose job it is."""
    if owner.owner != person.owner:
        raise NotAllowedError("not-your-job")


def refuse_beyond(limits: QueueLimits, taken: Taken, cost_s: float = 0.0) -> None:
    """Raises `LimitError` where one more waiting job, of `cost_s`, would be one too many."""
    if taken.waiting_of_person >= limits.waiting_per_person:
        raise LimitError("limit-waiting-person", limit=limits.waiting_per_person)
    if taken.waiting_in_all >= limits.waiting_in_all:
        raise LimitError(QUEUE_FULL, limit=limits.waiting_in_all)
    if limits.gpu_s_per_day is not None and taken.gpu_s + cost_s > limits.gpu_s_per_day:
        left = max(limits.gpu_s_per_day - taken.gpu_s, 0.0)
        raise LimitError(
            "limit-gpu-day",
            cost=round(cost_s),
            left=int(left),
            limit=round(limits.gpu_s_per_day),
        )


def day_of(moment: datetime) -> int:
    """The day of UTC that a job is charged to, counted from the year 1."""
    return moment.astimezone(UTC).toordinal()
