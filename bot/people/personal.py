"""What people do with all that is kept of them: look back, post again, take along, be forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.card import Card
from bot.clips.reposts import Reposts
from bot.job import Job
from bot.origin import Origin
from bot.people.export import collect, write_folder, write_zip
from bot.people.forgetting import Forgetting
from bot.people.own_folder import own_folder
from bot.ports import MediaStore
from bot.stores import Stores

PAGE = 10
ZIP = "sketchlife.zip"


@dataclass(frozen=True, slots=True)
class Page:
    """`number` counts from 0; `more` says that there is another one."""

    jobs: tuple[Job, ...]
    number: int
    more: bool


class Personal:
    """Everybody's own, and nobody else's. Lists of `owners` are for who has several names here,
    as a terminal's person has (see `bot.origin.Origin.owner`)."""

    def __init__(
        self, stores: Stores, *, media: MediaStore, reposts: Reposts, forgetting: Forgetting
    ) -> None:
        self._stores = stores
        self._media = media
        self._reposts = reposts
        self._forgetting = forgetting

    async def history(self, owners: Sequence[str], number: int = 0) -> Page:
        """A person's jobs, the newest first."""
        start, wanted = number * PAGE, (number + 1) * PAGE + 1
        found = [
            job
            for owner in owners
            for job in await self._stores.jobs.of_person(owner, limit=wanted)
        ]
        newest = sorted(found, key=lambda job: (job.created_at, job.id), reverse=True)
        return Page(tuple(newest[start : start + PAGE]), number, len(newest) > start + PAGE)

    async def post_again(self, job_id: str, person: Origin) -> Card:
        """A card of one's own clip where the person is now; once for each message that asks.
        Raises `NotAllowedError`, `JobGoneError`, `MessengerError`."""
        return await self._reposts.post(job_id, person)

    async def export(self, person: Origin, limit_bytes: int | None = None) -> Path:
        """A zip of at most that many bytes; it is there for a day. Raises `MediaError`."""
        export = await collect(self._stores, self._media, [person.owner])
        target = self._media.folder(own_folder(person.owner)) / ZIP
        return await asyncio.to_thread(write_zip, export, target, limit_bytes)

    async def export_to(self, owners: Sequence[str], folder: Path) -> int:
        """The same, unpacked and whole; how many files. Raises `MediaError`."""
        export = await collect(self._stores, self._media, owners)
        await asyncio.to_thread(write_folder, export, folder)
        return len(export.files)

    async def forget(self, owners: Sequence[str]) -> int:
        """See `Forgetting.forget`."""
        return sum([await self._forgetting.forget(owner) for owner in owners])
