"""What the core needs from the outside: Protocols, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from bot.card import Card
from bot.clip import (
    Chart,
    Clip,
    ClipFile,
    Drawing,
    EncodeOrder,
    Gpu,
    Progress,
    Renderer,
    RenderOrder,
    Trouble,
)
from bot.door.limits import QueueLimits
from bot.incoming import Incoming
from bot.inspection import Face, Inspection, Suspicion
from bot.job import Job, JobStatus, UsageRecord
from bot.measurement import Measurement
from bot.origin import Origin
from bot.people.leaving import Leaving
from bot.preferences import Change, PersonSettings, PlaceSettings
from bot.question import Question
from bot.queue.pause import Pause
from bot.reports import Block, Blocked, Decision, Posted, Report
from bot.sharing import Share
from bot.watch.totals import Total, UnderWay

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Clock(Protocol):
    """Time, so that tests can hold it still."""

    def now(self) -> datetime:
        """The wall clock in UTC."""

    async def sleep(self, seconds: float) -> None: ...


class JobStore(Protocol):
    """The job table. Every method is one transaction; all raise `StoreError` when the database
    can't be used, and those that move a job `StaleJobError` when it is not where it was."""

    async def add(self, job: Job, limits: QueueLimits) -> Job:
        """Store a QUEUED job, give it its turn and set its GPU seconds aside; raises `LimitError`
        beyond the limits and `StaleJobError` where its id is taken."""

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
        oldest: datetime = LONG_AGO,
    ) -> Job | None:
        """Take the next waiting job in the order of `bot.queue.fairness`, of those that were asked
        for at `oldest` or later: it is RUNNING, carries the instance and a lease, and counts one
        attempt more."""

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
        `Job` changed; `usage` is written in the same transaction, once a job, and what it charges
        takes the place of what was set aside. A move that there is not, and usage of a job that
        has not ended, are a `ValueError` (see `bot.queue.moves`)."""

    async def save(self, job_id: str, **changes: Any) -> Job:
        """Change fields that are no move: its card, its timings."""

    async def hand_over(self, job: Job, renderer: Renderer) -> Job:
        """Put a QUEUED job into another renderer's queue, where it takes its turn anew and costs
        nothing. Raises `StaleJobError` where it does not wait any more."""

    async def waiting(
        self, renderer: Renderer | None = None, limit: int | None = None
    ) -> list[Job]:
        """The QUEUED jobs in the order in which they will be claimed, the first `limit`."""

    async def ahead(self, job: Job) -> int:
        """How many QUEUED jobs of its renderer come before this one; reads no rows."""

    async def running(self) -> list[Job]: ...

    async def under_way(self) -> list[UnderWay]:
        """How many jobs stand in each state that is no end; reads no jobs."""

    async def untold(self, platforms: Sequence[str]) -> list[Job]:
        """Jobs that ended while their cards may still say otherwise (`Job.told` is False)."""

    async def of_person(self, owner: str, limit: int = 20, offset: int = 0) -> list[Job]:
        """A person's jobs, newest first."""

    async def of_author(self, author: str) -> list[Job]:
        """Jobs that others made of a person's pictures (`Origin.drawn_by`), newest first."""

    async def overdue(
        self, platforms: Sequence[str], before: datetime, limit: int = 100
    ) -> list[Job]:
        """QUEUED jobs that were asked for before then, the oldest first."""

    async def with_files(self, before: datetime, limit: int = 100) -> list[Job]:
        """Ended jobs whose files are still there though they ended before then, and which nobody
        shares; the oldest first."""

    async def deleted(self, before: datetime, limit: int = 100) -> list[Job]:
        """Jobs that were deleted before then and whose files are still there."""

    async def known(self, job_ids: Sequence[str]) -> set[str]:
        """Those of the ids that have a row."""

    async def forget(self, person: str) -> None:
        """What a person took away of others' was taken away by nobody."""

    async def drop(self, job_id: str) -> None:
        """The row of a job that has ended; its usage record stays. Gone already is as good."""


class QuestionStore(Protocol):
    """Submissions that wait for a person's answer ("I can't find the eyes, go on anyway?")."""

    async def put(self, question: Question) -> None:
        """Store it in place of what has the same id."""

    async def drop(self, question_id: str) -> None:
        """Gone already is as good."""

    async def get(self, question_id: str) -> Question:
        """Raises `JobGoneError`."""

    async def of_person(self, owner: str) -> list[Question]:
        """Those that a person sent or is asked."""

    async def older(self, before: datetime, limit: int = 100) -> list[Question]:
        """Those that nobody answered, the oldest first."""

    async def known(self, question_ids: Sequence[str]) -> set[str]:
        """Those of the ids that have a row."""


