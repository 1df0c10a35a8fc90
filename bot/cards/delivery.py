"""A rendered job to its Messenger: measured, encoded to fit, shown on its card exactly once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog

from bot.card import Card
from bot.cards.board import Board
from bot.cards.encoding import TRIES, ClipRules, Encoding
from bot.cards.endings import done_card, hidden_card
from bot.cards.notices import Notices
from bot.cards.showing import Showing
from bot.cards.wording import finishing_card
from bot.clip import Clip, ClipFile
from bot.clips.reposts import Reposts
from bot.door.safety import Safety
from bot.errors import (
    MachineError,
    MessengerError,
    PlaceGoneError,
    StoreError,
    TooLargeError,
)
from bot.insist import insist
from bot.job import Job, JobStatus, usage_of
from bot.measurement import Measurement, Verdict
from bot.ports import Clock, Engine, JobStore
from bot.texts import Texts
from bot.watch.tally import Tally

log = structlog.get_logger(__name__)

Failure = tuple[str, dict[str, Any]]

LONG_S = 60.0  # edits make no sound: after this long the owner gets one short reply
RETRY_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # between tries at a platform; the last one repeats


class Delivery:
    def __init__(
        self,
        *,
        board: Board,
        jobs: JobStore,
        engine: Engine,
        encoding: Encoding,
        showing: Showing,
        notices: Notices,
        reposts: Reposts,
        safety: Safety,
        tally: Tally,
        clock: Clock,
        rules: ClipRules,
    ) -> None:
        self._board = board
        self._jobs = jobs
        self._engine = engine
        self._encoding = encoding
        self._showing = showing
        self._notices = notices
        self._reposts = reposts
        self._safety = safety
        self._tally = tally
        self._clock = clock
        self._rules = rules

    async def measure(self, job: Job) -> Job:
        """The job with its measurement saved. A clip that the eyes can't get through is
        unmeasured, which is no failure."""
        clip = _clip_of(job)
        if clip.measurement is not None:
            return job
        self._board.show(job, finishing_card(job))
        measurement = await self._measure(job.id, clip)
        measured = replace(clip, measurement=measurement)
        return await insist(lambda: self._jobs.save(job.id, clip=measured), self._clock)

    async def deliver(self, job: Job) -> None:
        """Edit the card, then write `delivered`; a crash in between edits the same card again.

        Raises `MediaError` when the master is gone, `EncodeError`, `WorkerError`.
        """
        job, file = await self._encoding.for_card(await self._safety.look_at(job))
        started = self._clock.now()
        file = await self._until_shown(job, file)
        now = self._clock.now()
        timings = job.timings.plus(uploaded_s=(now - started).total_seconds())
        usage = usage_of(replace(job, timings=timings), JobStatus.DELIVERED, now, file.size_bytes)
        await insist(
            lambda: self._jobs.move(
                job,
                JobStatus.DELIVERED,
                now,
                usage,
                timings=timings,
                file=file,
                told=not job.hidden,
            ),
            self._clock,
        )
        if job.hidden:
            await self._showing.tell(job.id)
        elif (now - job.created_at).total_seconds() > LONG_S or self._notices.scrolled_away(job):
            await self._notices.ready(await self._jobs.get(job.id), file)

    async def end(self, job: Job, status: JobStatus, failure: Failure | None = None) -> Job:
        """Fail, cancel or expire a job in the table, to be told after it.

        Raises `StaleJobError` where somebody else moved it first.
        """
        now = self._clock.now()
        timings = job.timings_until(now)
        usage = usage_of(replace(job, failure=failure, timings=timings), status, now)
        job = await insist(
            lambda: self._jobs.move(
                job, status, now, usage, failure=failure, timings=timings, told=False
            ),
            self._clock,
        )
        log.info("job.ended", job=job.id, outcome=status.value, reason=failure and failure[0])
        return job

    async def tell(self, job: Job) -> None:
        """Show on the card how a job ended without a clip; what can't be shown now stays untold,
        and `Finishing.keep_telling` comes back to it."""
        await self._showing.tell(job.id)

    async def _measure(self, job_id: str, clip: Clip) -> Measurement:
        for attempt in range(1, TRIES + 1):
            try:
                return await self._engine.measure(clip)
            except MachineError as error:
                log.warning("measure.failed", job=job_id, attempt=attempt, error=str(error))
        return Measurement(Verdict.UNMEASURED)

    async def _until_shown(self, job: Job, file: ClipFile) -> ClipFile:
        """Through refusals for size and through outages, where the place is gone in private;
        gives up only where that can't be either: then the clip waits in the history."""
        pauses, show = iter(RETRY_S), self._show_on_card
        while True:
            try:
                await show(job, file)
            except TooLargeError as error:
                limit = min(error.limit_bytes, file.size_bytes - 1)
                log.info("delivery.too_large", job=job.id, size=file.size_bytes, limit=limit)
                _, file = await self._encoding.for_card(job, limit)
            except PlaceGoneError as error:
                log.warning("delivery.place_gone", job=job.id, error=str(error))
                if show == self._show_in_private:
                    return file
                show = self._show_in_private
            except (MessengerError, StoreError) as error:
                wait_s = getattr(error, "retry_after_s", None) or next(pauses, RETRY_S[-1])
                self._tally.retries[job.origin.platform] += 1
                log.warning("delivery.retry", job=job.id, error=str(error), wait_s=wait_s)
                await self._clock.sleep(wait_s)
            else:
                return file

    async def _show_on_card(self, job: Job, file: ClipFile) -> None:
        await self._board.put(job, self._card(job, file))

    async def _show_in_private(self, job: Job, file: ClipFile) -> None:
        await self._reposts.post_direct(job, self._card(job, file), nonce=job.id)
        try:
            await self._board.change(job, self._left_behind(job))
        except (MessengerError, StoreError) as error:  # as gone as its place
            log.info("card.left_behind", job=job.id, error=str(error))

    def _left_behind(self, job: Job) -> Card:
        """A card that can still be written on would say for ever that its job waits."""
        if job.hidden:
            return hidden_card(job)
        card = done_card(job, None, self._rules)
        where = Texts(job.origin.place_locale).say("card-went-private")
        return replace(card, lines=(where, *card.lines))

    def _card(self, job: Job, file: ClipFile) -> Card:
        return hidden_card(job) if job.hidden else done_card(job, file, self._rules)


def _clip_of(job: Job) -> Clip:
    assert job.clip is not None, f"job {job.id} is {job.status} and has no clip"
    return job.clip
