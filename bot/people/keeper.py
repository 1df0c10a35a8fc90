"""Keeps no longer than promised: files, questions and jobs go when their time is over.

Files go before the row that tells of them: a kill in between leaves a row whose files are
looked for once more, while the other order would leave files that nobody looks for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any, Protocol, TypeVar

import structlog

from bot.asking.options import FREE_TEXT
from bot.cards.delivery import Delivery
from bot.cards.notices import Notices
from bot.clips.acting import Acting, Held
from bot.clips.actions import UNDO
from bot.door.authors import Authors
from bot.errors import JobGoneError, SketchlifeError, StaleJobError
from bot.job import Job, JobStatus
from bot.log import about
from bot.origin import Origin
from bot.people.forgetting import Forgetting
from bot.ports import Clock, JobStore, LeftoverStore, MediaStore, QuestionStore, QuotaStore
from bot.question import Question

log = structlog.get_logger(__name__)

TIDY_EVERY_S = 600.0  # nothing that is promised here is promised by the minute
BATCH = 100
# The picture's author may be asked, who need not look every day; a week later nobody waits.
QUESTIONS_KEPT = timedelta(days=7)
# A folder is older than its row by the time that a picture is judged; a day is far beyond that.
ORPHANS_KEPT = timedelta(days=1)
DAY = timedelta(days=1)


class _Row(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def origin(self) -> Origin: ...


T = TypeVar("T", bound=_Row)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRules:
    """How long files stay, and for how long a job may wait before it is asked for anew; of the
    jobs of `platforms` alone, whose people can be told."""

    platforms: Sequence[str]
    keep: timedelta = timedelta(days=30)
    max_age: timedelta = timedelta(hours=24)


class Keeper:
    """Every step may be killed anywhere and done again. What fails is logged, and tried again in
    the next round."""

    def __init__(
        self,
        rules: KeepRules,
        *,
        jobs: JobStore,
        questions: QuestionStore,
        quotas: QuotaStore,
        leftovers: LeftoverStore,
        media: MediaStore,
        acting: Acting,
        authors: Authors,
        delivery: Delivery,
        notices: Notices,
        forgetting: Forgetting,
        clock: Clock,
    ) -> None:
        self._rules = rules
        self._jobs = jobs
        self._questions = questions
        self._quotas = quotas
        self._leftovers = leftovers
        self._media = media
        self._acting = acting
        self._authors = authors
        self._delivery = delivery
        self._notices = notices
        self._forgetting = forgetting
        self._clock = clock

    async def stay_tidy(self) -> None:
        """Until cancelled; the first round at once, as much may have aged while nobody was here."""
        while True:
            await self.tidy()
            await self._clock.sleep(TIDY_EVERY_S)

    async def tidy(self) -> None:
        """One round."""
        for step in (
            self._ask_anew,
            self._clear_old,
            self._clear_deleted,
            self._drop_questions,
            self._sweep_orphans,
            self._drop_charges,
            self._drop_leftovers,
            self._see_off,
        ):
            try:
                await step()
            except SketchlifeError as error:
                log.warning("keeper.failed", step=step.__name__, error=str(error))
            except Exception:  # a bug in one step keeps nobody from the others
                log.exception("keeper.failed", step=step.__name__)

    async def _ask_anew(self) -> None:
        """Jobs that waited too long are asked about on their cards, instead of surprising people
        who gave up long ago; each person hears of all of theirs at once."""
        before = self._clock.now() - self._rules.max_age
        expired: list[Job] = []

        async def expire(job: Job) -> None:
            hours = round(self._rules.max_age.total_seconds() / 3600)
            failure = ("job-waited", {"hours": hours})
            expired.append(await self._delivery.end(job, JobStatus.EXPIRED, failure))

        await self._each(lambda: self._jobs.overdue(self._rules.platforms, before, BATCH), expire)
        # The bell is a courtesy: a kill before this line leaves the cards to tell of it.
        for _, of_person in groupby(sorted(expired, key=_owner), key=_owner):
            await self._notices.expired(list(of_person))

    async def _clear_old(self) -> None:
        before = self._clock.now() - self._rules.keep
        await self._each(lambda: self._jobs.with_files(before, BATCH), self._clear_unless_shared)

    async def _clear_unless_shared(self, job: Job) -> None:
        async with self._acting.alone(job.id) as held:
            if held.share is None:
                await self._clear(held)

    async def _clear_deleted(self) -> None:
        before = self._clock.now() - UNDO
        await self._each(lambda: self._jobs.deleted(before, BATCH), self._clear_for_good)

    async def _clear_for_good(self, job: Job) -> None:
        """Nothing that was drawn or written stays of what was deleted."""
        async with self._acting.alone(job.id) as held:
            if held.job.deleted_at is not None:
                await self._clear(held, deleted_by="", **_wordless(held.job))

    async def _clear(self, held: Held, **changes: Any) -> None:
        if held.job.files_gone_at is None:
            await asyncio.to_thread(self._media.drop, held.job.id)
            gone_at = self._clock.now()
            await self._jobs.save(held.job.id, files_gone_at=gone_at, told=False, **changes)
            log.info("files.gone")

    async def _drop_questions(self) -> None:
        before = self._clock.now() - QUESTIONS_KEPT
        await self._each(lambda: self._questions.older(before, BATCH), self._drop_question)

    async def _drop_question(self, question: Question) -> None:
        """The files of one that was answered are its job's."""
        if await self._jobs.known([question.id]):
            await self._questions.drop(question.id)
        elif question.origin.platform in self._rules.platforms:
            await self._authors.withdraw(question)
        else:  # nobody here can tell
            await asyncio.to_thread(self._media.drop, question.id)
            await self._questions.drop(question.id)

    async def _sweep_orphans(self) -> None:
        """Folders that a kill left before their row was written, or after it was dropped."""
        before = self._clock.now() - ORPHANS_KEPT
        found = await asyncio.to_thread(self._media.job_ids, before)
        for start in range(0, len(found), BATCH):
            ids = found[start : start + BATCH]
            known = await self._jobs.known(ids) | await self._questions.known(ids)
            for orphan in sorted(set(ids) - known):
                log.info("files.orphaned", job=orphan)
                await asyncio.to_thread(self._media.drop, orphan)

    async def _drop_charges(self) -> None:
        """Of the days before yesterday: no limit asks for them, and whoever is forgotten leaves
        nothing but their last two, under a pseudonym."""
        await self._quotas.drop_before(self._clock.now() - DAY)

    async def _drop_leftovers(self) -> None:
        await self._leftovers.tidy(self._clock.now(), self._rules.keep)

    async def _see_off(self) -> None:
        await self._forgetting.see_through()

    async def _each(
        self, fetch: Callable[[], Awaitable[list[T]]], deal: Callable[[T], Awaitable[None]]
    ) -> None:
        """Batch after batch, until one is not full or nothing of it could be done."""
        while batch := await fetch():
            done = [await self._try(one, deal) for one in batch]
            if len(batch) < BATCH or not any(done):
                return

    async def _try(self, one: T, deal: Callable[[T], Awaitable[None]]) -> bool:
        with about(one.id, one.origin):
            try:
                await deal(one)
            except (JobGoneError, StaleJobError):  # somebody else was first
                return True
            except SketchlifeError as error:
                log.warning("keeper.left", error=str(error))
                return False
        return True


def _owner(job: Job) -> str:
    return job.origin.owner


def _wordless(job: Job) -> dict[str, Any]:
    """What a row keeps of a deleted job: that there was one, and its settings without words."""
    options = {name: value for name, value in job.options.items() if name not in FREE_TEXT}
    return {"request": job.request.wordless, "options": options, "phash": ""}
