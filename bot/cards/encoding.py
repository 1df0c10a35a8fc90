"""Files out of a job's master: labelled, signed, small enough for where they go."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

import structlog

from bot.cards.provenance import provenance
from bot.clip import Clip, ClipFile, EncodeOrder
from bot.errors import DISK_FULL, MediaError, StoreError, WorkerError
from bot.job import Job
from bot.ports import Clock, Engine, MediaStore, Messenger, SettingsStore
from bot.request import ClipFormat
from bot.texts import Texts

log = structlog.get_logger(__name__)

DISK_PAUSES_S = (2.0, 10.0)  # where it is full: others give room back, and a render took minutes
TRIES = 1 + len(DISK_PAUSES_S)  # there, or where a worker dies in the middle
SUFFIX = {ClipFormat.APNG: "png", ClipFormat.SHEET: "png"}
ASKED = "asked-"  # what somebody asked for beside the file that the card shows


class Label(StrEnum):
    """The visible label in the first seconds of a clip; PLACE leaves it to each place."""

    ON = "on"
    OFF = "off"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRules:
    """What the operator says about every file that goes out. `page`: there is one on the web to
    show clips on."""

    label: Label = Label.ON
    producer: str = "sketchlife"
    keep: timedelta = timedelta(days=30)
    page: bool = True


class Encoding:
    def __init__(
        self,
        *,
        messengers: Mapping[str, Messenger],
        engine: Engine,
        media: MediaStore,
        settings: SettingsStore,
        clock: Clock,
        rules: ClipRules,
    ) -> None:
        self._messengers = messengers
        self._engine = engine
        self._media = media
        self._settings = settings
        self._clock = clock
        self._rules = rules

    async def for_card(self, job: Job, limit_bytes: int | None = None) -> tuple[Job, ClipFile]:
        """The file that the card shows, and the job with the seconds that it took; as small as
        its place asks where no limit is given."""
        if limit_bytes is None:
            limit_bytes = self._messengers[job.origin.platform].size_limit(job.origin)
        started = self._clock.now()
        file = await self.encode(job, limit_bytes, job.request.format)
        spent_s = (self._clock.now() - started).total_seconds()
        return replace(job, timings=job.timings.plus(encoded_s=spent_s)), file

    async def file_of_card(self, job: Job) -> ClipFile:
        """As it was delivered, or made anew where it is not there any more. Raises as `encode`."""
        if job.file is not None and await asyncio.to_thread(job.file.path.is_file):
            return job.file
        _, file = await self.for_card(job)
        return file

    async def encode(
        self, job: Job, limit_bytes: int | None, clip_format: ClipFormat, prefix: str = ""
    ) -> ClipFile:
        """Raises `MediaError` when the master is gone, `EncodeError`, `WorkerError`."""
        assert job.clip is not None, f"job {job.id} is {job.status} and has no clip"
        label = Texts(job.origin.place_locale).say("label-ai") if await self._labels(job) else None
        order = self._order(job, clip_format, limit_bytes, prefix, label)
        return await self._encode(job.id, job.clip, order)

    async def _encode(self, job_id: str, clip: Clip, order: EncodeOrder) -> ClipFile:
        for attempt, pause_s in enumerate(DISK_PAUSES_S, 1):
            try:
                return await self._engine.encode(clip, order)
            except (WorkerError, MediaError) as error:
                if isinstance(error, MediaError) and error.key != DISK_FULL:
                    raise
                log.warning("encode.again", job=job_id, attempt=attempt, error=str(error))
                if isinstance(error, MediaError):
                    await self._clock.sleep(pause_s)
        return await self._engine.encode(clip, order)

    async def _labels(self, job: Job) -> bool:
        """What can't be read keeps the label: too much of it does less harm."""
        if self._rules.label is not Label.PLACE:
            return self._rules.label is Label.ON
        try:
            return (await self._settings.place(job.origin.home)).label
        except StoreError as error:
            log.warning("label.unknown", error=str(error))
            return True

    def _order(
        self,
        job: Job,
        clip_format: ClipFormat,
        limit_bytes: int | None,
        prefix: str,
        label: str | None,
    ) -> EncodeOrder:
        suffix = SUFFIX.get(clip_format, clip_format.value)
        return EncodeOrder(
            format=clip_format,
            target=self._media.folder(job.id) / f"{prefix}{clip_format.value}.{suffix}",
            limit_bytes=limit_bytes,
            label=label,
            metadata=provenance(
                job.request,
                job_id=job.id,
                renderer=job.renderer.value,
                producer=self._rules.producer,
            ),
        )
