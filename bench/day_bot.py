"""The bot of `bench.day` as its operator sees it: started, killed, weighed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from bench.footprint import memory_mb, open_files
from bot.errors import DISK_FULL
from bot.settings import Settings
from tests.fakes.discord.server import TOKEN as DISCORD_TOKEN
from tests.fakes.telegram.server import TOKEN as TELEGRAM_TOKEN

LOOK_S = 0.1
READY_S = 60.0  # against hanging, nothing else
LONGEST_QUEUE = "2000"


@dataclass(frozen=True)
class Weight:
    """What the bot's process held at a moment."""

    mb: float
    files: int


@dataclass
class Bot:
    """`lives` has a list of its weights for each of its processes."""

    folder: Path
    discord: str
    telegram: str
    port: int
    lives: list[list[Weight]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.data_dir = self.folder / "data"
        self._process: Process | None = None
        self._is_ready = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> Settings:
        return Settings(_env_file=None, data_dir=self.data_dir)

    @property
    def process(self) -> psutil.Process:
        assert self._process is not None
        return psutil.Process(self._process.pid)

    async def start(self) -> None:
        """Until it says that everything it needs is there."""
        env = {
            "DATA_DIR": str(self.data_dir),
            "DISCORD_TOKEN": DISCORD_TOKEN,
            "TELEGRAM_TOKEN": TELEGRAM_TOKEN,
            "TELEGRAM_BASE_URL": self.telegram,
            "WEB_LISTEN": f"127.0.0.1:{self.port}",
            "ALLOWED_PLACES": "*",
            "WAITING_PER_PERSON": LONGEST_QUEUE,
            "WAITING_IN_ALL": LONGEST_QUEUE,
            "MIN_FREE_GB": "0",
            "LOG_LEVEL": "info",
            "FAKE_STEPS": "8",
            "FAKE_STEP_S": "0.02",
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bench.day_process", self.discord),
                env=os.environ | env,
                stdout=log,
                stderr=log,
            )
        self._is_ready = False
        await self._until_ready()
        self._is_ready = True
        self.lives.append([])
        self.weigh()

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """As its operator does; nothing to do where it never started."""
        await self._end(signal.SIGTERM)

    async def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)
            await process.wait()

    def kill_worker(self, number: int) -> None:
        """One of them, in turn."""
        with contextlib.suppress(psutil.Error, ZeroDivisionError):
            workers = sorted(self._workers(), key=psutil.Process.cmdline)
            workers[number % len(workers)].send_signal(signal.SIGKILL)

    def weigh(self) -> None:
        """Not while it is dead, or not ready yet."""
        if self._process is not None and self._is_ready:
            with contextlib.suppress(psutil.Error):
                process = self.process
                self.lives[-1].append(Weight(memory_mb(process), open_files(process)))

    def database_mb(self) -> float:
        return sum(path.stat().st_size for path in self.data_dir.glob("sketchlife.db*")) / 1e6

    def bugs(self) -> list[str]:
        """What it wrote down that it did not expect; workers died, as we killed them."""
        return [
            one for one in self._log() if '"level": "error"' in one and "worker.died" not in one
        ]

    def full_disks(self) -> int:
        """How often a worker had no room to write."""
        return sum("task.failed" in one and DISK_FULL in one for one in self._log())

    def _log(self) -> list[str]:
        return (self.folder / "log").read_text().splitlines()

    def _workers(self) -> Sequence[psutil.Process]:
        return [
            one for one in self.process.children() if "engine.worker" in " ".join(one.cmdline())
        ]

    async def _until_ready(self) -> None:
        give_up = time.monotonic() + READY_S
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as client:
            while time.monotonic() < give_up:
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get("/readyz")).is_success:
                        return
                await asyncio.sleep(LOOK_S)
        raise TimeoutError(f"the bot is not ready: see {self.folder / 'log'}")
