"""A job as somebody sees it who looks by themselves, where a chat would have told them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.card import Card
from bot.cards.encoding import ClipRules
from bot.cards.endings import end_card
from bot.cards.wording import finishing_card, running_card
from bot.clips.actions import ANYBODY_CONCERNED, OUT_OF_SIGHT, Phase, phase_of, roles_of
from bot.door.door import Door
from bot.door.question_cards import senders_card
from bot.errors import JobGoneError
from bot.job import Job, JobStatus
from bot.origin import Origin
from bot.ports import JobStore, QuestionStore, ShareStore
from bot.question import Question
from bot.queue.waiting import WaitingRoom
from bot.sharing import Share


@dataclass(frozen=True, slots=True)
class Sight:
    """`card` is in the language of who looks; `job` is None while the `question` comes first."""

    card: Card
    job: Job | None = None
    share: Share | None = None
    question: Question | None = None


class Looking:
    def __init__(
        self,
        *,
        jobs: JobStore,
        shares: ShareStore,
        questions: QuestionStore,
        door: Door,
        waiting: WaitingRoom,
        rules: ClipRules,
    ) -> None:
        self._jobs = jobs
        self._shares = shares
        self._questions = questions
        self._door = door
        self._waiting = waiting
        self._rules = rules

    async def look(self, job_id: str, person: Origin) -> Sight:
        """For those whom it concerns. To anybody else there is no such job: raises
        `JobGoneError`."""
        person = await self._door.recognise(person)
        if await self._jobs.known([job_id]):
            return await self._at_job(await self._jobs.get(job_id), person)
        return _at_question(await self._questions.get(job_id), person)

    async def files_of(self, job_id: str, person: Origin) -> Job:
        """For whoever knows where its files are to be found. Raises `JobGoneError` while nobody
        may see them; who has to decide about a report still does."""
        job, share = await self._jobs.get(job_id), await self._shares.get(job_id)
        phase = phase_of(job, share)
        if phase in OUT_OF_SIGHT and not (phase is Phase.HIDDEN and await self._decides(person)):
            raise JobGoneError
        return job

    async def _decides(self, person: Origin) -> bool:
        return (await self._door.recognise(person)).rights.operator

    async def _at_job(self, job: Job, person: Origin) -> Sight:
        if not ANYBODY_CONCERNED & roles_of(job, person):
            raise JobGoneError
        share = await self._shares.get(job.id)
        read_here = replace(job.origin, place_locale=person.locale)
        return Sight(await self._card(replace(job, origin=read_here), share), job, share)

    async def _card(self, job: Job, share: Share | None) -> Card:
        match job.status:
            case JobStatus.QUEUED:
                return self._waiting.card_of(job, await self._waiting.place_of(job))
            case JobStatus.RUNNING:
                return running_card(job, None, None)
            case JobStatus.RENDERED:
                return finishing_card(job)
        return end_card(job, share, self._rules)


def _at_question(question: Question, person: Origin) -> Sight:
    if person.owner != question.origin.owner:
        raise JobGoneError
    return Sight(senders_card(question), question=question)
