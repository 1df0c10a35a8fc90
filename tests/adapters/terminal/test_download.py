"""What a person sees of a download, and what becomes of the process behind it."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from pathlib import Path

import psutil
import pytest

from adapters.terminal.download import DownloadScreen, download
from bot.errors import MachineError

DONE = {
    "event": "done",
    "model": "a/b",
    "path": "/models/b",
    "family": "V5",
    "size": "7B",
    "away": "",
}
STARTED_AND_STUCK = """
import sys, time
print('{"event": "progress", "file": "vae", "done_bytes": 0, "total_bytes": 9}', flush=True)
open(sys.argv[1], "w").write(str(__import__("os").getpid()))
time.sleep(3600)
"""


class Terminal(io.StringIO):
    def __init__(self, live: bool) -> None:
        super().__init__()
        self.live = live

    def isatty(self) -> bool:
        return self.live


class Told:
    """A screen and what it said."""

    def __init__(self, live: bool = False, language: str = "en") -> None:
        self.out, self.err = io.StringIO(), Terminal(live)
        self.screen = DownloadScreen(language, self.out, self.err)

    def progress(self, *gigabytes: float, of: float = 20) -> None:
        for done in gigabytes:
            self.screen.show(
                {
                    "event": "progress",
                    "file": "transformer",
                    "done_bytes": int(done * 10**9),
                    "total_bytes": int(of * 10**9),
                }
            )


def test_in_a_log_each_tenth_is_a_line() -> None:
    told = Told()
    told.progress(0, 0.5, 1, 1.9, 2, 2.1, 20)
    lines = told.err.getvalue().splitlines()
    assert len(lines) == 3
    assert "transformer" in lines[0]
    assert "2.00" in lines[1] and "20.00" in lines[1]


def test_on_a_terminal_one_line_is_written_over() -> None:
    told = Told(live=True)
    told.progress(0, 0.5, 20)
    assert told.err.getvalue().count("\n") == 1
    assert told.err.getvalue().count("\r") == 3


def test_the_end_says_what_it_is_and_how_to_use_it() -> None:
    told = Told()
    told.screen.show(DONE)
    assert "EasyAnimate V5, 7B, in /models/b" in told.out.getvalue()
    assert "MODEL=a/b" in told.out.getvalue()
    assert told.err.getvalue() == ""


def test_what_is_here_without_its_hub_says_why_nobody_was_asked() -> None:
    told = Told(language="zh")
    told.screen.show(DONE | {"away": "HF_HUB_OFFLINE is set"})
    assert "HF_HUB_OFFLINE is set" in told.err.getvalue()
    assert "MODEL=a/b" in told.out.getvalue()


async def test_what_the_process_could_not_do_is_its_own_sentence_and_exit_code() -> None:
    told = Told()
    code = """print('{"event": "failed", "reason": "The disk is full."}'); raise SystemExit(2)"""
    ended = await download([sys.executable, "-c", code], os.environ, told.screen)
    assert (ended, told.err.getvalue()) == (2, "The disk is full.\n")


async def test_a_process_that_dies_without_a_word_is_the_machines_fault() -> None:
    command = [sys.executable, "-c", "raise SystemExit(1)"]
    with pytest.raises(MachineError, match="download-died"):
        await download(command, os.environ, Told().screen)


async def test_a_download_that_is_given_up_leaves_no_process(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    command = [sys.executable, "-c", STARTED_AND_STUCK, str(note)]
    fetching = asyncio.create_task(download(command, os.environ, Told().screen))
    async with asyncio.timeout(60):
        while not (note.exists() and note.read_text()):
            await asyncio.sleep(0.01)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    assert not psutil.pid_exists(int(note.read_text()))
