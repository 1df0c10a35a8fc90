"""What the core needs from the outside: Protocols, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from bot.card import Card
from bot.clip import Clip, ClipFile, Drawing, EncodeOrder, Progress, Renderer, RenderOrder, Trouble
from bot.inspection import Face, Inspection
from bot.job import Job, JobStatus, UsageRecord
from bot.limits import QueueLimits
from bot.measurement import Measurement
from bot.origin import Origin
from bot.question import Question


class Clock(Protocol):
    """Time, so that tests can hold it still."""

    def now(self) -> datetime:
        """The wall clock in UTC."""

    async def sleep(self, seconds: float) -> None: ...


class JobStore(Protocol):
    """The job table. Every method is one transaction; all raise `StoreError` when the database
    can't be used, and those that move a job `StaleJobError` when it is not where it was."""

    async def add(self, job: Job, limits: QueueLimits) -> Job:
        """Store a QUEUED job and give it its turn; raises `LimitError` beyond the limits and
        `StaleJobError` where its id is taken."""

    async def get(self, job_id: str) -> Job:
        """Raises `JobGoneError` for an unknown id."""

    async def claim(
        self,
        instance: str,
        renderer: Renderer,
        platforms: Sequence[str],
        now: datetime,
        lease: timedelta,
        running_per_person: int,
    ) -> Job | None:
        """Take the next waiting job in the order of `bot.fairness`: it is RUNNING, carries the
        instance and a lease, and counts one attempt more."""

    async def renew(self, instance: str, until: datetime) -> None:
        """Prolong the leases of everything that this instance holds."""

    async def take_over(
        self, instance: str, platforms: Sequence[str], now: datetime, lease: timedelta
    ) -> list[Job]:
        """At a start: RUNNING rows of this instance, or with a lease that ran out, go back to
        QUEUED with their turn kept; RENDERED ones become this instance's, with a fresh lease,
        and are returned, the oldest first."""

    async def move(
        self,
        job: Job,
        status: JobStatus,
        now: datetime,
        usage: UsageRecord | None = None,
        **changes: Any,
    ) -> Job:
        """Move a job on if it is still as given (`id`, `status`, `instance`), with fields of
        `Job` changed; `usage` is written in the same transaction, once a job. A move that there
        is not, and usage of a job that has not ended, are a `ValueError` (see `bot.moves`)."""

    async def save(self, job_id: str, **changes: Any) -> Job:
        """Change fields that are no move: its card, its timings."""

    async def hand_over(self, job: Job, renderer: Renderer) -> Job:
        """Put a QUEUED job into another renderer's queue, where it takes its turn anew. Raises
        `StaleJobError` where it does not wait any more."""

    async def waiting(
        self, renderer: Renderer | None = None, limit: int | None = None
    ) -> list[Job]:
        """The QUEUED jobs in the order in which they will be claimed, the first `limit`."""

    async def ahead(self, job: Job) -> int:
        """How many QUEUED jobs of its renderer come before this one; reads no rows."""

    async def running(self) -> list[Job]: ...

    async def untold(self, platforms: Sequence[str]) -> list[Job]:
        """Jobs that ended while their cards may still say otherwise (`Job.told` is False)."""

    async def of_person(self, owner: str, limit: int = 20) -> list[Job]:
        """A person's jobs, newest first."""


class QuestionStore(Protocol):
    """Submissions that wait for a person's answer ("I can't find the eyes, go on anyway?")."""

    async def put(self, question: Question) -> None:
        """Store it in place of what has the same id."""

    async def drop(self, question_id: str) -> None:
        """Gone already is as good."""

    async def get(self, question_id: str) -> Question:
        """Raises `JobGoneError`."""


class UsageStore(Protocol):
    async def records(self, since: datetime | None = None) -> list[UsageRecord]:
        """Oldest first."""

    async def of_job(self, job_id: str) -> UsageRecord | None:
        """None: the job has not ended."""

    async def recent(self, renderer: Renderer, limit: int = 50) -> list[UsageRecord]:
        """The newest DELIVERED ones, which `bot.estimate` learns from."""


class MediaStore(Protocol):
    """The folders of jobs, on disk. Raises `MediaError` where a file can't be had or written."""

    def folder(self, job_id: str) -> Path:
        """The job's own folder, made if need be."""

    def keep_upload(self, job_id: str, upload: Path) -> Path:
        """Copy an upload into the job's folder as it came."""

    def drop(self, job_id: str) -> None:
        """Remove the job's folder and all that is in it."""

    def free_bytes(self) -> int: ...


class Messenger(Protocol):
    """One platform. Raises `MessengerError` and its kinds, nothing else."""

    platform: str

    def edit_interval_s(self, origin: Origin) -> float:
        """The fastest pace at which one card may be edited there."""

    async def post(self, origin: Origin, card: Card, nonce: str) -> str:
        """A fresh message with the card; returns what `edit` needs to find it again. The same
        nonce twice shows one message where the platform can tell."""

    async def edit(self, origin: Origin, ref: str, card: Card) -> None:
        """Change the card in place; the same card twice changes nothing. Raises
        `CardGoneError` where it can't be edited any more, `TooLargeError` for its clip."""

    async def mention(self, origin: Origin, ref: str, text: str) -> None:
        """One short audible reply to the card that mentions only its owner."""

    async def post_direct(self, origin: Origin, card: Card, nonce: str) -> str:
        """The card in private to its owner, where the place is gone."""

    def size_limit(self, origin: Origin) -> int | None:
        """How large a file may be there, in bytes; None: as large as it gets."""


class Engine(Protocol):
    """The worker processes. Raises `WorkerError` when one died or hung; it is already being
    started again. Files named in orders and results lie in the job's folder."""

    async def inspect(self, upload: Path, folder: Path) -> Inspection:
        """Judge an upload; the clean picture becomes `folder/picture.png`. `PictureError`."""

    async def crop(self, picture: Path, face: Face, folder: Path) -> Inspection: ...

    async def render(self, order: RenderOrder, on_progress: Callable[[Progress], None]) -> Clip:
        """Render into the lossless master. Cancelling the awaiting task stops the worker
        within one step."""

    async def measure(self, clip: Clip) -> Measurement: ...

    async def encode(self, clip: Clip, order: EncodeOrder) -> ClipFile: ...

    async def draw(self, clip: Clip, drawing: Drawing, target: Path) -> Path: ...

    async def trouble(self, renderer: Renderer) -> Trouble | None:
        """Why it takes no jobs now; None where it does. Quick, whatever it is doing."""

    async def describe(self) -> dict[str, dict[str, str]]:
        """What is here, by role: device, plan, process id, memory."""
