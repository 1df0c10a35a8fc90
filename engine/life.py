"""One worker process from its start to its end, with the tasks it has in hand."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from structlog.contextvars import get_contextvars

from bot.clip import Progress
from bot.errors import WorkerError
from engine.child import Child
from engine.protocol import (
    Answered,
    Ask,
    Began,
    Cancel,
    Dropped,
    ErrorValue,
    Failed,
    Message,
    Outcome,
    Ready,
    Render,
    Reported,
    Task,
)

OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long a worker may be silent, work on a task without progress (`stall_s`), start, and
    go on with a render after its cancel before it is killed."""

    heartbeat_timeout_s: float = 5.0
    stall_s: float = 120.0
    start_timeout_s: float = 120.0
    cancel_grace_s: float = 5.0
    close_grace_s: float = 2.0
    tick_s: float = 0.25


TIMING = Timing()


@dataclass(slots=True, eq=False)
class Pending:
    """A task in the worker. `idle_s` counts from its last progress, or from its cancel."""

    task: Task
    on_progress: OnProgress | None
    outcome: asyncio.Future[Outcome]
    began: bool = False
    cancelled: bool = False
    idle_s: float = 0.0

    def settle(self, outcome: Outcome) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    def overdue(self, timing: Timing) -> bool:
        """Only a render has the worker for itself, so that it may be killed for its cancel."""
        if self.cancelled and isinstance(self.task, Render):
            return self.idle_s > timing.cancel_grace_s
        return self.idle_s > timing.stall_s


class Life:
    """Times count in ticks of the watch, so that a bot which stood still itself (a suspended
    laptop, a debugger) doesn't blame its workers for it."""

    def __init__(
        self, child: Child, timing: Timing, log: Any, on_ready: Callable[[bool], None]
    ) -> None:
        """`on_ready` hears when it may be asked, and when it must not be any more."""
        self.child = child
        self.useful = False  # has it answered anything?
        self.age_s = 0.0
        self.ready = False
        self._timing = timing
        self._on_ready = on_ready
        self._log = log.bind(pid=child.pid)
        self._silence_s = 0.0
        self._ids = itertools.count(1)
        self._pending: dict[int, Pending] = {}

    async def live(self, closing: asyncio.Event) -> None:
        """Until the process has ended, by itself or since `closing` was set; settles every task."""
        talk = asyncio.create_task(self.child.forward_log(self._log))
        watch = asyncio.create_task(self._watch(closing))
        try:
            async for message in self.child.messages():
                self._hear(message)
        except (ValueError, KeyError) as error:  # no message, or about no task of ours
            self._log.error("worker.garbled_its_pipe", reason=repr(error))
            self.child.kill()
        finally:
            self._on_ready(False)
            self._settle_all()
            watch.cancel()
            await self.child.end(self._timing.close_grace_s)
            await asyncio.wait({talk}, timeout=self._timing.close_grace_s)
            talk.cancel()
            await asyncio.gather(watch, talk, return_exceptions=True)

    async def ask(self, task: Task, on_progress: OnProgress | None) -> Outcome:
        """Cancelling this cancels the task in the worker, and waits for that a moment."""
        task_id = next(self._ids)
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        pending = self._pending[task_id] = Pending(task, on_progress, outcome)
        self.child.send(Ask(task_id, task, log_context()))
        try:
            await asyncio.wait({outcome})  # which leaves it alone when cancelled itself
        except asyncio.CancelledError:
            pending.cancelled, pending.on_progress, pending.idle_s = True, None, 0.0
            self.child.send(Cancel(task_id))
            grace_s = self._timing.cancel_grace_s + 4 * self._timing.tick_s
            await asyncio.wait({outcome}, timeout=grace_s)
            raise
        return outcome.result()

    def _hear(self, message: Message) -> None:
        self._silence_s = 0.0
        match message:
            case Ready():
                self.ready = True
                self._on_ready(True)
            case Began(id=task_id):
                self._pending[task_id].began = True
            case Reported(id=task_id, progress=progress):
                self._pass_on(self._pending[task_id], progress)
            case Answered(id=task_id) | Failed(id=task_id) | Dropped(id=task_id):
                self.useful = True
                self._pending.pop(task_id).settle(message)

    def _pass_on(self, pending: Pending, progress: Progress) -> None:
        if not pending.cancelled:
            pending.idle_s = 0.0
        if pending.on_progress:
            try:
                pending.on_progress(progress)
            except Exception:  # the listener's fault is no reason to drop the worker's tasks
                self._log.exception("progress.not_taken")

    async def _watch(self, closing: asyncio.Event) -> None:
        """End the worker once it is time, and at once where there is a complaint; then its pipe
        closes, which ends `live`."""
        tick_s = self._timing.tick_s
        while not await waited(closing, tick_s):
            self.age_s += tick_s
            self._silence_s += tick_s
            for pending in self._pending.values():
                pending.idle_s += tick_s if pending.began else 0.0
            if complaint := self._complaint():
                self._log.warning("worker.killed", reason=complaint)
                self._on_ready(False)
                self.child.kill()
                return
        await self.child.end(self._timing.close_grace_s)

    def _complaint(self) -> str | None:
        if self.child.returncode is not None:
            return "it has ended"
        if self._silence_s > self._timing.heartbeat_timeout_s:
            return "no heartbeat"
        if not self.ready and self.age_s > self._timing.start_timeout_s:
            return "it does not get ready"
        for task_id, pending in self._pending.items():
            if pending.overdue(self._timing):
                pending.settle(died(task_id, "error-worker-stalled"))
                return f"{pending.task.verb} makes no progress"
        return None

    def _settle_all(self) -> None:
        for task_id, pending in self._pending.items():
            pending.settle(died(task_id))
        self._pending.clear()


async def waited(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event came within the time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


def died(task_id: int, key: str = WorkerError.default_key) -> Failed:
    return Failed(task_id, ErrorValue.of(WorkerError(key)))


def log_context() -> dict[str, str]:
    return {name: value for name, value in get_contextvars().items() if isinstance(value, str)}
