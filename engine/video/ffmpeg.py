"""ffmpeg as a child process that never outlives its block and always says why it failed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import imageio_ffmpeg

from bot.errors import EncodeError, MachineError, MediaError

THREADS = 2
NICENESS = 5  # an upload is judged and the next clip rendered on the same cores
DEADLINE_S = 600.0
TOO_LONG = f"ffmpeg took over {DEADLINE_S:.0f} s"
TAIL_CHARACTERS = 2_000
DISK_SIGNS = ("No space left on device", "File too large", "Disk quota exceeded")


def file_url(path: Path) -> str:
    """A path that ffmpeg cannot take for an option, a protocol or a numbered pattern."""
    return f"file:{path.absolute()}"


class Ffmpeg:
    """One run of ffmpeg, ended and reaped on leaving the `with` block, whatever happened in it."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        stdin: int = subprocess.DEVNULL,
        stdout: int | None = None,
    ) -> None:
        self._command = [*_nice(), imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments]
        self._stdin = stdin
        self._stdout = subprocess.DEVNULL if stdout is None else stdout

    def __enter__(self) -> Self:
        # a file, not a pipe: a pipe that nobody reads could fill up and stop both sides
        self._said = tempfile.TemporaryFile()
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=self._stdin,
                stdout=self._stdout,
                stderr=self._said,
                # as in Python itself, a file too large is then an error with words, not a death
                restore_signals=False,
            )
        except OSError as error:
            self._said.close()
            raise EncodeError(reason=f"ffmpeg can't be started: {error}") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()  # does nothing to one that has ended and been waited for
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _close(pipe)
        self._said.close()

    @property
    def stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def stdout(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    def feed(self, data: bytes) -> bytes:
        """Send all of `data`, wait for the end, return what came out."""
        try:
            out, _ = self._process.communicate(data, timeout=DEADLINE_S)
        except subprocess.TimeoutExpired as error:
            raise EncodeError(reason=TOO_LONG) from error
        self.finish()
        return out

    def finish(self) -> None:
        """Wait for the end. Raises `MediaError` for a full disk, else `EncodeError`, where it
        failed or complained: a damaged file ends with status 0 but not in silence."""
        if self._wait() != 0 or self._last_words():
            raise self.failure()

    def failure(self) -> MachineError:
        """What went wrong, with the end of what ffmpeg said of it."""
        status = self._wait()
        words = self._last_words() or (
            f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"
        )
        if any(sign in words for sign in DISK_SIGNS):
            return MediaError("error-disk-full", reason=words)
        return EncodeError(reason=words)

    def _wait(self) -> int:
        try:
            return self._process.wait(timeout=DEADLINE_S)
        except subprocess.TimeoutExpired as error:
            raise EncodeError(reason=TOO_LONG) from error

    def _last_words(self) -> str:
        self._said.seek(0)
        return self._said.read().decode(errors="replace").strip()[-TAIL_CHARACTERS:]


def version() -> str:
    """Of the ffmpeg that is used here; empty where it can't be started."""
    try:
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-version"]
        said = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
    except (OSError, RuntimeError, subprocess.TimeoutExpired):
        return ""
    found = re.match(rb"ffmpeg version (\S+)", said.stdout)
    return found[1].decode() if found else ""


def run_on(master: Path, arguments: Sequence[str]) -> bytes:
    """Run ffmpeg with the master as its `pipe:0` and return its standard output.

    The file is fed rather than opened by ffmpeg, so that ffmpeg ends when this process dies.
    """
    try:
        data = master.read_bytes()
    except OSError as error:
        raise MediaError.of(error, master.name) from error
    with Ffmpeg(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ffmpeg:
        return ffmpeg.feed(data)


def _nice() -> list[str]:
    return ["nice", "-n", str(NICENESS)] if os.name == "posix" else []


def _close(pipe: IO[bytes]) -> None:
    with suppress(BrokenPipeError):  # the rest of a buffer that nobody will read any more
        pipe.close()
