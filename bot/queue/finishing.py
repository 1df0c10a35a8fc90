"""How jobs leave the dispatcher: delivered, put back, given up; and their ends told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import structlog

from bot.asking.asking import draw_seed
from bot.cards.delivery import Delivery
from bot.errors import MachineError, SketchlifeError, StaleJobError, StoreError
from bot.insist import insist
from bot.job import Job, JobStatus
from bot.log import about
from bot.ports import Clock, JobStore

log = structlog.get_logger(__name__)

MEASURED_AT_ONCE = 4  # the rest wait their turn
TELL_AGAIN_S = 60.0


class Finishing:
    """What a lane hands over. Nothing here raises: a bug ends its own job and no other.

    `announce` hears of a job that waits again.
    """

    def __init__(
        self, *, jobs: JobStore, delivery: Delivery, clock: Clock, announce: Callable[[], None]
    ) -> None:
        self._jobs = jobs
        self._delivery = delivery
        self._clock = clock
        self._announce = announce
        self._measuring = asyncio.Semaphore(MEASURED_AT_ONCE)

    async def finish(self, job: Job) -> None:
        """Measure and deliver a rendered job, or render a frozen or torn one once more."""
        with about(job.id, job.origin):
            try:
                async with self._measuring:
                    job = await self._delivery.measure(job)
                if _deserves_another(job):
                    await self._render_once_more(job)
                else:
                    await self._delivery.deliver(job)
            except StaleJobError:
                log.info("job.already_ended")
            except Exception as error:
                log.warning("delivery.failed", error=str(error))
                await self.give_up(job, known(error))

    async def put_back(self, job: Job, **changes: Any) -> None:
        """However long the database is away."""
        await insist(lambda: self.put_back_now(job, **changes), self._clock)

    async def put_back_now(self, job: Job, **changes: Any) -> None:
        """Raises `StoreError`."""
        try:
            await self._jobs.move(job, JobStatus.QUEUED, self._clock.now(), **changes)
        except StaleJobError:
            log.info("job.already_moved", job=job.id)

    async def give_up(self, job: Job, error: SketchlifeError) -> None:
        try:
            reason = (error.key, error.args_of_text)
            await self._delivery.tell(await self._delivery.end(job, JobStatus.FAILED, reason))
        except StaleJobError:
            log.info("job.already_ended", job=job.id)
        except Exception:
            log.exception("job.not_given_up", job=job.id)

    async def keep_telling(self, platforms: Sequence[str]) -> None:
        """Until cancelled: of ends that a crash or a chat that was away left untold, and of what
        was decided since from elsewhere."""
        while True:
            try:
                for job in await self._jobs.untold(platforms):
                    await self._tell(job)
            except StoreError as error:
                log.warning("ends.not_told", error=str(error))
            except Exception:
                log.exception("ends.not_told")
            await self._clock.sleep(TELL_AGAIN_S)

    async def _tell(self, job: Job) -> None:
        try:
            await self._delivery.tell(job)
        except Exception:  # a bug in one card keeps no other from being told
            log.exception("end.not_told", job=job.id)

    async def _render_once_more(self, job: Job) -> None:
        log.info("job.rerendered", verdict=job.clip and job.clip.measurement)
        request = replace(job.request, seed=draw_seed())
        await self.put_back(job, request=request, rerendered=True, clip=None)
        self._announce()


def _deserves_another(job: Job) -> bool:
    measured = job.clip.measurement if job.clip else None
    typed = job.request.seed_typed  # a seed that somebody typed is never replaced
    return bool(measured and measured.failed) and not job.rerendered and not typed


def known(error: Exception) -> SketchlifeError:
    """A bug as an error of the machine, with its traceback in the log."""
    if isinstance(error, SketchlifeError):
        return error
    log.error("job.bug", exc_info=error)
    return MachineError()
