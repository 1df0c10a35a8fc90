"""Keeps one worker alive: starts it, restarts it, and never lets an asker wait in vain."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from enum import StrEnum

import structlog

from bot.errors import MachineError, WorkerError, WorkerStartError
from engine.child import Child
from engine.life import Life, OnProgress, Timing, waited
from engine.protocol import Answer, Answered, Describe, Described, Failed, Outcome, Task

STARTS_BEFORE_BROKEN = 3
SETTLED_S = 30.0  # a worker that lived this long did not die at once
LONGEST_DELAY_S = 30.0
DESCRIBE_TIMEOUT_S = 2.0

log = structlog.get_logger()


class State(StrEnum):
    """`BROKEN`: it could not start several times in a row; it is tried again all the same."""

    STARTING = "starting"
    READY = "ready"
    BROKEN = "broken"
    CLOSED = "closed"


class Supervisor:
    """One role's worker, whichever process that is at the moment.

    `path` is `package.module:Class`; `env` the worker's whole environment, None for the bot's.
    """

    def __init__(
        self, role: str, path: str, timing: Timing, env: Mapping[str, str] | None = None
    ) -> None:
        self._role, self._path, self._timing, self._env = role, path, timing, env
        self._log = log.bind(role=role)
        self._closing = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._state = State.CLOSED
        self._decided = asyncio.Event()  # set unless STARTING
        self._life: Life | None = None
        self._starts = 0  # that somebody wanted; what it lived beyond them were restarts
        self._lives = 0
        self._failed_starts = 0
        self._deaths_at_once = 0

    @property
    def closed(self) -> bool:
        return self._state is State.CLOSED

    def start(self) -> None:
        """At first, or after `close`."""
        self._closing.clear()
        self._starts += 1
        self._failed_starts = self._deaths_at_once = 0
        self._enter(State.STARTING)
        self._running = asyncio.create_task(self._run(), name=f"{self._role} worker")

    async def close(self) -> None:
        """The worker ends, and those who wait for it get an error."""
        self._closing.set()
        if self._running:
            await self._running
        self._enter(State.CLOSED)

    async def ask(self, task: Task, on_progress: OnProgress | None = None) -> Answer:
        """Raises what the role raised, or `WorkerError` where the worker died or can't start."""
        life = await self._ready_life()
        return self._open(task, await life.ask(task, on_progress))

    async def started(self) -> None:
        """Wait until the worker is ready, or has failed to start too often."""
        await self._decided.wait()

    async def describe(self) -> dict[str, str]:
        facts = {}
        if self._state is State.READY:
            with contextlib.suppress(TimeoutError, MachineError):
                async with asyncio.timeout(DESCRIBE_TIMEOUT_S):
                    described = await self.ask(Describe())
                    assert isinstance(described, Described)
                    facts = described.facts
        facts |= {"state": self._state.value, "restarts": str(max(0, self._lives - self._starts))}
        if self._life:
            facts["pid"] = str(self._life.child.pid)
            if (memory := self._life.child.memory_bytes) is not None:
                facts["memory_mb"] = str(memory // 2**20)
        return facts

    async def _run(self) -> None:
        while not self._closing.is_set():
            try:
                await self._live_once()
            except Exception:  # a bug here, or a pipe that does what pipes don't: start afresh
                self._log.exception("supervisor.failed")
                self._note_death(self._life)
            self._life = None
            await waited(self._closing, restart_delay_s(self._deaths_at_once))

    async def _ready_life(self) -> Life:
        while self._state is State.STARTING:
            await self._decided.wait()
        if self._state is not State.READY or self._life is None:
            raise WorkerStartError(role=self._role)
        return self._life

    def _open(self, task: Task, outcome: Outcome) -> Answer:
        match outcome:
            case Answered(answer=answer):
                return answer
            case Failed(error=value):
                error = value.rebuild()
                if isinstance(error, MachineError):
                    self._log.warning(  # whoever asked decides whether it is tried again
                        "task.failed", verb=task.verb, error=str(error), trace=value.trace
                    )
                raise error
            case _:  # dropped though nobody here cancelled it
                raise WorkerError

    def _on_ready(self, ready: bool) -> None:
        """Whoever asks a worker that is about to end waits for the next one."""
        if ready:
            self._enter(State.READY)
        elif self._state is State.READY:
            self._enter(State.STARTING)

    def _enter(self, state: State) -> None:
        self._state = state
        if state is State.STARTING:
            self._decided.clear()
        else:
            self._decided.set()

    async def _live_once(self) -> None:
        self._lives += 1
        try:
            child = await Child.start(self._role, self._path, self._env)
        except OSError as error:
            self._log.exception("worker.not_started", reason=str(error))
            self._note_death(None)
            return
        self._log.info("worker.started", pid=child.pid)
        life = self._life = Life(child, self._timing, self._log, self._on_ready)
        await life.live(self._closing)
        if not self._closing.is_set():
            self._note_death(life)

    def _note_death(self, life: Life | None) -> None:
        at_once = life is None or not (life.useful or life.age_s > SETTLED_S)
        self._deaths_at_once = self._deaths_at_once + 1 if at_once else 0
        self._failed_starts = 0 if life and life.ready else self._failed_starts + 1
        if self._failed_starts >= STARTS_BEFORE_BROKEN:
            self._enter(State.BROKEN)
        self._log.error(
            "worker.died",
            returncode=life and life.child.returncode,
            state=self._state,
            last_words=list(life.child.last_words) if life else [],
        )


def restart_delay_s(deaths_at_once: int) -> float:
    """At once after a death that came in the middle of work, or the first that did not."""
    return 0.0 if deaths_at_once < 2 else min(LONGEST_DELAY_S, 2.0 ** (deaths_at_once - 2))
