"""Jobs that are not wanted any more: taken out of the queue, or stopped in the middle."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from bot.card import Action
from bot.cards.delivery import Delivery
from bot.clips.acting import Acting, Held
from bot.clips.actions import Phase, phase_of
from bot.errors import StaleJobError
from bot.job import Job, JobStatus
from bot.log import about
from bot.origin import Origin
from bot.ports import JobStore

log = structlog.get_logger(__name__)

CANCELLABLE = frozenset({Phase.WAITING, Phase.DRAWING})
LOOK_BACK = 100  # a person's newest jobs; older ones do not wait any more


class Cancelling:
    """`interrupt` stops a render in this process."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        acting: Acting,
        delivery: Delivery,
        interrupt: Callable[[str], None],
    ) -> None:
        self._jobs = jobs
        self._acting = acting
        self._delivery = delivery
        self._interrupt = interrupt

    async def cancel(self, job_id: str, person: Origin) -> Job:
        """Reaches a running render within one step. Raises `JobGoneError` when it is over."""
        while True:
            async with self._acting.on(Action.CANCEL, job_id, person) as held:
                job = await self._end(held)
            if job is not None:
                break
        await self._stopped(job)
        return job

    async def cancel_all(self, owner: str) -> None:
        """Whatever a person has waiting or running."""
        for job in await self._jobs.of_person(owner, limit=LOOK_BACK):
            while phase_of(job, None) in CANCELLABLE:
                async with self._acting.alone(job.id) as held:
                    ended = await self._end(held)
                if ended is not None:
                    await self._stopped(ended)
                job = await self._jobs.get(job.id)

    async def _end(self, held: Held) -> Job | None:
        """None: claimed, put back or finished in this moment; look again."""
        if phase_of(held.job, held.share) not in CANCELLABLE:
            return None
        try:
            return await self._delivery.end(held.job, JobStatus.CANCELLED)
        except StaleJobError:
            return None

    async def _stopped(self, job: Job) -> None:
        self._interrupt(job.id)  # before the chat, which may be slow
        with about(job.id, job.origin):
            await self._delivery.tell(job)
