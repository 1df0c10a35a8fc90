"""Forgets a person: what they sent, made and chose goes, and what has to stay is nobody's.

Each job's row goes last of what belongs to it, since it is what a second attempt finds the rest
by, and the note that somebody is leaving goes last of all. So all of it may be killed anywhere, and
the bot sees it through; where several share a database, each of them its own part.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace

import structlog

from bot.cards.delivery import Delivery
from bot.cards.showing import Showing
from bot.clips.acting import Acting, Held
from bot.door.authors import Authors
from bot.errors import JobGoneError, MessengerError, StaleJobError
from bot.job import Job, JobStatus
from bot.log import about
from bot.people.export import all_jobs
from bot.people.leaving import Leaving
from bot.people.own_folder import own_folder
from bot.ports import Clock, MediaStore
from bot.question import Question
from bot.reports import Decision
from bot.stores import Stores

log = structlog.get_logger(__name__)

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
        could not be changed now, whose clips are gone all the same: `see_through` comes to them."""
        person = Leaving(owner, self._clock.now())
        await self._stores.leaving.put(person)
        return await self._see_off(person)

    async def see_through(self) -> None:
        """What a kill, or a chat that was away, has left of those who asked to be forgotten."""
        for person in await self._stores.leaving.all():
            await self._see_off(person)

    async def _see_off(self, person: Leaving) -> int:
        await asyncio.to_thread(self._media.drop, own_folder(person.owner))
        if not person.choices_gone:
            await self._forget_choices(person.owner)
            await self._stores.leaving.put(replace(person, choices_gone=True))
        left = await self._forget_questions(person)
        left += await self._forget_jobs(person)
        await self._forget_names(person.owner)
        elsewhere = not left and not await self._stores.leaving.drop(person)
        log.info("person.forgotten", left=left, elsewhere=elsewhere)
        return left

    async def _forget_choices(self, owner: str) -> None:
        stores = self._stores
        for store in (stores.presets, stores.shares, stores.settings, stores.tips):
            await store.forget(owner)

    async def _forget_names(self, owner: str) -> None:
        """Of what stays; also of what the end of their last jobs has left."""
        stores = self._stores
        for store in (stores.reports, stores.usage, stores.jobs):
            await store.forget(owner)

    async def _forget_jobs(self, person: Leaving) -> int:
        """Theirs, and those that others made of their pictures."""
        jobs = self._stores.jobs
        theirs = [*await all_jobs(jobs, person.owner), *await jobs.of_author(person.owner)]
        asked_for = [job for job in theirs if job.created_at <= person.asked_at]
        return sum([not await self._forget_job(job) for job in asked_for])

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

    async def _forget_questions(self, person: Leaving) -> int:
        """Those that the person sent, and those that others sent of the person's pictures."""
        left = 0
        for question in await self._stores.questions.of_person(person.owner):
            if question.created_at > person.asked_at:
                continue
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
