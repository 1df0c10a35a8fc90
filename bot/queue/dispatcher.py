"""Takes jobs from the store to the engine and back: leases, retries, restart, shutdown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.cards.board import Board
from bot.cards.delivery import Delivery
from bot.cards.wording import running_card
from bot.clip import Clip, Progress, Renderer, RenderOrder
from bot.errors import (
    MachineError,
    SketchlifeError,
    StaleJobError,
    StoreError,
    WorkerStartError,
)
from bot.insist import insist
from bot.job import MAX_ATTEMPTS, Job, JobStatus
from bot.log import about
from bot.ports import Clock, Engine, JobStore, MediaStore
from bot.queue.estimate import Span
from bot.queue.finishing import Finishing, known
from bot.queue.pausing import Pausing
from bot.queue.room import Room
from bot.queue.waiting import WaitingRoom

log = structlog.get_logger(__name__)

POLL_S = 5.0  # how often to look for jobs that nobody announced: put back, or another process's
PAUSE_S = 10.0  # where no worker can be started, jobs fail at once: the queue must outlast it


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Who works here, on what, and by which rules. What waited for `max_age` is not begun any
    more: its person is asked first whether it is still wanted."""

    instance: str
    renderers: Sequence[Renderer]
    platforms: Sequence[str]
    running_per_person: int = 1
    max_age: timedelta = timedelta(hours=24)
    lease: timedelta = timedelta(seconds=60)
    grace_s: float = 20.0


