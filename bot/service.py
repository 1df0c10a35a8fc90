"""The one door: everything that a chat, a page or a terminal can ask for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import structlog

from bot.asking import Asked, make_request
from bot.board import Board
from bot.card import Action, Card
from bot.clip import Clip, ClipFile, Drawing, Renderer
from bot.delivery import Delivery
from bot.dispatcher import Dispatcher
from bot.errors import JobGoneError, LimitError, MachineError, PersonError, WayOut
from bot.inspection import Inspection
from bot.job import Job, JobStatus, UsageRecord, new_job_id
from bot.limits import QueueLimits, require_owner
from bot.log import about
from bot.origin import Origin
from bot.ports import Clock, Engine, JobStore, MediaStore, QuestionStore, UsageStore
from bot.question import Question
from bot.request import ClipFormat, fit_size
from bot.waiting import Place, WaitingRoom
from bot.wording import queued_card, refusal_card

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRules:
    """What the operator decides about submissions."""

    renderer: Renderer = Renderer.PREVIEW
    limits: QueueLimits = field(default_factory=QueueLimits)
    min_free_bytes: int = 1_000_000_000


class Service:
    """Raises `PersonError` for what the person can mend, `MachineError` for the rest.

    A refusal that can be answered with a tap is no error: it comes back as a card in the state
    REFUSED, whose buttons lead to `answer`.
    """

    def __init__(
        self,
        rules: HouseRules,
        *,
        jobs: JobStore,
        questions: QuestionStore,
        usage: UsageStore,
        media: MediaStore,
        engine: Engine,
        board: Board,
        delivery: Delivery,
        dispatcher: Dispatcher,
        waiting: WaitingRoom,
        clock: Clock,
    ) -> None:
        self._rules = rules
        self._jobs = jobs
        self._questions = questions
        self._usage = usage
        self._media = media
        self._engine = engine
        self._board = board
        self._delivery = delivery
        self._dispatcher = dispatcher
        self._waiting = waiting
        self._clock = clock

    async def submit(
        self,
        upload: Path,
        origin: Origin,
        options: Mapping[str, str],
        allowed: frozenset[str] = frozenset(),
    ) -> Card:
        """Judge a picture and queue it. `options` are settings by their names in chat
        (`bot.options.parse_options`), `allowed` the questions already answered with yes."""
        self._require_room()
        now = self._clock.now()
        job_id = new_job_id(now)
        with about(job_id, origin):
            try:
                inspection = await self._inspect(job_id, upload)
                question = Question(
                    id=job_id,
                    origin=origin,
                    options=dict(options),
                    inspection=inspection,
                    created_at=now,
                    allowed=allowed,
                )
                outcome = await self._consider(question)
            except BaseException as error:
                log.info("submit.refused", error=str(error))
                await asyncio.to_thread(self._media.drop, job_id)
                raise
            return await self._show(outcome)

    async def answer(
        self,
        question_id: str,
        person: Origin,
        action: Action,
        changes: Mapping[str, str] | None = None,
    ) -> Card:
        """Go on with a refused submission the way that was tapped; a double click answers once."""
        require_owner((await self._questions.get(question_id)).origin, person)
        question = await self._questions.take(question_id)
        changes = dict(changes or {})
        if action is Action.CROP:
            question = await self._crop(question, int(changes.get("face", "1")))
        elif action is Action.CHANGE:
            question = replace(question, options={**question.options, **changes})
        question = replace(question, allowed=question.allowed | {action.value})
        try:
            outcome = await self._consider(question)
        except BaseException:  # a full queue, say: the same button works later
            await self._questions.put(question)
            raise
        return await self._show(outcome)

    async def cancel(self, job_id: str, person: Origin) -> Job:
        """Reaches a running render within one step. Raises `StaleJobError` when the job moved
        on in the same moment and `JobGoneError` when it is over."""
        job = await self._own(job_id, person)
        if job.status not in (JobStatus.QUEUED, JobStatus.RUNNING):
            raise JobGoneError("cancel-too-late")
        job = await self._delivery.end(job, JobStatus.CANCELLED)
        self._dispatcher.interrupt(job_id)
        return job

    async def again(
        self, job_id: str, origin: Origin, changes: Mapping[str, str] | None = None
    ) -> Card:
        """A new job from the same picture: with a new seed, or other settings as typed."""
        job = await self._own(job_id, origin)
        options = {**job.options, **(changes or {})}
        if "seed" not in (changes or {}):
            options.pop("seed", None)
        return await self.submit(
            job.picture, origin, options, allowed=frozenset({Action.GO_ON.value})
        )

    async def file_of(self, job_id: str, person: Origin, clip_format: ClipFormat) -> ClipFile:
        """The clip in another format, made from its master. Raises `MediaError` when expired."""
        job = await self._own(job_id, person)
        _clip_of(job)
        _, file = await self._delivery.encode(job, None, clip_format)
        return file

    async def drawing_of(self, job_id: str, person: Origin, drawing: Drawing) -> Path:
        """The expression curves or the key frames of a measured clip, as a picture."""
        clip = _clip_of(await self._own(job_id, person))
        return await self._engine.draw(clip, drawing, self._media.folder(job_id) / drawing.value)

    async def status(self, job_id: str) -> tuple[Job, Place | None]:
        """The job, and its place in the queue while it waits."""
        job = await self._jobs.get(job_id)
        place = await self._waiting.place_of(job) if job.status is JobStatus.QUEUED else None
        return job, place

    async def usage_of(self, job_id: str) -> UsageRecord | None:
        """What an ended job cost."""
        return await self._usage.of_job(job_id)

    async def usage(self, since: datetime | None = None) -> list[UsageRecord]:
        return await self._usage.records(since)

    async def _own(self, job_id: str, person: Origin) -> Job:
        job = await self._jobs.get(job_id)
        require_owner(job.origin, person)
        return job

    async def _inspect(self, job_id: str, upload: Path) -> Inspection:
        kept = await asyncio.to_thread(self._media.keep_upload, job_id, upload)
        return await self._engine.inspect(kept, kept.parent)

    async def _crop(self, question: Question, face: int) -> Question:
        faces = question.inspection.faces
        if not 1 <= face <= len(faces):
            raise JobGoneError
        cropped = await self._engine.crop(
            question.inspection.picture, faces[face - 1], self._media.folder(question.id)
        )
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

    async def _show(self, outcome: Job | Question) -> Card:
        if isinstance(outcome, Question):
            return refusal_card(outcome)
        card = queued_card(outcome, 1, None)
        try:
            place = await self._waiting.place_of(outcome)
            card = queued_card(outcome, place.place, place.wait)
            await self._board.put(outcome, card)
        except MachineError as error:  # the job is safe; its card comes with the next news
            log.warning("card.not_posted", error=str(error))
        self._dispatcher.wake()
        return card

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


def _clip_of(job: Job) -> Clip:
    if job.clip is None:
        raise JobGoneError("clip-not-ready")
    return job.clip


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
