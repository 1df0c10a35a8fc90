"""A worker seen from the bot: a child process, its pipes, and its certain end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from engine.protocol import LINE_LIMIT_BYTES, Command, Message, read_message, write_command

LEVELS = frozenset({"debug", "info", "warning", "error", "critical"})


class Child:
    """Leads a process group of its own: Ctrl-C in a terminal passes it by, and killing the
    group takes ffmpeg and the decoders along. A session of its own would do the same, but
    there Linux' autogroups make the worker's niceness count for nothing."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        self._process = process
        self._commands, self._messages, self._log_lines = (
            process.stdin,
            process.stdout,
            process.stderr,
        )
        self.last_words: deque[str] = deque(maxlen=20)  # what it printed before it died

    @classmethod
    async def start(cls, role: str, path: str, env: Mapping[str, str] | None) -> Child:
        """Raises `OSError` when the machine has no process left to give."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "engine.worker", role, path),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LINE_LIMIT_BYTES,
            process_group=0,
            env=env,
        )
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.returncode

    @property
    def memory_bytes(self) -> int | None:
        """Resident memory; None where there is no /proc, or no process any more."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        except OSError:
            return None
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def send(self, command: Command) -> None:
        """A dead child's pipe swallows it: its end is noticed where messages are read."""
        self._commands.write(write_command(command))

    async def messages(self) -> AsyncIterator[Message]:
        """Until the pipe closes. Raises `ValueError` for a line that is no message."""
        while line := await self._messages.readline():
            yield read_message(line)

    async def forward_log(self, log: Any) -> None:
        """Its own log lines with their levels, and what libraries print at debug level."""
        while True:
            try:
                line = await self._log_lines.readline()
            except ValueError:  # longer than any line has a right to be
                continue
            if not line:
                return
            text = line.decode(errors="replace").rstrip()
            self.last_words.append(text)
            level, event, fields = read_log_line(text)
            getattr(log, level)(event, **fields)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # it has ended already
            os.killpg(self.pid, signal.SIGKILL)

    async def end(self, grace_s: float) -> None:
        """Close its pipe, which ends a worker that is well, and kill whatever is left."""
        self._commands.close()
        for _ in range(2):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), grace_s)
            self.kill()


def read_log_line(text: str) -> tuple[str, str, dict[str, Any]]:
    """Level, event and fields of a line, which need not be a log line at all."""
    try:
        fields = json.loads(text)
        level, event = fields.pop("level"), fields.pop("event")
    except (ValueError, TypeError, KeyError, AttributeError):
        return "debug", "worker.printed", {"line": text}
    return (level if level in LEVELS else "info"), str(event), fields
