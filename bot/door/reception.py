"""Where submissions come in: a picture and its settings become a job, or a question first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import structlog

from bot.asking.presets import Presets
from bot.card import Action, Card
from bot.door.authors import Authors
from bot.door.consent import require_answering
from bot.door.door import Door, Guest
from bot.door.entry import Entry
from bot.door.limits import require_owner
from bot.door.safety import Safety
from bot.errors import JobGoneError, LimitError, PersonError, StaleJobError, StoreError
from bot.insist import see_through
from bot.inspection import Inspection
from bot.job import Job, new_job_id
from bot.log import about
from bot.origin import Origin
from bot.ports import Clock, Engine, JobStore, MediaStore, QuestionStore
from bot.question import Question

T = TypeVar("T")

log = structlog.get_logger(__name__)

NOES = (Action.DENY, Action.NEVER)


class Reception:
    """Raises `PersonError` for what the person can mend, `MachineError` for the rest."""

    def __init__(
        self,
        *,
        door: Door,
        entry: Entry,
        authors: Authors,
        presets: Presets,
        jobs: JobStore,
        questions: QuestionStore,
        media: MediaStore,
        engine: Engine,
        safety: Safety,
        clock: Clock,
        min_free_bytes: int,
    ) -> None:
        self._door = door
        self._entry = entry
        self._authors = authors
        self._presets = presets
        self._jobs = jobs
        self._questions = questions
        self._media = media
        self._engine = engine
        self._safety = safety
        self._clock = clock
        self._min_free_bytes = min_free_bytes
        self._answering: set[str] = set()  # a crop takes long enough for a second click

    async def take(
        self,
        upload: Path,
        origin: Origin,
        options: Mapping[str, str],
        allowed: frozenset[str],
        phash: str = "",
        job_id: str = "",
    ) -> Job | Question:
        """Judge a picture and queue it; of what is refused no file is left. `phash` is that of
        the picture which this one was made from; `job_id` an id that was set aside for the job
        before, and that no job has."""
        self._require_room()
        guest = await self._door.admit(origin)
        options = await self._presets.fill_in(options, guest.origin)
        job_id = job_id or new_job_id(self._clock.now())
        with about(job_id, origin):
            try:
                seen = await self._see(job_id, upload, phash)
            except BaseException as error:
                await self._leave_nothing(job_id, error)
                raise
            question = Question(
                id=job_id,
                origin=guest.origin,
                options=options,
                inspection=seen,
                created_at=self._clock.now(),
                allowed=allowed,
            )
            return await see_through(self._enter(question, guest))

    async def again(
        self, job: Job, person: Origin, changes: Mapping[str, str], new_id: str = ""
    ) -> Job | Question:
        """A new job from a job's picture: with a new seed, or other settings as typed. What was
        allowed for the picture stays allowed; what its author said, in the same place alone."""
        changes = await self._presets.fill_in(changes, person)
        options = {**job.options, **changes}
        if "seed" not in changes:
            options.pop("seed", None)
        allowed = job.allowed | {Action.GO_ON.value}
        if person.home != job.origin.home:
            allowed -= {Action.ALLOW.value}
        origin = replace(person, author=job.origin.author, author_name=job.origin.author_name)
        return await self.take(job.picture, origin, options, allowed, job.phash, new_id)

    async def answer(
        self, question_id: str, person: Origin, action: Action, changes: Mapping[str, str]
    ) -> Job | Question | Card:
        """Go on the way that was tapped. The question stays, and its buttons work, until there
        is a job; as that takes its id, neither a double click nor one after a crash makes two.
        A card is what a question of a picture's author ended with."""
        with self._once(question_id):
            question = await self._open(question_id)
            require_answering(question, person.owner, action)
            with about(question_id, question.origin):
                if not question.answers:
                    return await self._go_on(question, person, action, changes)
                if action in NOES:
                    return await self._authors.deny(question, action)
                return await self._agreed(question, action)

    async def dismiss(self, question_id: str, person: Origin) -> None:
        """The person goes no way at all: nothing is kept of it."""
        with self._once(question_id):
            question = await self._open(question_id)
            require_owner(question.origin, person)
            await self._authors.withdraw(question)

    async def _open(self, question_id: str) -> Question:
        """Raises `JobGoneError`, also for what was answered before a crash: the picture is the
        job's by now, and no second answer may take it away."""
        question = await self._questions.get(question_id)
        if await self._jobs.known([question_id]):
            await self._questions.drop(question_id)
            raise JobGoneError
        return question

    @contextmanager
    def _once(self, question_id: str) -> Iterator[None]:
        if question_id in self._answering:
            raise JobGoneError
        self._answering.add(question_id)
        try:
            yield
        finally:
            self._answering.discard(question_id)

    async def _go_on(
        self, question: Question, person: Origin, action: Action, changes: Mapping[str, str]
    ) -> Job | Question:
        """Who sent it answers, with the rights that they have now."""
        guest = await self._door.admit(replace(question.origin, rights=person.rights))
        changed = await self._changed(question, action, changes)
        log.info("question.answered", asks=question.asks, answer=action.value)
        outcome = await self._only_once(self._entry.consider(changed, guest), question.id)
        if isinstance(outcome, Job):
            await self._close(question)
        return outcome

    async def _agreed(self, question: Question, action: Action) -> Job | Card:
        """The author says yes, for somebody who may have got into trouble meanwhile."""
        agreed = replace(question, allowed=question.allowed | {action.value}, answers="")
        log.info("author.agreed")
        try:
            guest = await self._door.admit_again(question.origin)
            job = await self._only_once(self._entry.enter(agreed, guest), question.id)
        except PersonError as error:
            if isinstance(error, LimitError) or error.ways_out:
                return await self._authors.keep_yes(agreed, error)
            await self._authors.withdraw(question)
            log.info("submit.refused", error=str(error))
            raise JobGoneError("author-too-late") from None
        await self._close(question)
        return job

    async def _only_once(self, entering: Awaitable[T], question_id: str) -> T:
        try:
            return await entering
        except StaleJobError:  # answered, and a crash left the question behind
            await self._questions.drop(question_id)
            raise JobGoneError from None

    async def _close(self, question: Question) -> None:
        try:
            await self._questions.drop(question.id)
        except StoreError as error:  # the id of its job has closed it already
            log.warning("question.not_dropped", error=str(error))

    async def _see(self, job_id: str, upload: Path, phash: str) -> Inspection:
        kept = await asyncio.to_thread(self._media.keep_upload, job_id, upload)
        seen = await self._engine.inspect(kept, kept.parent)
        await self._safety.require_fit(seen.picture)
        return replace(seen, phash=phash or seen.phash)

    async def _enter(self, question: Question, guest: Guest) -> Job | Question:
        try:
            return await self._entry.consider(question, guest)
        except BaseException as error:
            await self._leave_nothing(question.id, error)
            raise

    async def _leave_nothing(self, job_id: str, error: BaseException) -> None:
        log.info("submit.refused", error=str(error))
        await asyncio.to_thread(self._media.drop, job_id)

    async def _changed(
        self, question: Question, action: Action, changes: Mapping[str, str]
    ) -> Question:
        if action is Action.CROP:
            question = await self._cropped(question, changes.get("face", "1"))
        elif action is Action.CHANGE:
            question = replace(question, options={**question.options, **changes})
        return replace(question, allowed=question.allowed | {action.value})

    async def _cropped(self, question: Question, face: str) -> Question:
        """A part of a picture is as blocked as the whole, and of a photo as much a photo."""
        whole = question.inspection
        if face not in map(str, range(1, len(whole.faces) + 1)):
            raise JobGoneError
        chosen = whole.faces[int(face) - 1]
        part = await self._engine.crop(whole.picture, chosen, self._media.folder(question.id))
        return replace(question, inspection=replace(part, kind=whole.kind, phash=whole.phash))

    def _require_room(self) -> None:
        if self._media.free_bytes() < self._min_free_bytes:
            log.error("disk.nearly_full", free_bytes=self._media.free_bytes())
            raise LimitError("limit-disk-full")
