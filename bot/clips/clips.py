"""What people do with their own clips: once more, otherwise, in other files, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from bot.card import Action, Card
from bot.cards.announcing import Announcing
from bot.cards.encoding import ASKED, Encoding
from bot.cards.showing import Showing
from bot.clip import ClipFile, Drawing
from bot.clips.acting import Acting, Allowed
from bot.clips.actions import UNDO
from bot.door.reception import Reception
from bot.errors import JobGoneError
from bot.job import Job, JobStatus
from bot.origin import Origin
from bot.ports import Clock, Engine, JobStore, MediaStore, Messenger, ShareStore
from bot.request import GENTLE_PROMPT, ClipFormat

log = structlog.get_logger(__name__)

ACTION_OF = {
    Drawing.CURVES_PNG: Action.CURVE,
    Drawing.CURVES_SVG: Action.CURVE,
    Drawing.KEY_FRAMES: Action.KEY_FRAMES,
}


class Clips:
    """What makes a new job answers with its card, or with what has to be asked first; `new_id` is
    its id, for who has to know it beforehand (see `bot.service.Service.submit`)."""

    def __init__(
        self,
        *,
        messengers: Mapping[str, Messenger],
        jobs: JobStore,
        shares: ShareStore,
        media: MediaStore,
        engine: Engine,
        encoding: Encoding,
        acting: Acting,
        showing: Showing,
        clock: Clock,
        reception: Reception,
        announcing: Announcing,
    ) -> None:
        self._messengers = messengers
        self._jobs = jobs
        self._shares = shares
        self._media = media
        self._engine = engine
        self._encoding = encoding
        self._acting = acting
        self._showing = showing
        self._clock = clock
        self._reception = reception
        self._announcing = announcing

    async def again(self, job_id: str, person: Origin, new_id: str = "") -> Card:
        """The same with a new seed."""
        return await self._once_more(Action.AGAIN, job_id, person, {}, new_id)

    async def tweak(
        self, job_id: str, person: Origin, changes: Mapping[str, str], new_id: str = ""
    ) -> Card:
        """With other settings, as typed; a seed that was typed before stays."""
        return await self._once_more(Action.TWEAK, job_id, person, changes, new_id)

    async def gentle(self, job_id: str, person: Origin, new_id: str = "") -> Card:
        """With the prompt that helps weak sketches."""
        prompt = {"prompt": GENTLE_PROMPT}
        return await self._once_more(Action.GENTLE, job_id, person, prompt, new_id)

    async def loop(self, job_id: str, person: Origin, new_id: str = "") -> Card:
        return await self._once_more(Action.LOOP, job_id, person, {"loop": "on"}, new_id)

    async def file_of(
        self,
        job_id: str,
        person: Origin,
        clip_format: ClipFormat,
        limit_bytes: int | None = None,
    ) -> ClipFile:
        """The clip in another format, made from its master, no larger than `limit_bytes`, else
        than what the person's platform takes there. Raises `MediaError` where the files are
        lost."""
        async with self._acting.on(Action.FORMATS, job_id, person) as held:
            job = held.job
        messenger = self._messengers.get(person.platform)
        if limit_bytes is None and messenger is not None:
            limit_bytes = messenger.size_limit(person)
        file = await self._encoding.encode(job, limit_bytes, clip_format, prefix=ASKED)
        await self._require_still(Action.FORMATS, job_id, person)
        return file

    async def drawing_of(self, job_id: str, person: Origin, drawing: Drawing) -> Path:
        """The expression curves or the key frames of a measured clip, as a picture."""
        action = ACTION_OF[drawing]
        async with self._acting.on(action, job_id, person) as held:
            clip = held.job.clip
        assert clip is not None, f"job {job_id} was delivered without a clip"
        target = self._media.folder(job_id) / drawing.value
        picture = await self._engine.draw(clip, drawing, target)
        await self._require_still(action, job_id, person)
        return picture

    async def delete(self, job_id: str, person: Origin) -> Job:
        """Nobody sees it any more. For a day (`UNDO`) whoever deleted it can have it back; it is
        not shared then."""
        async with self._acting.on(Action.DELETE, job_id, person) as held:
            now = self._clock.now()
            job = await take_away(held, now, jobs=self._jobs, shares=self._shares)
        await self._showing.tell(job_id)
        return job

    async def undelete(self, job_id: str, person: Origin) -> Job:
        """Raises `JobGoneError` once its day is over, whether or not its files are gone yet."""
        async with self._acting.on(Action.UNDELETE, job_id, person) as held:
            deleted_at = held.job.deleted_at
            if deleted_at is None or self._clock.now() >= deleted_at + UNDO:
                raise JobGoneError("undelete-too-late")
            job = await self._jobs.save(job_id, deleted_at=None, deleted_by="", told=False)
            log.info("clip.undeleted")
        await self._showing.tell(job_id)
        return job

    async def _once_more(
        self, action: Action, job_id: str, person: Origin, changes: Mapping[str, str], new_id: str
    ) -> Card:
        async with self._acting.on(action, job_id, person) as held:
            job = held.job
        # what waited too long was never seen with the seed that was typed
        another = action is Action.AGAIN and job.status is not JobStatus.EXPIRED
        seed = {} if another else typed_seed(job)
        outcome = await self._reception.again(job, person, {**seed, **changes}, new_id)
        return await self._announcing.show(outcome)

    async def _require_still(self, action: Action, job_id: str, person: Origin) -> None:
        """It may have been reported or deleted while the file was made."""
        async with self._acting.on(action, job_id, person):
            pass


async def take_away(
    held: Allowed, now: datetime, *, jobs: JobStore, shares: ShareStore, **changes: Any
) -> Job:
    """Out of sight first: a crash before the next line leaves no copy that nobody takes down."""
    job = await jobs.save(
        held.job.id, deleted_at=now, deleted_by=held.person.owner, told=False, **changes
    )
    if held.share is not None:
        await shares.put(held.share.taken_back())
    log.info("clip.deleted")
    return job


def typed_seed(job: Job) -> dict[str, str]:
    """A seed that somebody typed is never replaced."""
    return {"seed": job.options["seed"]} if "seed" in job.options else {}
