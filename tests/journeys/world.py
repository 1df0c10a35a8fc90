"""A data folder, a chat and real processes: what the journeys move about in."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import psutil
from PIL import Image

from adapters.db.database import Database
from adapters.db.jobs import SqlJobStore
from adapters.db.migrate import migrate
from adapters.db.usage import SqlUsageStore
from adapters.media.disk import DiskMedia
from adapters.media.instance import folder_id
from bot.app.house import House, open_house
from bot.asking.asking import make_request
from bot.clip import Renderer
from bot.door.limits import QueueLimits
from bot.job import Job, JobStatus, UsageRecord, new_job_id
from bot.origin import Origin
from bot.settings import Settings
from tests.fakes.messenger import FolderMessenger

GUARD_S = 60.0  # against hanging, nothing else
ROOM = QueueLimits(waiting_per_person=10_000, running_per_person=1, waiting_in_all=1_000_000)
EYES = "tests.fakes.roles:InstantEyes"


@dataclass
class World:
    """`env` are settings and orders to fake roles beyond the usual ones."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.data_dir = self.root / "data"
        self.chat = FolderMessenger(self.root / "chat")
        self.gate = self.root / "gate"
        self.hold = self.chat.root / "hold"
        migrate(self.settings.database)

    @property
    def variables(self) -> dict[str, str]:
        usual = {
            "DATA_DIR": str(self.data_dir),
            "FAKE_GATE": str(self.gate),
            "MIN_FREE_GB": "0",
            "ALLOWED_PLACES": "folder:studio",
            "GRACE_S": "5",
            "LOG_LEVEL": "warning",
        }
        return usual | self.env

    @property
    def settings(self) -> Settings:
        fields = Settings.model_fields
        own = {name.lower(): value for name, value in self.variables.items()}
        return Settings(
            _env_file=None, **{name: value for name, value in own.items() if name in fields}
        )

    def sketch(self) -> Path:
        path = self.root / "sketch.png"
        if not path.exists():
            Image.new("RGB", (64, 64), "white").save(path)
        return path

    def person(self, name: str) -> Origin:
        return Origin(platform="folder", place="studio", person=name)

    @asynccontextmanager
    async def stores(self) -> AsyncIterator[tuple[SqlJobStore, SqlUsageStore]]:
        async with Database(self.settings.database) as database:
            folder = folder_id(self.data_dir) if database.shared else ""
            yield SqlJobStore(database, self.data_dir, folder), SqlUsageStore(database)

    async def queue(self, *people: str, **options: str) -> list[str]:
        """Rows as a bot leaves them that accepted a picture from each of these people."""
        ids = []
        async with self.stores() as (jobs, _):
            for name in people:
                job = self._row(name, options)
                ids.append((await jobs.add(job, ROOM)).id)
        return ids

    async def jobs(self) -> dict[str, Job]:
        async with self.stores() as (jobs, _):
            found = [await jobs.get(job_id) for job_id in await self._ids(jobs)]
        return {job.id: job for job in found}

    async def usage(self) -> list[UsageRecord]:
        async with self.stores() as (_, usage):
            return await usage.records()

    async def statuses(self) -> list[JobStatus]:
        return [job.status for job in (await self.jobs()).values()]

    async def until_statuses(self, *statuses: JobStatus) -> None:
        """Until every job is in one of these."""
        async with asyncio.timeout(GUARD_S):
            while not set(await self.statuses()) <= set(statuses):
                await asyncio.sleep(0.02)

    @contextmanager
    def bot(
        self, preview: str, eyes: str = EYES, model: str | None = None
    ) -> Iterator[psutil.Process]:
        """A bot in a process of its own; killed at the end if it still lives."""
        roles = [f"{role}={path}" for role, path in _roles(preview, eyes, model).items()]
        command = [sys.executable, "-m", "tests.journeys.bot_process", str(self.chat.root), *roles]
        with subprocess.Popen(command, env=os.environ | self.variables) as process:
            try:
                yield psutil.Process(process.pid)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(signal.SIGKILL)

    @asynccontextmanager
    async def house(
        self, preview: str, eyes: str = EYES, instance: str = "bot-0", model: str | None = None
    ) -> AsyncIterator[House]:
        """The same wiring in this process, its dispatcher at work."""
        roles = _roles(preview, eyes, model)
        with patch.dict(os.environ, self.variables):
            async with (
                open_house(self.settings, [self.chat], instance=instance, roles=roles) as house,
                house.at_work(),
            ):
                yield house

    def _row(self, name: str, options: Mapping[str, str]) -> Job:
        now = datetime.now(UTC)
        job_id = new_job_id(now)
        picture = DiskMedia(self.data_dir).keep_upload(job_id, self.sketch())
        return Job(
            id=job_id,
            origin=self.person(name),
            request=make_request(options).request,
            renderer=Renderer.PREVIEW if self.settings.model is None else Renderer.MODEL,
            picture=picture,
            options=dict(options),
            width=64,
            height=64,
            status=JobStatus.QUEUED,
            created_at=now,
        )

    async def _ids(self, jobs: SqlJobStore) -> list[str]:
        folders = self.data_dir / "jobs"
        names = [path.name for path in folders.iterdir()] if folders.exists() else []
        return sorted(await jobs.known(names))


def _roles(preview: str, eyes: str, model: str | None) -> Mapping[str, str]:
    roles = {"preview": preview, "eyes": eyes}
    return roles if model is None else {**roles, "model": model}


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(GUARD_S):
        while not true():
            await asyncio.sleep(0.02)


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
