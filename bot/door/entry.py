"""A picture that was seen becomes a job in the queue, or the question that has to come first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

import structlog

from bot.asking.asking import Asked, make_request
from bot.door.authors import Authors
from bot.door.consent import ASK_AUTHOR, require_author, require_consent, require_faces
from bot.door.door import Guest
from bot.door.limits import COST_OF_DAY, QUEUE_FULL, QueueLimits
from bot.door.pricing import Pricing
from bot.door.rules import HouseRules
from bot.door.screening import Screening
from bot.errors import LimitError, PersonError
from bot.job import Job, JobStatus
from bot.ports import Clock, JobStore, QuestionStore
from bot.question import Question
from bot.queue.waiting import WaitingRoom
from bot.request import Note, fit_size

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Staff:
    """Who has a say in it."""

    screening: Screening
    authors: Authors
    pricing: Pricing
    waiting: WaitingRoom


class Entry:
    def __init__(
        self,
        rules: HouseRules,
        staff: Staff,
        *,
        jobs: JobStore,
        questions: QuestionStore,
        clock: Clock,
    ) -> None:
        self._rules = rules
        self._staff = staff
        self._jobs = jobs
        self._questions = questions
        self._clock = clock

    async def consider(self, question: Question, guest: Guest) -> Job | Question:
        """The job; or the question, which is stored and asked."""
        try:
            return await self.enter(question, guest)
        except PersonError as error:
            if not error.ways_out:
                raise
            question = replace(
                question, asks=error.key, args=error.args_of_text, ways_out=error.ways_out
            )
        log.info("submit.asked", asks=question.asks)
        if question.asks == ASK_AUTHOR:
            limit = self._limits(guest).waiting_per_person
            return await self._staff.authors.ask(question, limit)
        await self._questions.put(question)
        return question

    async def enter(self, question: Question, guest: Guest) -> Job:
        """Raises `PersonError`, with ways out where an answer would help. A picture's author is
        asked last, since their yes must not lead to one more question."""
        await self._staff.screening.require_fit(question, guest)
        require_faces(question)
        asked = make_request(question.options)
        require_consent(question, self._rules.photos)
        require_author(question, guest.place)
        job = self._job(question, asked)
        limits = self._limits(guest)
        job = _priced(job, await self._staff.pricing.cost_of(job), limits)
        try:
            job = await self._jobs.add(job, limits)
        except LimitError as error:
            raise await self._with_expected_time(error) from None
        log.info("job.queued", width=job.width, height=job.height, turn=job.turn)
        log.debug("job.settings", request=str(job.request))
        return job

    async def _with_expected_time(self, error: LimitError) -> LimitError:
        """Who is declined for a full queue learns how long it is, as far as that is known."""
        if error.key != QUEUE_FULL:
            return error
        wait = await self._staff.waiting.wait_behind_all(self._rules.renderer)
        if wait is None:
            return error
        minutes = ceil(wait.high_s / 60)
        return LimitError("limit-queue-full-for", **error.args_of_text, minutes=minutes)

    def _limits(self, guest: Guest) -> QueueLimits:
        return self._rules.limits.of_person(guest.own).lowered(guest.place, guest.origin)

    def _job(self, question: Question, asked: Asked) -> Job:
        picture, now = question.inspection, self._clock.now()
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
            created_at=now,  # an answer may have taken days, and the job is none older for it
            queued_at=now,
            card=question.card,
            allowed=question.allowed,
            phash=picture.phash,
        )


def _priced(job: Job, cost_s: float, limits: QueueLimits) -> Job:
    """With a note of what it takes of the day, where that is limited."""
    notes, limit_s = job.notes, limits.gpu_s_per_day
    if cost_s and limit_s is not None:
        note = Note(COST_OF_DAY, {"cost": round(cost_s), "limit": round(limit_s)})
        notes = (*notes, note)
    return replace(job, cost_s=cost_s, notes=notes)