class UsageStore(Protocol):
    async def records(
        self, since: datetime | None = None, *, owner: str | None = None, home: str | None = None
    ) -> list[UsageRecord]:
        """Oldest first; of one person, or of one community, where it is given."""

    async def forget(self, owner: str) -> None:
        """Leave the records, and nobody's; without a place in which nobody else was, since that
        would tell whose they were."""

    async def of_job(self, job_id: str) -> UsageRecord | None:
        """None: the job has not ended."""

    async def recent(self, renderer: Renderer, limit: int = 50) -> list[UsageRecord]:
        """The newest DELIVERED ones, which `bot.queue.estimate` learns from."""

    async def totals(
        self, since: datetime = LONG_AGO, before: datetime | None = None
    ) -> list[Total]:
        """Of what ended since then and before then, one of each kind; reads no records."""


class QuotaStore(Protocol):
    """What is left of a day, filled by the `JobStore`."""

    async def spent_s(self, owner: str, now: datetime) -> float:
        """GPU seconds of the person's day: used, or set aside for jobs that have not ended."""

    async def drop_before(self, moment: datetime) -> None:
        """Of days that were over by then, what is settled."""


class SettingsStore(Protocol):
    """What places and people have chosen; who has chosen nothing has the defaults."""

    async def place(self, home: str) -> PlaceSettings: ...

    async def person(self, owner: str) -> PersonSettings: ...

    async def both(self, home: str, owner: str) -> tuple[PlaceSettings, PersonSettings]:
        """At once, as everything that anybody asks for begins with it."""

    async def change_place(self, home: str, by: str, at: datetime, **changes: Any) -> PlaceSettings:
        """The fields changed, with a `Change` for each that is another now, in one transaction."""

    async def change_person(self, owner: str, at: datetime, **changes: Any) -> PersonSettings:
        """As `change_place`, by the person."""

    async def changes(self, subject: str, limit: int = 50) -> list[Change]:
        """Newest first."""

    async def forget(self, owner: str) -> None:
        """The person's settings and their changes; what they set of places is set by nobody."""


class PresetStore(Protocol):
    """Settings by a name, of a person or of a place: `subject` is an owner or a home."""

    async def save(self, subject: str, name: str, options: Mapping[str, str]) -> None:
        """In place of what has that name."""

    async def get(self, subject: str, name: str) -> dict[str, str] | None: ...

    async def names(self, subject: str) -> list[str]:
        """Sorted."""

    async def drop(self, subject: str, name: str) -> bool:
        """Whether there was one."""

    async def forget(self, subject: str) -> None: ...


class ShareStore(Protocol):
    """Clips that are shown, and their stars."""

    async def put(self, share: Share) -> None:
        """In place of the one of the same job; its stars stay."""

    async def get(self, job_id: str) -> Share | None: ...

    async def drop(self, job_id: str) -> None:
        """With its stars. Gone already is as good."""

    async def star(self, job_id: str, person: str, at: datetime) -> bool:
        """One a person: a second takes the first back. Whether there is one now."""

    async def top(
        self,
        *,
        home: str | None = None,
        web: bool = False,
        since: datetime | None = None,
        restricted: bool = False,
        limit: int = 10,
    ) -> list[Share]:
        """The most starred, the newest of equals, of what is shared in a community or on the
        web, since then; stars count from then on, too. Nothing hidden or deleted; what is for
        adults only where `restricted` says so."""

    async def newest(self, *, web: bool = False, limit: int = 10, offset: int = 0) -> list[Share]:
        """As `top`, by their time."""

    async def of_person(self, owner: str) -> list[Share]:
        """Of a person's clips, newest first."""

    async def stars_of(self, person: str) -> list[str]:
        """The ids of the jobs that a person starred."""

    async def forget(self, person: str) -> None:
        """The stars that a person gave."""


class ReportStore(Protocol):
    """Reports and blocks. People stand in blocks as pseudonyms."""

    async def add(self, report: Report) -> bool:
        """False: this person has reported this clip already, and nothing changed."""

    async def get(self, report_id: str) -> Report:
        """Raises `JobGoneError`."""

    async def undecided(self, home: str | None = None) -> list[Report]:
        """Oldest first."""

    async def of_job(self, job_id: str) -> list[Report]:
        """Oldest first."""

    async def post(self, report_id: str, cards: Sequence[Posted]) -> None:
        """Keep where the messages stand that ask for its decision."""

    async def decide(self, job_id: str, decision: Decision, by: str, at: datetime) -> bool:
        """Every undecided report of the clip at once. False: there is none any more."""

    async def block_person(self, owner: str, by: str, at: datetime, reason: str = "") -> None: ...

    async def block_picture(self, phash: str, by: str, at: datetime, reason: str = "") -> None: ...

    async def unblock_person(self, owner: str) -> bool: ...

    async def unblock(self, kind: Blocked, value: str) -> bool: ...

    async def is_blocked(self, owner: str) -> bool: ...

    async def blocks(self, kind: Blocked | None = None) -> list[Block]:
        """Newest first."""

    async def forget(self, person: str) -> None:
        """Reports stay, without words, and are nobody's."""


