"""Forgets a person: what they sent, made and chose goes, and what has to stay is nobody's.

Each job's row goes last of what belongs to it, since it is what a second attempt finds the rest
by. So all of it may be killed anywhere and simply be done again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

import structlog

from bot.acting import Acting, Held
from bot.authors import Authors
from bot.delivery import Delivery
from bot.errors import JobGoneError, MessengerError, StaleJobError
from bot.job import Job, JobStatus
from bot.log import about
from bot.own_folder import own_folder
from bot.ports import Clock, MediaStore
from bot.question import Question
from bot.reports import Decision
from bot.showing import Showing
from bot.stores import Stores

log = structlog.get_logger(__name__)

BATCH = 100
SETTLING_S = 30.0  # a clip on its way to a chat that answers is there by then


class Forgetting:
    """`platforms` are those whose cards can be told here: of others, what ended has none to change,
    and of what was under way its own process hears first. `interrupt` stops a render here."""

    def __init__(
        self,
        stores: Stores,
        *,
        platforms: Collection[str],
        media: MediaStore,
        acting: Acting,
        authors: Authors,
        delivery: Delivery,
        showing: Showing,
        interrupt: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self._stores = stores
        self._platforms = platforms
        self._media = media
        self._acting = acting
        self._authors = authors
        self._delivery = delivery
        self._showing = showing
        self._interrupt = interrupt
        self._clock = clock

    async def forget(self, owner: str) -> int:
        """Blocks and the day's GPU seconds stay, under a pseudonym. Returns how many messages
        could not be changed now, whose clips are gone all the same: once more later, then."""
        left = await self._forget_questions(owner)
        left += await self._forget_jobs(owner)
        for job in await self._stores.jobs.of_author(owner):
            left += not await self._forget_job(job)
        await asyncio.to_thread(self._media.drop, own_folder(owner))
        stores = self._stores
        for forget in (
            stores.presets.forget,
            stores.shares.forget,
            stores.settings.forget,
            stores.reports.forget,
            stores.tips.forget,
            stores.usage.forget,
            stores.jobs.forget,
        ):
            await forget(owner)
        log.info("person.forgotten", left=left)
        return left

    async def _forget_jobs(self, owner: str) -> int:
        left = 0
        while jobs := await self._stores.jobs.of_person(owner, BATCH, offset=left):
            for job in jobs:
                left += not await self._forget_job(job)
        return left

    async def _forget_job(self, job: Job) -> bool:
        """Whether its row is gone."""
        with about(job.id, job.origin):
            try:
                under_way = not job.status.ended
                await self._settle(job.id)
                async with self._acting.alone(job.id) as held:
                    await self._take_away(held)
                if job.origin.platform in self._platforms:
                    await self._showing.tell(job.id)
                    if not (await self._stores.jobs.get(job.id)).told:
                        return False
                elif under_way:
                    return False
                await self._stores.shares.drop(job.id)
                await self._stores.jobs.drop(job.id)
            except JobGoneError:
                return True
        return True

    async def _settle(self, job_id: str) -> None:
        """Until it has ended: a clip that is about to be shown would be shown after its card said
        that it is gone."""
        waited_s = 0.0
        while not (job := await self._stores.jobs.get(job_id)).status.ended:
            if job.status is not JobStatus.RENDERED or waited_s >= SETTLING_S:
                await self._end(job)
            else:
                await self._clock.sleep(1.0)
                waited_s += 1.0

    async def _end(self, job: Job) -> None:
        rendered = job.status is JobStatus.RENDERED
        try:
            await self._delivery.end(job, JobStatus.FAILED if rendered else JobStatus.CANCELLED)
        except StaleJobError:
            log.info("job.already_moved")
        self._interrupt(job.id)

    async def _take_away(self, held: Held) -> None:
        """Out of sight first, then off the disk."""
        stores, now = self._stores, self._clock.now()
        await stores.jobs.save(held.job.id, deleted_at=now, deleted_by="", told=False)
        if held.share is not None:
            await stores.shares.put(held.share.taken_back())
        await stores.reports.decide(held.job.id, Decision.REMOVE, "", now)
        await asyncio.to_thread(self._media.drop, held.job.id)
        await stores.jobs.save(held.job.id, files_gone_at=now, told=False)

    async def _forget_questions(self, owner: str) -> int:
        """Those that the person sent, and those that others sent of the person's pictures."""
        left = 0
        for question in await self._stores.questions.of_person(owner):
            try:
                await self._forget_question(question)
            except MessengerError as error:
                log.warning("question.left", question=question.id, error=str(error))
                left += 1
        return left

    async def _forget_question(self, question: Question) -> None:
        if question.origin.platform in self._platforms:
            await self._authors.withdraw(question)
        else:
            await asyncio.to_thread(self._media.drop, question.id)
            await self._stores.questions.drop(question.id)