class Dispatcher:
    """One lane per renderer renders one job at a time; what is rendered is measured, encoded
    and delivered beside the next render."""

    def __init__(
        self,
        shift: Shift,
        *,
        jobs: JobStore,
        waiting: WaitingRoom,
        engine: Engine,
        pausing: Pausing,
        room: Room,
        media: MediaStore,
        board: Board,
        delivery: Delivery,
        clock: Clock,
    ) -> None:
        self._shift = shift
        self._jobs = jobs
        self._waiting = waiting
        self._engine = engine
        self._pausing = pausing
        self._room = room
        self._media = media
        self._board = board
        self._clock = clock
        # one for each lane: what wakes one must not be slept through by another
        self._work = {renderer: asyncio.Event() for renderer in shift.renderers}
        self._stopping = asyncio.Event()
        self._renders: dict[str, asyncio.Task[Clip]] = {}
        self._finishing = Finishing(jobs=jobs, delivery=delivery, clock=clock, announce=self.wake)

    def wake(self, renderer: Renderer | None = None) -> None:
        """There is a new job for it; None: for any, or room for one."""
        for of, event in self._work.items():
            if renderer in (None, of):
                event.set()

    def stop(self) -> None:
        """Claim nothing more; `run` returns after the grace time at the latest."""
        self._stopping.set()
        self.wake()

    def interrupt(self, job_id: str) -> None:
        """Stop the render of a job, which waits again unless it was cancelled in the store."""
        if render := self._renders.get(job_id):
            render.cancel()

    async def run(self) -> None:
        """Take up what the last run left, then work until `stop`."""
        async with asyncio.TaskGroup() as group:
            keepers = [
                group.create_task(self._renew_leases(), name="leases"),
                group.create_task(
                    self._finishing.keep_telling(self._shift.platforms), name="untold ends"
                ),
            ]
            work = group.create_task(self._work_until_stopped(), name="lanes")
            await self._stopping.wait()
            try:
                async with asyncio.timeout(self._shift.grace_s):
                    await asyncio.shield(work)
            except TimeoutError:
                log.info("dispatcher.grace_over", rendering=list(self._renders))
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)
            for keeper in keepers:
                keeper.cancel()

    async def _work_until_stopped(self) -> None:
        rendered = await insist(self._take_over, self._clock)
        async with asyncio.TaskGroup() as group:
            for job in rendered:
                group.create_task(self._finishing.finish(job), name=f"finish {job.id}")
            for renderer in self._shift.renderers:
                group.create_task(self._lane(renderer, group), name=f"{renderer} lane")

    async def _take_over(self) -> list[Job]:
        shift = self._shift
        now = self._clock.now()
        jobs = await self._jobs.take_over(shift.instance, shift.platforms, now, shift.lease)
        log.info("dispatcher.took_over", rendered=len(jobs))
        return jobs

    async def _renew_leases(self) -> None:
        lease = self._shift.lease
        while True:
            await self._clock.sleep(lease.total_seconds() / 3)
            try:
                await self._jobs.renew(self._shift.instance, self._clock.now() + lease)
            except StoreError as error:
                log.warning("lease.not_renewed", error=str(error))

    async def _lane(self, renderer: Renderer, group: asyncio.TaskGroup) -> None:
        while not self._stopping.is_set():
            # cleared before looking: a job that is announced meanwhile is not overlooked
            self._work[renderer].clear()
            try:
                job = await self._claim(renderer)
            except Exception:  # a bug; the next look may have more luck
                log.exception("claim.failed")
                job = None
            if job is None:
                await self._wait_for(self._work[renderer], POLL_S)
                continue
            with about(job.id, job.origin):
                rendered = await self._render(job)
            self.wake()
            if rendered is not None:
                group.create_task(self._finishing.finish(rendered), name=f"finish {job.id}")

    async def _claim(self, renderer: Renderer) -> Job | None:
        """None too where the renderer is away or the disk is full: the jobs wait, and lose no
        attempt."""
        shift = self._shift
        try:
            if self._room.trouble():
                return None
            if renderer is Renderer.MODEL and await self._is_away(renderer):
                return None
            now = self._clock.now()
            return await self._jobs.claim(
                shift.instance,
                renderer,
                shift.platforms,
                now,
                shift.lease,
                shift.running_per_person,
                oldest=now - shift.max_age,
            )
        except StoreError as error:
            log.warning("claim.failed", error=str(error))
            return None

    async def _is_away(self, renderer: Renderer) -> bool:
        """No pause is looked up where the engine knows by heart that there is no model."""
        if await self._engine.trouble(renderer):
            return True
        return await self._pausing.rest() is not None

    async def _wait_for(self, event: asyncio.Event, at_most_s: float) -> None:
        waiting = asyncio.create_task(event.wait())
        sleeping = asyncio.create_task(self._clock.sleep(at_most_s))
        try:
            await asyncio.wait({waiting, sleeping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            sleeping.cancel()

    async def _render(self, job: Job) -> Job | None:
        """The job as RENDERED, or None when it went another way."""
        # known from the first moment, so that a cancel finds it whatever it waits for
        render = self._renders[job.id] = asyncio.create_task(
            self._clip_of(job), name=f"render {job.id}"
        )
        try:
            return await self._rendered(job, await render)
        except asyncio.CancelledError:
            await self._interrupted(job)
        except Exception as error:
            await self._failed(job, known(error))
        finally:
            del self._renders[job.id]
        return None

    async def _clip_of(self, job: Job) -> Clip:
        span = await self._estimate(job)
        self._board.show(job, running_card(job, None, span))
        return await self._engine.render(
            self._order(job), lambda news: self._report(job, news, span)
        )

    async def _rendered(self, job: Job, clip: Clip) -> Job | None:
        now = self._clock.now()
        timings = job.timings_until(now)
        try:
            return await insist(
                lambda: self._jobs.move(job, JobStatus.RENDERED, now, clip=clip, timings=timings),
                self._clock,
            )
        except StaleJobError:
            log.info("render.not_wanted_any_more")
            return None

    async def _interrupted(self, job: Job) -> None:
        """Cancelled by a person: the store says so already. Else the bot is stopping, or the GPU
        is wanted: back into the queue, and the attempt does not count."""
        put_back = self._finishing.put_back_now(job, attempts=job.attempts - 1)
        try:
            await asyncio.shield(asyncio.create_task(put_back))
        except StoreError as error:  # the next start puts it back
            log.warning("job.not_put_back", error=str(error))
        current = asyncio.current_task()
        if current and current.cancelling():
            raise asyncio.CancelledError

    async def _failed(self, job: Job, error: SketchlifeError) -> None:
        allowed = MAX_ATTEMPTS + job.rerendered
        retry = isinstance(error, MachineError) and job.attempts < allowed
        log.warning("render.failed", error=str(error), attempt=job.attempts, retry=retry)
        if retry:
            await self._finishing.put_back(job, timings=job.timings_until(self._clock.now()))
        else:
            await self._finishing.give_up(job, error)
        if isinstance(error, WorkerStartError):
            await self._wait_for(self._stopping, PAUSE_S)

    def _order(self, job: Job) -> RenderOrder:
        return RenderOrder(
            job_id=job.id,
            renderer=job.renderer,
            picture=job.picture,
            folder=self._media.folder(job.id),
            request=job.request,
            width=job.width,
            height=job.height,
        )

    async def _estimate(self, job: Job) -> Span | None:
        try:
            return await self._waiting.run_of(job)
        except StoreError:
            return None

    def _report(self, job: Job, news: Progress, span: Span | None) -> None:
        left = span.scaled(1 - news.step / news.of) if span else None
        self._board.show(job, running_card(job, news, left))