class InboxStore(Protocol):
    """What a platform sent and what of it is yet to be handled; `source` is the account that it
    was sent to."""

    async def put(self, source: str, messages: Sequence[Incoming]) -> set[int]:
        """The numbers that are new; what came before stays as it is, handled or not."""

    async def waiting(self, source: str, limit: int = 100) -> list[Incoming]:
        """The oldest first."""

    async def done(self, source: str, number: int, at: datetime) -> None:
        """It is handled: its content goes, its number stays to be known again."""

    async def drop_done(self, before: datetime) -> None:
        """Those numbers that were handled before then."""


class TipStore(Protocol):
    """What somebody was told once and need not be told again."""

    async def is_first(self, person: str, tip: str) -> bool:
        """True once for each."""

    async def forget(self, person: str) -> None: ...


class LeavingStore(Protocol):
    """Who asked to be forgotten, and is not yet."""

    async def put(self, person: Leaving) -> None:
        """In place of what is known of the same person."""

    async def all(self) -> list[Leaving]:
        """Who asked first comes first."""

    async def drop(self, owner: str) -> None:
        """Gone already is as good."""


class MovedStore(Protocol):
    """Places that go on under another id of their platform's. Here they keep the first one, so that
    all that was chosen, shared, reported and counted there goes on with them."""

    async def put(self, now: str, first: str) -> None:
        """Homes (see `bot.origin`)."""

    async def all(self) -> dict[str, str]:
        """The first home of each, by the one that it has now."""


class PauseStore(Protocol):
    """What an operator said of the GPU; one for all who share the database."""

    async def get(self) -> Pause | None:
        """The last one, whether it holds or not."""

    async def put(self, pause: Pause) -> None:
        """In place of the last one."""

    async def drop(self) -> None:
        """Gone already is as good."""


class MediaStore(Protocol):
    """The folders of jobs, on disk. Raises `MediaError` where a file can't be had or written."""

    def folder(self, job_id: str) -> Path:
        """The job's own folder, made if need be."""

    def keep_upload(self, job_id: str, upload: Path) -> Path:
        """Copy an upload into the job's folder as it came."""

    def drop(self, job_id: str) -> None:
        """Remove the job's folder and all that is in it."""

    def job_ids(self, before: datetime) -> list[str]:
        """The jobs that have a folder in which nothing was changed since then."""

    def free_bytes(self) -> int: ...


class Messenger(Protocol):
    """One platform. Raises `MessengerError` and its kinds, nothing else."""

    platform: str

    def connected(self) -> bool:
        """As far as it knows, without asking."""

    def edit_interval_s(self, origin: Origin) -> float:
        """The fastest pace at which one card may be edited there."""

    async def post(self, origin: Origin, card: Card, nonce: str) -> str:
        """A fresh message with the card; returns what `edit` needs to find it again. The same
        nonce twice shows one message where the platform can tell. A card in the state ASKING
        mentions `origin.author`, audibly, and no card anybody else."""

    async def edit(self, origin: Origin, ref: str, card: Card) -> None:
        """Change the card in place; the same card twice changes nothing. Raises
        `CardGoneError` where it can't be edited any more, `TooLargeError` for its clip."""

    async def mention(self, origin: Origin, ref: str, text: str) -> None:
        """One short audible reply to the card that mentions only `origin.person`."""

    async def post_direct(self, origin: Origin, card: Card, nonce: str) -> str:
        """The card in private to its owner, where the place is gone."""

    async def remove(self, origin: Origin, ref: str, instead: Card) -> None:
        """Take a message away; where the platform can't any more, show `instead`, without media.
        Gone already is as good."""

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

    async def judge(self, picture: Path) -> Suspicion | None:
        """What a classifier holds against a clean picture; None also where there is none."""

    async def judge_clip(self, clip: Clip) -> Suspicion | None: ...

    async def measure(self, clip: Clip) -> Measurement: ...

    async def encode(self, clip: Clip, order: EncodeOrder) -> ClipFile: ...

    async def draw(self, clip: Clip, drawing: Drawing, target: Path) -> Path: ...

    async def chart(self, chart: Chart, target: Path) -> Path:
        """Usage as a picture."""

    async def trouble(self, renderer: Renderer) -> Trouble | None:
        """Why it takes no jobs now; None where it does. Quick, whatever it is doing."""

    async def free(self, renderer: Renderer) -> None:
        """End its worker, and with it what it holds of memory, until `wake`. Again changes
        nothing."""

    async def wake(self, renderer: Renderer) -> None:
        """Begin to start it, where it was freed."""

    async def gpus(self) -> list[Gpu]:
        """The cards of the machine; none where nothing is known of any."""

    async def describe(self) -> dict[str, dict[str, str]]:
        """What is here, by role: device, plan, process id, memory."""
