"""Ceilings and who may do what: pure rules."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """How much may wait and run at once; the operator's defaults of the product."""

    waiting_per_person: int = 3
    running_per_person: int = 1
    waiting_in_all: int = 100
