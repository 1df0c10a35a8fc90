"""CPU drafts: what a person sees of a clip while it waits for the GPU; they cost nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import structlog

from bot.cards.provenance import provenance
from bot.clip import EncodeOrder, Renderer, RenderOrder
from bot.errors import SketchlifeError
from bot.job import Job
from bot.log import about
from bot.ports import Engine, JobStore, MediaStore
from bot.request import ClipFormat
from bot.texts import Texts

log = structlog.get_logger(__name__)

FOLDER, NAME = "draft", "draft.webp"
FORMATS = (ClipFormat.MP4, ClipFormat.WEBP)  # the picture last: once it is there, all is
LIMIT_BYTES = 2_000_000  # a card's picture, not a clip


class Drafts:
    """One at a time, and only while the preview renderer has no job of its own.

    A draft is a file in its job's folder: it is there after a restart, and goes with the job.
    """

    def __init__(self, *, jobs: JobStore, engine: Engine, media: MediaStore, producer: str) -> None:
        self._jobs = jobs
        self._engine = engine
        self._media = media
        self._producer = producer
        self._failed: set[str] = set()

    def of(self, job: Job) -> Path | None:
        """The draft of a job that waits for the model, where there is one."""
        if job.renderer is not Renderer.MODEL:
            return None
        path = self._path(job)
        return path if path.is_file() else None

    async def make_next(self, waiting: Sequence[Job]) -> bool:
        """For the first of those that have none yet; whether there is a new one. A draft that
        fails is not tried again. Raises `StoreError`."""
        job = next(
            (job for job in waiting if job.id not in self._failed and not self.of(job)), None
        )
        if job is None or await self._preview_is_wanted():
            return False
        with about(job.id, job.origin):
            try:
                await self._make(job)
            except (SketchlifeError, OSError) as error:
                log.warning("draft.failed", error=str(error))
                self._failed.add(job.id)
                return False
        return True

    async def _preview_is_wanted(self) -> bool:
        if await self._jobs.waiting(Renderer.PREVIEW, limit=1):
            return True
        return any(job.renderer is Renderer.PREVIEW for job in await self._jobs.running())

    async def _make(self, job: Job) -> None:
        folder = self._path(job).parent
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        clip = await self._engine.render(_render_order(job, folder), lambda news: None)
        try:
            for clip_format in FORMATS:
                await self._engine.encode(clip, self._encode_order(job, clip_format))
        finally:
            await asyncio.to_thread(clip.master.unlink, missing_ok=True)
        log.info("draft.made")

    def _encode_order(self, job: Job, clip_format: ClipFormat) -> EncodeOrder:
        """Always labelled: it passes for nothing but a draft."""
        return EncodeOrder(
            format=clip_format,
            target=self._path(job).with_suffix(f".{clip_format.value}"),
            limit_bytes=LIMIT_BYTES,
            label=Texts(job.origin.place_locale).say("label-ai"),
            metadata=provenance(
                job.request,
                job_id=job.id,
                renderer=Renderer.PREVIEW.value,
                producer=self._producer,
            ),
        )

    def _path(self, job: Job) -> Path:
        return self._media.folder(job.id) / FOLDER / NAME


def _render_order(job: Job, folder: Path) -> RenderOrder:
    return RenderOrder(
        job_id=job.id,
        renderer=Renderer.PREVIEW,
        picture=job.picture,
        folder=folder,
        request=job.request,
        width=job.width,
        height=job.height,
    )
