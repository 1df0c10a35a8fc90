"""One card that many people look at: how soon the last of them sees it change, at what cost.

A real bot with its page on loopback; those who look are a process of their own, from several
addresses, as one may open only so many streams. The peer sends as heavy events from a bare
Starlette app.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from bench.footprint import files_once_quiet, memory_mb, open_files
from bench.sizes import Sizes
from bench.streaming_process import END
from bench.table import Figure, Sample, Table, percentile
from tests.adapters.web.harness import Browser

PEER = "Starlette and an asyncio.Condition"
STEP_S = 0.25
TICK_S = 0.01  # in which the system counts a process's time
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass
class Rounds:
    """Of one server: by round the seconds of each change, those of the end, and what it took."""

    changes: list[list[float]] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    mb: list[float] = field(default_factory=list)  # before the first, then after each
    mb_meanwhile: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)  # before the first, then after each
    files_meanwhile: list[int] = field(default_factory=list)

    async def rest(self, process: psutil.Process) -> None:
        """How the server stands once nobody looks."""
        self.files.append(await files_once_quiet(process, self.files[0] if self.files else 0))
        self.mb.append(memory_mb(process))


class Audience:
    def __init__(self, process: Process) -> None:
        self._process = process

    async def look(self, url: str, cookie: str, streams: int) -> None:
        """Until all of them see it."""
        assert self._process.stdin
        self._process.stdin.write(f"{url} {cookie} {streams}\n".encode())
        assert await self._line() == b"open\n"

    async def seen(self) -> dict[str, float]:
        return {what: float(at) for what, at in json.loads(await self._line()).items()}

    async def _line(self) -> bytes:
        assert self._process.stdout
        return await self._process.stdout.readline()


class Server:
    """Ours or the peer: its card changes once the gate is there, and notes when."""

    def __init__(self, process: Process, folder: Path, url: str) -> None:
        self.url = url
        self.process = psutil.Process(process.pid)
        self._gate, self._notes = folder / "gate", folder / "notes"

    async def card(self) -> tuple[str, str]:
        """The address of a card's events, and the cookie of who may see it."""
        return f"{self.url}/events", "none=none"

    def go_on(self) -> None:
        self._notes.write_text("")
        self._gate.touch()

    def changes(self) -> dict[str, float]:
        self._gate.unlink()
        lines = [line.split() for line in self._notes.read_text().splitlines()]
        return {what: float(at) for what, at in lines}

    def cpu_s(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)


class Page(Server):
    async def card(self) -> tuple[str, str]:
        async with httpx.AsyncClient(
            base_url=self.url,
            headers={"Accept": "text/html"},
            follow_redirects=True,
            trust_env=False,
        ) as client:
            path = await Browser(client).animate()
            cookies = [f"{name}={value}" for name, value in client.cookies.items()]
        return f"{self.url}{path}/events", "; ".join(cookies)


async def measure(sizes: Sizes, folder: Path) -> Table:
    ours, theirs = Rounds(), Rounds()
    async with (
        _server(Page, "bench.streaming_process", folder / "ours", sizes.changes) as page,
        _server(Server, "bench.streaming_peer", folder / "theirs", sizes.changes) as peer,
        _running("bench.audience_process") as process,
    ):
        audience = Audience(process)
        for server, rounds in ((page, ours), (peer, theirs)):
            await _look(server, audience, sizes.streams, Rounds())  # pays for what is made once
            await rounds.rest(server.process)
        for _ in range(sizes.rounds):
            for server, rounds in ((page, ours), (peer, theirs)):
                await _look(server, audience, sizes.streams, rounds)
                await rounds.rest(server.process)
    return _table(sizes, ours, theirs)


async def _look(server: Server, audience: Audience, streams: int, rounds: Rounds) -> None:
    url, cookie = await server.card()
    await audience.look(url, cookie, streams)
    rounds.files_meanwhile.append(open_files(server.process))
    rounds.mb_meanwhile.append(memory_mb(server.process))
    cpu_s = server.cpu_s()
    server.go_on()
    seen = await audience.seen()
    rounds.cpu_s.append(max(server.cpu_s() - cpu_s, TICK_S))
    changed = server.changes()
    rounds.ends.append(seen.pop(END) - changed.pop(END))
    rounds.changes.append([seen[what] - at for what, at in changed.items() if what in seen])


def _table(sizes: Sizes, ours: Rounds, theirs: Rounds) -> Table:
    left = max(0, ours.files[-1] - ours.files[0])
    return Table(
        f"A card under {sizes.streams} event streams",
        f"{sizes.rounds} clips of {sizes.changes} steps, {STEP_S} s each, after one that pays for "
        f"what is made once. From a change of the card to the last of {sizes.streams} streams that "
        "has it; CPU time is the server's process alone, in ours with the job itself. The end is "
        "sent once the job table says so, which is asked on behalf of everybody who looks.",
        [
            _figure("a change to the last stream, p50", _of(ours, 50), _of(theirs, 50)),
            _figure("a change to the last stream, p99", _of(ours, 99), _of(theirs, 99)),
            _figure("the end to the last stream", _ms(ours.ends), _ms(theirs.ends)),
            _figure(
                f"CPU time of {sizes.changes} changes",
                Sample.of(ours.cpu_s, "s"),
                Sample.of(theirs.cpu_s, "s"),
            ),
            _figure("memory before", _mb(ours.mb[:1]), _mb(theirs.mb[:1])),
            _figure("memory meanwhile", _mb(ours.mb_meanwhile), _mb(theirs.mb_meanwhile)),
            _figure("memory after all rounds", _mb(ours.mb[-1:]), _mb(theirs.mb[-1:])),
            Figure(what="open files before", ours=Sample.of(ours.files[:1])),
            Figure(what="open files meanwhile", ours=Sample.of(ours.files_meanwhile)),
            Figure(what="files left open", ours=Sample.of([left]), aim="0"),
        ],
    )


def _figure(what: str, ours: Sample, theirs: Sample) -> Figure:
    return Figure(what=what, ours=ours, peer=PEER, theirs=theirs)


def _of(rounds: Rounds, percent: int) -> Sample:
    return _ms(percentile(one, percent) for one in rounds.changes)


def _ms(seconds: Iterable[float]) -> Sample:
    return Sample.of((each * 1e3 for each in seconds), "ms")


def _mb(values: list[float]) -> Sample:
    return Sample.of(values, "MB")


@asynccontextmanager
async def _server(
    kind: type[Server], module: str, folder: Path, changes: int
) -> AsyncIterator[Server]:
    folder.mkdir(parents=True)
    env = {
        "DATA_DIR": str(folder / "data"),
        "WEB_LISTEN": "127.0.0.1:0",
        "MIN_FREE_GB": "0",
        "GRACE_S": "0",
        "LOG_LEVEL": "error",
        "FAKE_GATE": str(folder / "gate"),
        "FAKE_STEPS": str(changes),
        "FAKE_STEP_S": str(STEP_S),
    }
    async with _running(module, folder / "notes", **env) as process:
        yield kind(process, folder, await _address(process))


async def _address(process: Process) -> str:
    assert process.stdout
    while line := (await process.stdout.readline()).decode():
        if found := ADDRESS.search(line):
            return found[0]
    raise RuntimeError("it ended before it was ready")


@asynccontextmanager
async def _running(module: str, *args: Path, **env: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *map(str, args)),
        env=os.environ | env,
        stdin=PIPE,
        stdout=PIPE,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.communicate()
