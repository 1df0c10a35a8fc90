"""A job that the machine failed, once more: whoever runs the machine makes good for it."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.card import Card
from bot.cards.announcing import Announcing
from bot.clips.acting import Acting
from bot.clips.clips import typed_seed
from bot.door.door import Door
from bot.door.reception import Reception
from bot.errors import JobGoneError
from bot.job import Job, JobStatus
from bot.origin import Origin, Rights

log = structlog.get_logger(__name__)


class Retrying:
    def __init__(
        self, *, door: Door, acting: Acting, reception: Reception, announcing: Announcing
    ) -> None:
        self._door = door
        self._acting = acting
        self._reception = reception
        self._announcing = announcing

    async def retry(self, job_id: str, person: Origin) -> Card:
        """A new job as it was asked for, for whose it was and where they asked; what their day
        and their roles allow is no hindrance. Raises `NotAllowedError`, `JobGoneError` where
        nothing failed or nothing is left of it."""
        await self._door.require_operator(person)
        async with self._acting.alone(job_id) as held:
            job = held.job
        if not may_retry(job):
            raise JobGoneError("retry-too-late")
        log.info("job.retried", job=job_id)
        owner = replace(job.origin, rights=Rights(operator=True))
        return await self._announcing.show(await self._reception.again(job, owner, typed_seed(job)))


def may_retry(job: Job) -> bool:
    return job.status is JobStatus.FAILED and job.deleted_at is None and job.files_gone_at is None
