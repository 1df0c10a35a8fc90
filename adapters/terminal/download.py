"""`sketchlife download`: the model's files, with progress, by a process that knows the hubs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, TextIO

from bot.errors import MachineError
from bot.texts import Texts

GB = 10**9


class DownloadScreen:
    """Says what the process reports: over itself on a terminal, elsewhere a line per tenth."""

    def __init__(self, language: str, out: TextIO, screen: TextIO) -> None:
        self._texts = Texts(language)
        self._out = out
        self._screen = screen
        self._live = screen.isatty()
        self._tenth = -1

    def show(self, event: Mapping[str, Any]) -> None:
        match event["event"]:
            case "progress":
                self._progress(event)
            case "done":
                self._done(event)
            case "failed":
                self._screen.write(f"{event['reason']}\n")

    def _progress(self, event: Mapping[str, Any]) -> None:
        done, total = event["done_bytes"], event["total_bytes"]
        said = self._texts.say(
            "download-progress",
            file=event["file"],
            done=f"{done / GB:.2f}",
            total=f"{total / GB:.2f}",
        )
        tenth = 10 * done // max(total, 1)
        if self._live:
            self._screen.write(f"\r\x1b[2K{said}" + ("\n" if done >= total else ""))
        elif tenth != self._tenth:
            self._screen.write(f"{said}\n")
        self._tenth = tenth
        self._screen.flush()

    def _done(self, event: Mapping[str, Any]) -> None:
        if event["away"]:
            self._screen.write(self._texts.say("download-away", reason=event["away"]) + "\n")
        self._out.write(
            self._texts.say(
                "download-done",
                model=event["model"],
                path=event["path"],
                family=event["family"],
                size=event["size"],
            )
            + "\n"
        )


async def download(command: Sequence[str], env: Mapping[str, str], screen: DownloadScreen) -> int:
    """The exit code of the process. Cancelled, it ends the process; the next one goes on where
    this one was. Raises `MachineError` where it died without a word."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, env=dict(env)
    )
    told = False
    try:
        async for event in _events(process):
            screen.show(event)
            told = told or event["event"] != "progress"
        code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if not told:
        raise MachineError("download-died")
    return code


async def _events(process: asyncio.subprocess.Process) -> AsyncIterator[Mapping[str, Any]]:
    assert process.stdout is not None
    async for line in process.stdout:
        yield json.loads(line)
