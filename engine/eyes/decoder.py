"""Files from outside are decoded in a child process that may die, a fresh one for each file.

What a hostile file can do ends with its child: memory, processor time, file size and the time on
the clock are limited by the kernel, the environment with the operator's secrets isn't handed on.
One spare child is kept ready, so that an upload doesn't wait for Python to start.
"""

from __future__ import annotations

import json
import math
import os
import resource
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.errors import MediaError, PictureError, SketchlifeError, WorkerError
from engine.eyes.picture import CleanPicture, clean_picture, part_of

DEADLINE_S = 10.0
# Address space, which the kernel can limit, is never less than resident memory, which it can't.
MEMORY_BYTES = 490 * 10**6
_FILE_BYTES = 64 * 10**6  # several times the largest clean picture
_ROOT = Path(__file__).parents[2]
_ENVIRONMENT = ("LD_LIBRARY_PATH",)
_ERRORS = {kind.__name__: kind for kind in (PictureError, MediaError)}


class Decoder:
    """`clean_picture` in a child; `clean` may be called from several threads side by side."""

    def __init__(self, deadline_s: float = DEADLINE_S, memory_bytes: int = MEMORY_BYTES) -> None:
        self._deadline_s = deadline_s
        self._memory_bytes = memory_bytes
        self._lock = threading.Lock()
        self._closed = False
        self._spare: subprocess.Popen[str] | None = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def clean(self, upload: Path, target: Path) -> CleanPicture:
        """As `clean_picture`; an upload that kills its child or outlasts the deadline is refused
        too. Raises `WorkerError` where no child can be started."""
        try:
            return _outcome(self._ask(json.dumps([str(upload), str(target)])))
        except SketchlifeError:
            target.unlink(missing_ok=True)
            part_of(target).unlink(missing_ok=True)
            raise
        finally:
            self._keep_spare()

    def close(self) -> None:
        """End the spare child; files in the middle of decoding come to their own end."""
        with self._lock:
            self._closed = True
            spare, self._spare = self._spare, None
        if spare:
            _end(spare)

    def _ask(self, job: str) -> list[str]:
        """The lines that a child answers until it ends, however it ends."""
        child = self._take()
        try:
            answer, _ = child.communicate(job + "\n", timeout=self._deadline_s)
        except subprocess.TimeoutExpired as error:
            # What came so far is bytes even of a text stream.
            answer = bytes(error.stdout or b"").decode()
        finally:
            _end(child)
        return answer.splitlines()

    def _take(self) -> subprocess.Popen[str]:
        with self._lock:
            spare, self._spare = self._spare, None
        if spare and spare.poll() is None:
            return spare
        if spare:
            _end(spare)
        return self._start()

    def _keep_spare(self) -> None:
        with self._lock:
            if not self._closed and self._spare is None:
                with suppress(WorkerError):  # the next upload tries again, and says so
                    self._spare = self._start()

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-P", "-m", __spec__.name]
        limits = [str(self._memory_bytes), str(self._deadline_s)]
        try:
            return subprocess.Popen(
                command + limits,
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        except OSError as error:
            raise WorkerError from error


def _environment() -> dict[str, str]:
    """All that a child needs, and no token or password of the bot."""
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return kept | {"PYTHONPATH": str(_ROOT)}


def _end(child: subprocess.Popen[str]) -> None:
    """Kill what still runs, and leave neither a zombie nor an open pipe."""
    with child:
        child.kill()


def _outcome(answer: list[str]) -> CleanPicture:
    """A child that was ready and then said nothing was ended by its file."""
    if not answer:
        raise WorkerError
    if len(answer) == 1:
        raise PictureError("picture-undecodable")
    said: dict[str, Any] = json.loads(answer[-1])
    if "error" in said:
        raise _ERRORS[said["error"]](said["key"], **said["args"])
    size = said["reduced_from"]
    return CleanPicture(**(said | {"reduced_from": tuple(size) if size else None}))


def main() -> None:
    """The child: one job on stdin, one line of JSON on stdout; without a job it ends."""
    memory_bytes, deadline_s = int(sys.argv[1]), float(sys.argv[2])
    _limit_itself(memory_bytes, deadline_s)
    _say("ready")
    job = sys.stdin.readline()
    if job:
        # Only for the case that the bot is killed meanwhile: else it keeps the deadline itself.
        signal.setitimer(signal.ITIMER_REAL, deadline_s + 1)
        _mute_libraries()
        _say(json.dumps(_answer(*json.loads(job))))
    os._exit(0)  # nothing is left to tidy up, and somebody waits


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _mute_libraries() -> None:
    """Decoders complain about damaged files on stderr, as often as the file likes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _limit_itself(memory_bytes: int, deadline_s: float) -> None:
    seconds = math.ceil(deadline_s) + 1
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(upload: str, target: str) -> dict[str, Any]:
    try:
        return asdict(clean_picture(Path(upload), Path(target)))
    except SketchlifeError as error:
        return {"error": type(error).__name__, "key": error.key, "args": error.args_of_text}
    except MemoryError:
        return {"error": "PictureError", "key": "picture-undecodable", "args": {}}


if __name__ == "__main__":
    main()
