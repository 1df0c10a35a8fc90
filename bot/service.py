"""The one door: everything that a chat, a page or a terminal can ask for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import structlog

from bot.board import Board
from bot.card import Action, Card
from bot.clip import Clip, ClipFile, Drawing, Renderer
from bot.delivery import Delivery
from bot.dispatcher import Dispatcher
from bot.errors import JobGoneError, MachineError, StaleJobError, StoreError
from bot.job import Job, JobStatus, UsageRecord
from bot.limits import require_owner
from bot.log import about
from bot.origin import Origin
from bot.ports import Clock, Engine, JobStore, MediaStore, QuestionStore, UsageStore
from bot.question import Question
from bot.reception import HouseRules as HouseRules
from bot.reception import Reception
from bot.request import ClipFormat
from bot.waiting import Place, WaitingRoom
from bot.wording import Standing, queued_card, refusal_card

log = structlog.get_logger(__name__)


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
        self._reception = Reception(
            rules, jobs=jobs, questions=questions, media=media, engine=engine, clock=clock
        )
        self._jobs = jobs
        self._usage = usage
        self._media = media
        self._engine = engine
        self._board = board
        self._delivery = delivery
        self._dispatcher = dispatcher
        self._waiting = waiting

    async def submit(
        self,
        upload: Path,
        origin: Origin,
        options: Mapping[str, str],
        allowed: frozenset[str] = frozenset(),
    ) -> Card:
        """Judge a picture and queue it. `options` are settings by their names in chat
        (`bot.options.parse_options`), `allowed` the questions already answered with yes."""
        return await self._show(await self._reception.take(upload, origin, options, allowed))

    async def answer(
        self,
        question_id: str,
        person: Origin,
        action: Action,
        changes: Mapping[str, str] | None = None,
    ) -> Card:
        """Go on with a refused submission the way that was tapped; a double click answers once."""
        outcome = await self._reception.answer(question_id, person, action, changes or {})
        return await self._show(outcome)

    async def dismiss(self, question_id: str, person: Origin) -> None:
        """Leave a refused submission at that; nothing is kept of it."""
        await self._reception.dismiss(question_id, person)

    async def cancel(self, job_id: str, person: Origin) -> Job:
        """Reaches a running render within one step. Raises `JobGoneError` when it is over."""
        while True:
            job = await self._own(job_id, person)
            if job.status not in (JobStatus.QUEUED, JobStatus.RUNNING):
                raise JobGoneError("cancel-too-late")
            with suppress(StaleJobError):  # claimed or put back in this moment: look again
                job = await self._delivery.end(job, JobStatus.CANCELLED)
                break
        self._dispatcher.interrupt(job_id)  # before the chat, which may be slow
        await self._delivery.tell(job)
        return job

    async def preview_instead(self, job_id: str, person: Origin) -> Card:
        """Who won't wait for the model gets a clip by the preview renderer. Raises `JobGoneError`
        when the job does not wait any more."""
        job = await self._own(job_id, person)
        try:
            job = await self._jobs.hand_over(job, Renderer.PREVIEW)
        except StaleJobError:
            raise JobGoneError("preview-too-late") from None
        self._dispatcher.wake()
        card = await self._queued(job)
        self._board.show(job, card)
        return card

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

    async def _show(self, outcome: Job | Question) -> Card:
        if isinstance(outcome, Question):
            return refusal_card(outcome)
        with about(outcome.id, outcome.origin):
            card = await self._queued(outcome)
            self._dispatcher.wake()
            try:
                await self._board.announce(outcome, card)
            except MachineError as error:  # the job is safe; its card comes with the next news
                log.warning("card.not_posted", error=str(error))
        return card

    async def _queued(self, job: Job) -> Card:
        try:
            place = await self._waiting.place_of(job)
        except StoreError as error:
            log.warning("place.unknown", error=str(error))
            return queued_card(job, Standing())
        return self._waiting.card_of(job, place)


def _clip_of(job: Job) -> Clip:
    if job.clip is None:
        raise JobGoneError("clip-not-ready")
    return job.clip
