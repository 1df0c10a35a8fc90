"""A rendered job to its Messenger: measured, encoded to fit, shown on its card exactly once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog

from bot.board import Board
from bot.clip import Clip, ClipFile, EncodeOrder
from bot.errors import (
    MachineError,
    MessengerError,
    PlaceGoneError,
    StoreError,
    TooLargeError,
    WorkerError,
)
from bot.insist import insist
from bot.job import Job, JobStatus, usage_of
from bot.measurement import Measurement, Verdict
from bot.ports import Clock, Engine, JobStore, MediaStore, Messenger
from bot.provenance import provenance
from bot.request import ClipFormat
from bot.texts import Texts
from bot.wording import done_card, ended_card, finishing_card

log = structlog.get_logger(__name__)

Failure = tuple[str, dict[str, Any]]

LONG_S = 60.0  # edits make no sound: after this long the owner gets one short reply
TRIES = 3  # where a worker dies while it measures or encodes
RETRY_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # between tries at a platform; the last one repeats
SUFFIX = {ClipFormat.APNG: "png", ClipFormat.SHEET: "png"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRules:
    """What the operator says about every file that goes out."""

    label: bool = True
    producer: str = "sketchlife"
    keep: timedelta = timedelta(days=30)


class Delivery:
    def __init__(
        self,
        *,
        messengers: Mapping[str, Messenger],
        board: Board,
        jobs: JobStore,
        engine: Engine,
        media: MediaStore,
        clock: Clock,
        rules: ClipRules,
    ) -> None:
        self._messengers = messengers
        self._board = board
        self._jobs = jobs
        self._engine = engine
        self._media = media
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
        messenger = self._messengers[job.origin.platform]
        job, file = await self.encode(job, messenger.size_limit(job.origin))
        started = self._clock.now()
        file = await self._until_shown(job, file)
        now = self._clock.now()
        timings = job.timings.plus(uploaded_s=(now - started).total_seconds())
        usage = usage_of(replace(job, timings=timings), JobStatus.DELIVERED, now, file.size_bytes)
        await insist(
            lambda: self._jobs.move(
                job, JobStatus.DELIVERED, now, usage, timings=timings, told=True
            ),
            self._clock,
        )
        if (now - job.created_at).total_seconds() > LONG_S:
            await self._mention(job)

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
        try:
            with suppress(PlaceGoneError):  # nobody is left to be told
                await self._board.put(job, ended_card(job))
            await self._jobs.save(job.id, told=True)
        except (MessengerError, StoreError) as error:
            log.warning("job.untold", job=job.id, error=str(error))

    async def encode(
        self, job: Job, limit_bytes: int | None, clip_format: ClipFormat | None = None
    ) -> tuple[Job, ClipFile]:
        """One file of the job's master, and the job with the seconds that it took."""
        order = self._order(job, clip_format or job.request.format, limit_bytes)
        started = self._clock.now()
        for attempt in range(1, TRIES + 1):
            try:
                file = await self._engine.encode(_clip_of(job), order)
                break
            except WorkerError:
                if attempt == TRIES:
                    raise
                log.warning("encode.again", job=job.id, attempt=attempt)
        spent_s = (self._clock.now() - started).total_seconds()
        return replace(job, timings=job.timings.plus(encoded_s=spent_s)), file

    async def _measure(self, job_id: str, clip: Clip) -> Measurement:
        for attempt in range(1, TRIES + 1):
            try:
                return await self._engine.measure(clip)
            except MachineError as error:
                log.warning("measure.failed", job=job_id, attempt=attempt, error=str(error))
        return Measurement(Verdict.UNMEASURED)

    def _order(self, job: Job, clip_format: ClipFormat, limit_bytes: int | None) -> EncodeOrder:
        suffix = SUFFIX.get(clip_format, clip_format.value)
        label = Texts(job.origin.place_locale).say("label-ai") if self._rules.label else None
        return EncodeOrder(
            format=clip_format,
            target=self._media.folder(job.id) / f"{clip_format.value}.{suffix}",
            limit_bytes=limit_bytes,
            label=label,
            metadata=provenance(
                job.request,
                job_id=job.id,
                renderer=job.renderer.value,
                producer=self._rules.producer,
            ),
        )

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
                _, file = await self.encode(job, limit)
            except PlaceGoneError as error:
                log.warning("delivery.place_gone", job=job.id, error=str(error))
                if show == self._show_in_private:
                    return file
                show = self._show_in_private
            except (MessengerError, StoreError) as error:
                wait_s = getattr(error, "retry_after_s", None) or next(pauses, RETRY_S[-1])
                log.warning("delivery.retry", job=job.id, error=str(error), wait_s=wait_s)
                await self._clock.sleep(wait_s)
            else:
                return file

    async def _show_on_card(self, job: Job, file: ClipFile) -> None:
        await self._board.put(job, done_card(job, file, self._rules.keep))

    async def _show_in_private(self, job: Job, file: ClipFile) -> None:
        messenger = self._messengers[job.origin.platform]
        await messenger.post_direct(
            job.origin, done_card(job, file, self._rules.keep), nonce=job.id
        )

    async def _mention(self, job: Job) -> None:
        messenger = self._messengers[job.origin.platform]
        card = (await self._jobs.get(job.id)).card
        if card is None:
            return
        try:
            await messenger.mention(job.origin, card, Texts(job.origin.locale).say("mention-done"))
        except MessengerError as error:  # the clip is there; the bell is a courtesy
            log.info("delivery.no_mention", job=job.id, error=str(error))


def _clip_of(job: Job) -> Clip:
    assert job.clip is not None, f"job {job.id} is {job.status} and has no clip"
    return job.clip
