"""A worker process: one role, a heartbeat, an ear for cancels, and an end when its pipe closes.

    python -m engine.worker preview engine.preview.role:Preview

Commands come in by the standard input and messages go out by the standard output it was
started with; both are taken away from the libraries at the start, so that nothing that prints or
asks can garble them. Its log lines leave by the standard error, as JSON.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import importlib
import os
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from functools import partial
from typing import IO, Any, NoReturn

import structlog
from structlog.contextvars import bound_contextvars

from bot.clip import Progress
from bot.errors import MachineError, SketchlifeError
from engine.desk import Desk, Errand
from engine.protocol import (
    BEAT_S,
    Answered,
    Ask,
    Beat,
    Began,
    Cancel,
    Describe,
    Described,
    Dropped,
    ErrorValue,
    Failed,
    Message,
    Outcome,
    Ready,
    Reported,
    read_command,
    write_message,
)
from engine.role import Role, TaskCancelledError

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


@dataclass(frozen=True, slots=True)
class Pipes:
    """The two ends towards the bot; several threads may write."""

    commands: IO[bytes]
    messages: IO[bytes]
    lock: threading.Lock

    @classmethod
    def claim(cls) -> Pipes:
        """Take both pipes for the protocol alone: from now on descriptor 0 reads nothing and
        descriptor 1 writes to the standard error, for libraries and child processes too."""
        commands, messages = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        return cls(commands, messages, threading.Lock())

    def say(self, message: Message) -> None:
        line = write_message(message)
        try:
            with self.lock:
                self.messages.write(line)
                self.messages.flush()
        except BrokenPipeError:
            end()


class Worker:
    """The threads around one role."""

    def __init__(self, pipes: Pipes) -> None:
        self._pipes = pipes
        self._desk = Desk()
        self._role: Role | None = None

    def listen(self) -> NoReturn:
        """Obey the bot until its end of the pipe closes."""
        for line in self._pipes.commands:
            match read_command(line):
                case Ask(task=Describe()) as ask:
                    facts = self._role.describe() if self._role else {}
                    self._pipes.say(Answered(ask.id, Described(facts)))
                case Ask() as ask:
                    self._desk.put(ask)
                case Cancel(id=task_id) if self._desk.cancel(task_id):
                    self._pipes.say(Dropped(task_id))
        end()

    def beat(self) -> NoReturn:
        """Beside long calls, since those into C let other threads run meanwhile."""
        while True:
            self._pipes.say(Beat())
            time.sleep(BEAT_S)

    def work(self, role: Role) -> NoReturn:
        """Handle tasks in the role's lanes, the last of which is the calling thread."""
        self._role = role
        if role.lanes > 1:
            start_thread(partial(self._lane, role, urgent_only=True))
        for _ in range(role.lanes - 1):
            start_thread(partial(self._lane, role))
        self._pipes.say(Ready())
        self._lane(role)

    def _lane(self, role: Role, *, urgent_only: bool = False) -> NoReturn:
        while True:
            errand = self._desk.take(urgent_only=urgent_only)
            self._pipes.say(Began(errand.ask.id))
            with bound_contextvars(**errand.ask.context):
                outcome = self._handle(role, errand)
            self._desk.close(errand.ask.id)
            self._pipes.say(outcome)

    def _handle(self, role: Role, errand: Errand) -> Outcome:
        task_id = errand.ask.id

        def report(progress: Progress) -> None:
            self._pipes.say(Reported(task_id, progress))

        try:
            answer = role.handle(errand.ask.task, report, errand.cancelled.is_set)
        except TaskCancelledError:
            return Dropped(task_id)
        except SketchlifeError as error:
            return Failed(task_id, ErrorValue.of(error, traceback.format_exc()))
        except Exception:
            return Failed(task_id, ErrorValue.of(MachineError(), traceback.format_exc()))
        return Answered(task_id, answer)


def end() -> NoReturn:
    """End at once, in the middle of whatever runs, and take the child processes along."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def start_thread(target: Any) -> None:
    threading.Thread(target=target, daemon=True).start()


def build_role(path: str) -> Role:
    """`package.module:Class`. Its threads and child processes inherit how nice it is."""
    module, name = path.split(":")
    role_class: type[Role] = getattr(importlib.import_module(module), name)
    with contextlib.suppress(PermissionError):  # a sandbox may forbid it
        os.nice(role_class.niceness)
    return role_class()


def prepare_process() -> None:
    """Leave Ctrl-C and SIGTERM to the bot, and die with it even where no thread can run.

    The handlers do nothing rather than being SIG_IGN, which child processes would inherit.
    """
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: None)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    faulthandler.enable()
    threading.excepthook = lambda failure: (traceback.print_exception(failure.exc_value), end())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def main() -> NoReturn:
    _, _role_name, path = sys.argv  # the name is for those who read `ps`
    worker = Worker(Pipes.claim())
    prepare_process()
    start_thread(worker.listen)
    start_thread(worker.beat)
    worker.work(build_role(path))


if __name__ == "__main__":
    main()
