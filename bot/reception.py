"""Where submissions come in: a picture and its settings become a job, or a question first."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog

from bot.asking import Asked, make_request
from bot.card import Action
from bot.clip import Renderer
from bot.errors import JobGoneError, LimitError, PersonError, StaleJobError, StoreError, WayOut
from bot.insist import see_through
from bot.job import Job, JobStatus, new_job_id
from bot.limits import QueueLimits, require_owner
from bot.log import about
from bot.origin import Origin
from bot.ports import Clock, Engine, JobStore, MediaStore, QuestionStore
from bot.question import Question
from bot.request import fit_size

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRules:
    """What the operator decides about submissions."""

    renderer: Renderer = Renderer.PREVIEW
    limits: QueueLimits = field(default_factory=QueueLimits)
    min_free_bytes: int = 1_000_000_000


class Reception:
    """Raises `PersonError` for what the person can mend, `MachineError` for the rest."""

    def __init__(
        self,
        rules: HouseRules,
        *,
        jobs: JobStore,
        questions: QuestionStore,
        media: MediaStore,
        engine: Engine,
        clock: Clock,
    ) -> None:
        self._rules = rules
        self._jobs = jobs
        self._questions = questions
        self._media = media
        self._engine = engine
        self._clock = clock
        self._answering: set[str] = set()  # a crop takes long enough for a second click

    async def take(
        self, upload: Path, origin: Origin, options: Mapping[str, str], allowed: frozenset[str]
    ) -> Job | Question:
        """Judge a picture and queue it; of what is refused no file is left."""
        self._require_room()
        job_id = new_job_id(self._clock.now())
        with about(job_id, origin):
            try:
                question = await self._judge(job_id, upload, origin, options, allowed)
            except BaseException as error:
                await self._leave_nothing(job_id, error)
                raise
            return await see_through(self._enter(question))

    async def answer(
        self, question_id: str, person: Origin, action: Action, changes: Mapping[str, str]
    ) -> Job | Question:
        """Go on the way that was tapped. The question stays, and its buttons work, until there
        is a job; as that takes its id, neither a double click nor one after a crash makes two."""
        if question_id in self._answering:
            raise JobGoneError
        self._answering.add(question_id)
        try:
            question = await self._questions.get(question_id)
            require_owner(question.origin, person)
            with about(question_id, question.origin):
                outcome = await self._consider(await self._changed(question, action, changes))
                if isinstance(outcome, Job):
                    await self._close(question)
                return outcome
        except StaleJobError:  # answered, and a crash left the question behind
            await self._questions.drop(question_id)
            raise JobGoneError from None
        finally:
            self._answering.discard(question_id)

    async def dismiss(self, question_id: str, person: Origin) -> None:
        """The person goes no way at all: nothing is kept of it."""
        require_owner((await self._questions.get(question_id)).origin, person)
        await self._questions.drop(question_id)
        await asyncio.to_thread(self._media.drop, question_id)

    async def _close(self, question: Question) -> None:
        try:
            await self._questions.drop(question.id)
        except StoreError as error:  # the id of its job has closed it already
            log.warning("question.not_dropped", error=str(error))

    async def _judge(
        self,
        job_id: str,
        upload: Path,
        origin: Origin,
        options: Mapping[str, str],
        allowed: frozenset[str],
    ) -> Question:
        kept = await asyncio.to_thread(self._media.keep_upload, job_id, upload)
        return Question(
            id=job_id,
            origin=origin,
            options=dict(options),
            inspection=await self._engine.inspect(kept, kept.parent),
            created_at=self._clock.now(),
            allowed=allowed,
        )

    async def _enter(self, question: Question) -> Job | Question:
        try:
            return await self._consider(question)
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
        picture, faces = question.inspection.picture, question.inspection.faces
        if face not in map(str, range(1, len(faces) + 1)):
            raise JobGoneError
        chosen = faces[int(face) - 1]
        cropped = await self._engine.crop(picture, chosen, self._media.folder(question.id))
        return replace(question, inspection=cropped)

    async def _consider(self, question: Question) -> Job | Question:
        """A job in the queue, or the question that has to be asked first."""
        try:
            _ask_about_faces(question)
            asked = make_request(question.options)
            job = await self._jobs.add(self._job(question, asked), self._rules.limits)
        except PersonError as error:
            if not error.ways_out:
                raise
            question = replace(
                question, asks=error.key, args=error.args_of_text, ways_out=error.ways_out
            )
            await self._questions.put(question)
            log.info("submit.asked", asks=error.key)
            return question
        log.info("job.queued", width=job.width, height=job.height, turn=job.turn)
        log.debug("job.settings", request=str(job.request))
        return job

    def _job(self, question: Question, asked: Asked) -> Job:
        picture = question.inspection
        width, height = fit_size(picture.width, picture.height, asked.request.res)
        return Job(
            id=question.id,
            origin=question.origin,
            request=asked.request,
            renderer=self._rules.renderer,
            picture=picture.picture,
            options=question.options,
            notes=asked.notes,
            width=width,
            height=height,
            status=JobStatus.QUEUED,
            created_at=question.created_at,
            queued_at=self._clock.now(),
        )

    def _require_room(self) -> None:
        if self._media.free_bytes() < self._rules.min_free_bytes:
            log.error("disk.nearly_full", free_bytes=self._media.free_bytes())
            raise LimitError("limit-disk-full")


def _ask_about_faces(question: Question) -> None:
    """Raises `PersonError` with the ways out, unless the person has already said yes."""
    faces = question.inspection.faces
    if {Action.GO_ON.value, Action.CROP.value} & question.allowed:
        return
    go_on = WayOut(Action.GO_ON.value)
    if not faces:
        raise PersonError("ask-no-eyes", ways_out=(go_on,))
    if len(faces) > 1:
        crops = tuple(
            WayOut(Action.CROP.value, {"face": str(number)})
            for number in range(1, min(len(faces), 4) + 1)
        )
        raise PersonError("ask-two-faces", ways_out=(*crops, go_on), faces=len(faces))
