"""What a move changes beside the status: the same for every store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.job import MOVES, Job, JobStatus

# What only the store itself may write: who and what a job is, what is set aside for it, its place
# in the queue, its lease.
KEPT_BY_STORE = frozenset(
    {
        "id",
        "origin",
        "renderer",
        "cost_s",
        "status",
        "turn",
        "created_at",
        "queued_at",
        "claimed_at",
        "ended_at",
        "instance",
        "lease_until",
    }
)


def fields_of_move(
    job: Job, status: JobStatus, now: datetime, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Every field that the move writes. Raises `ValueError` for a move or a change that there
    is not: an error of the caller, never of a person or the machine."""
    if status is JobStatus.RUNNING:
        raise ValueError(f"{job.id}: only a claim makes a job running")
    if status not in MOVES[job.status]:
        raise ValueError(f"{job.id}: no way from {job.status} to {status}")
    fields = {**checked(changes), "status": status}
    if status is JobStatus.QUEUED:
        return fields | {"queued_at": now, "instance": None, "lease_until": None}
    if status.ended:
        return fields | {"ended_at": now, "instance": None, "lease_until": None}
    return fields


def checked(changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """The changes as given. Raises `ValueError` where one is the store's own business."""
    if wrong := sorted(set(changes) - set(Job.__dataclass_fields__) | KEPT_BY_STORE & set(changes)):
        raise ValueError(f"not a caller's to change: {', '.join(wrong)}")
    return changes
