"""Frees the GPU while it is not to be used, and takes it again."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from bot.clip import Renderer
from bot.errors import StoreError
from bot.job import Job
from bot.ports import Clock, Engine, JobStore
from bot.queue.pausing import Pausing

log = structlog.get_logger(__name__)

LOOK_S = 5.0


class Resting:
    """The model's worker ends, which gives back all of its memory, and starts again.

    A render that runs is finished first, unless the pause said at once: then `interrupt` stops
    it, and its job waits again with its attempt given back.
    """

    def __init__(
        self,
        instance: str,
        *,
        pausing: Pausing,
        jobs: JobStore,
        engine: Engine,
        clock: Clock,
        interrupt: Callable[[str], None],
    ) -> None:
        self._instance = instance
        self._pausing = pausing
        self._jobs = jobs
        self._engine = engine
        self._clock = clock
        self._interrupt = interrupt
        self._was_open = False

    async def keep(self) -> None:
        """Until cancelled; the first look at once, before a model that is to rest is loaded."""
        while True:
            try:
                await self._look()
            except StoreError as error:
                log.warning("gpu.not_looked_after", error=str(error))
            except Exception:
                log.exception("gpu.not_looked_after")
            await self._clock.sleep(LOOK_S)

    async def _look(self) -> None:
        rest, was_open = await self._pausing.rest(), self._was_open
        self._was_open = rest is None
        if rest is None:
            await self._engine.wake(Renderer.MODEL)
            return
        rendering = await self._rendering()
        if rest.pause is not None and rest.pause.at_once:
            for job in rendering:
                self._interrupt(job.id)
        # what was being claimed when the pause began is seen to run only by the next look
        if not rendering and not was_open:
            await self._engine.free(Renderer.MODEL)

    async def _rendering(self) -> list[Job]:
        return [
            job
            for job in await self._jobs.running()
            if job.renderer is Renderer.MODEL and job.instance == self._instance
        ]
