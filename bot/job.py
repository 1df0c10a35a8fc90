"""A job and its life: the states, the legal moves between them, and its usage record."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.clip import Clip, ClipFile, Renderer
from bot.origin import Origin
from bot.request import AnimationRequest, Note

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
TIME_DIGITS = 9
RANDOM_DIGITS = 9
MAX_ATTEMPTS = 3  # a task is put back twice at most


class JobStatus(StrEnum):
    """`RENDERED`: the master is on disk. `DELIVERED`: the platform took the clip.

    `EXPIRED`: waited past its age limit.
    """

    QUEUED = "queued"
    RUNNING = "running"
    RENDERED = "rendered"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def ended(self) -> bool:
        return not MOVES[self]


MOVES: dict[JobStatus, frozenset[JobStatus]] = {
    JobStatus.QUEUED: frozenset(
        {JobStatus.RUNNING, JobStatus.CANCELLED, JobStatus.EXPIRED, JobStatus.FAILED}
    ),
    # back to QUEUED: its worker died, or the bot is stopping
    JobStatus.RUNNING: frozenset(
        {JobStatus.QUEUED, JobStatus.RENDERED, JobStatus.FAILED, JobStatus.CANCELLED}
    ),
    # back to QUEUED: frozen or torn, rendered once more with another seed
    JobStatus.RENDERED: frozenset({JobStatus.QUEUED, JobStatus.DELIVERED, JobStatus.FAILED}),
    JobStatus.DELIVERED: frozenset(),
    JobStatus.FAILED: frozenset(),
    JobStatus.CANCELLED: frozenset(),
    JobStatus.EXPIRED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds that a job spent, summed over its attempts."""

    queued_s: float = 0.0
    rendered_s: float = 0.0
    encoded_s: float = 0.0
    uploaded_s: float = 0.0

    def plus(self, **seconds: float) -> Timings:
        return replace(self, **{name: getattr(self, name) + s for name, s in seconds.items()})


@dataclass(frozen=True, slots=True)
class Repost:
    """One more message that shows a job besides its card: posted again where its owner asked, or
    in private. Where, what its Messenger calls it, and the nonce that it was posted with."""

    origin: Origin
    ref: str
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One row of the job table.

    `turn` is the job's place in the round robin (see `bot.queue.fairness`); `card` is the message
    that shows it, as its Messenger named it; `instance` and `lease_until` say which bot works
    on it. `options` are the settings as the person typed them. `attempts` counts renders
    begun, `rerendered` says that the one free repeat for a frozen or torn clip is spent.
    `failure` is a text key with its arguments. `told` is False for a job that ended while its
    card may still say otherwise. `cost_s` are the GPU seconds that its owner was told of and that
    are set aside from the day's; `allowed` the questions answered with yes, which is what is kept
    of a consent. `file` is what the card shows. `phash` is the picture's perceptual hash.
    A clip is `hidden` from its report to the decision, can be had back for a while after
    `deleted_at` by who deleted it (an `Origin.owner`), and has no files any more from
    `files_gone_at` on.
    """

    id: str
    origin: Origin
    request: AnimationRequest
    renderer: Renderer
    picture: Path
    width: int
    height: int
    status: JobStatus
    created_at: datetime
    turn: int = 0
    card: str | None = None
    options: dict[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    instance: str | None = None
    lease_until: datetime | None = None
    queued_at: datetime | None = None
    claimed_at: datetime | None = None
    ended_at: datetime | None = None
    attempts: int = 0
    rerendered: bool = False
    clip: Clip | None = None
    timings: Timings = field(default_factory=Timings)
    failure: tuple[str, dict[str, Any]] | None = None
    told: bool = True
    cost_s: float = 0.0
    allowed: frozenset[str] = frozenset()
    phash: str = ""
    file: ClipFile | None = None
    hidden: bool = False
    deleted_at: datetime | None = None
    deleted_by: str = ""
    files_gone_at: datetime | None = None
    reposts: tuple[Repost, ...] = ()

    def timings_until(self, now: datetime) -> Timings:
        """With what a render that runs has taken so far."""
        if self.status is not JobStatus.RUNNING or self.claimed_at is None:
            return self.timings
        return self.timings.plus(rendered_s=(now - self.claimed_at).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRecord:
    """What one job cost, written in the same transaction as its last move; one row a job.

    `settings` are without what the person wrote. `charged_s` is what its owner's day was charged
    for it. `person` is empty once they asked to be forgotten.
    """

    job_id: str
    platform: str
    place: str
    person: str
    renderer: Renderer
    settings: AnimationRequest
    width: int
    height: int
    outcome: JobStatus
    attempts: int
    created_at: datetime
    ended_at: datetime
    timings: Timings
    size_bytes: int | None = None
    failure_key: str | None = None
    community: str = ""
    charged_s: float = 0.0


def new_job_id(now: datetime) -> str:
    """18 characters, sorted by time; short enough for a Discord nonce (25) and for
    Telegram's callback data (64 bytes)."""
    ticks = int(now.timestamp() * 1000)
    shifts = range(5 * (TIME_DIGITS - 1), -1, -5)
    head = "".join(ALPHABET[(ticks >> shift) & 31] for shift in shifts)
    return head + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_DIGITS))


def usage_of(
    job: Job, outcome: JobStatus, ended_at: datetime, size_bytes: int | None = None
) -> UsageRecord:
    """The record of a job that ends now."""
    return UsageRecord(
        job_id=job.id,
        platform=job.origin.platform,
        place=job.origin.place,
        person=job.origin.person,
        renderer=job.renderer,
        settings=job.request.wordless,
        width=job.width,
        height=job.height,
        outcome=outcome,
        attempts=job.attempts,
        created_at=job.created_at,
        ended_at=ended_at,
        timings=job.timings,
        size_bytes=size_bytes,
        failure_key=job.failure[0] if job.failure else None,
        community=job.origin.community,
        charged_s=charge_of(job, outcome),
    )


def charge_of(job: Job, outcome: JobStatus) -> float:
    """GPU seconds that a job costs its owner's day when it ends: what one render took, never
    more than was told before; nothing where the machine failed or nothing was drawn."""
    if outcome in (JobStatus.FAILED, JobStatus.EXPIRED) or not job.attempts:
        return 0.0
    return min(job.cost_s, job.timings.rendered_s / job.attempts)
