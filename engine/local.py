"""`bot.ports.Engine` on this machine: a worker process for each role."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from bot.clip import (
    Chart,
    Clip,
    ClipFile,
    Drawing,
    EncodeOrder,
    Gpu,
    Renderer,
    RenderOrder,
    Trouble,
)
from bot.errors import WorkerError, WorkerStartError
from bot.inspection import Face, Inspection, Suspicion
from bot.measurement import Measurement
from engine.gpu import read_gpus
from engine.life import TIMING, OnProgress, Timing
from engine.protocol import (
    Answer,
    Crop,
    Draw,
    DrawChart,
    Drawn,
    Encode,
    Encoded,
    Inspect,
    Inspected,
    Judge,
    JudgeClip,
    Judged,
    Measure,
    Measured,
    Render,
    Rendered,
    Task,
)
from engine.supervisor import State, Supervisor

# what the bot may see of the engine
__all__ = ["MODEL_ROLE", "ROLES", "SAFETY", "SAFETY_ROLE", "LocalEngine", "Timing"]

EYES, SAFETY = "eyes", "safety"
ROLES: Mapping[str, str] = {EYES: "engine.eyes.role:Eyes", "preview": "engine.preview.role:Preview"}
MODEL_ROLE: Mapping[str, str] = {"model": "engine.easyanimate.role:Model"}
SAFETY_ROLE: Mapping[str, str] = {SAFETY: "engine.safety.role:Safety"}

AWAY = {
    State.STARTING: "model-starting",
    State.BROKEN: "model-broken",
    State.CLOSED: "model-closed",
}

LOADING = frozenset({*MODEL_ROLE, *SAFETY_ROLE})

# A model is read from disk for minutes, encodes a new prompt on the CPU where the card is full,
# and can't be cancelled in the middle of a step; killing it for that costs the reading again.
PATIENT = {"start_timeout_s": 1800.0, "stall_s": 600.0, "cancel_grace_s": 60.0}

NOTHING: Mapping[str, Mapping[str, str]] = {}

A = TypeVar("A", bound=Answer)


class LocalEngine:
    """Workers start on entering, without being waited for, and have ended on leaving.

    `roles` maps a role to `package.module:Class`; a renderer's role has the renderer's name.
    `env` is the workers' whole environment (None: the bot's own, secrets included), and `own`
    what that of one role holds besides.
    """

    def __init__(
        self,
        roles: Mapping[str, str] = ROLES,
        timing: Timing = TIMING,
        env: Mapping[str, str] | None = None,
        own: Mapping[str, Mapping[str, str]] = NOTHING,
    ) -> None:
        patient = replace(timing, **{k: max(v, getattr(timing, k)) for k, v in PATIENT.items()})
        self._supervisors = {
            role: Supervisor(
                role, path, patient if role in LOADING else timing, _with(env, own.get(role))
            )
            for role, path in roles.items()
        }

    async def __aenter__(self) -> Self:
        for supervisor in self._supervisors.values():
            supervisor.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.gather(*(supervisor.close() for supervisor in self._supervisors.values()))

    async def inspect(self, upload: Path, folder: Path) -> Inspection:
        return (await self._ask(EYES, Inspect(upload, folder), Inspected)).inspection

    async def crop(self, picture: Path, face: Face, folder: Path) -> Inspection:
        return (await self._ask(EYES, Crop(picture, face, folder), Inspected)).inspection

    async def render(self, order: RenderOrder, on_progress: OnProgress) -> Clip:
        return (await self._ask(order.renderer, Render(order), Rendered, on_progress)).clip

    async def judge(self, picture: Path) -> Suspicion | None:
        return await self._judge(Judge(picture))

    async def judge_clip(self, clip: Clip) -> Suspicion | None:
        return await self._judge(JudgeClip(clip))

    async def measure(self, clip: Clip) -> Measurement:
        return (await self._ask(EYES, Measure(clip), Measured)).measurement

    async def encode(self, clip: Clip, order: EncodeOrder) -> ClipFile:
        return (await self._ask(EYES, Encode(clip, order), Encoded)).file

    async def draw(self, clip: Clip, drawing: Drawing, target: Path) -> Path:
        return (await self._ask(EYES, Draw(clip, drawing, target), Drawn)).path

    async def chart(self, chart: Chart, target: Path) -> Path:
        return (await self._ask(EYES, DrawChart(chart, target), Drawn)).path

    async def started(self) -> None:
        """Wait until every worker is ready, or has failed to start too often."""
        await asyncio.gather(*(one.started() for one in self._supervisors.values()))

    async def trouble(self, renderer: Renderer) -> Trouble | None:
        supervisor = self._supervisors.get(renderer)
        if supervisor is None:
            return Trouble("model-none", lasting=True)
        facts = await supervisor.describe()
        if problem := facts.get("problem"):
            return Trouble("error-model", {"reason": problem}, lasting=True)
        away = AWAY.get(State(facts["state"]))
        return Trouble(away) if away else None

    async def free(self, renderer: Renderer) -> None:
        if supervisor := self._supervisors.get(renderer):
            await supervisor.close()

    async def wake(self, renderer: Renderer) -> None:
        supervisor = self._supervisors.get(renderer)
        if supervisor is not None and supervisor.closed:
            supervisor.start()

    async def describe(self) -> dict[str, dict[str, str]]:
        """By role: state, restarts, pid, memory_mb, and what the role tells of itself."""
        facts = await asyncio.gather(*(one.describe() for one in self._supervisors.values()))
        return dict(zip(self._supervisors, facts, strict=True))

    async def gpus(self) -> list[Gpu]:
        return await read_gpus()

    async def _judge(self, task: Judge | JudgeClip) -> Suspicion | None:
        if SAFETY not in self._supervisors:
            return None
        return (await self._ask(SAFETY, task, Judged)).suspicion

    async def _ask(
        self, role: str, task: Task, expected: type[A], on_progress: OnProgress | None = None
    ) -> A:
        supervisor = self._supervisors.get(role)
        if supervisor is None:
            raise WorkerStartError(role=role)
        answer = await supervisor.ask(task, on_progress)
        if not isinstance(answer, expected):
            raise WorkerError
        return answer


def _with(env: Mapping[str, str] | None, own: Mapping[str, str] | None) -> Mapping[str, str] | None:
    return {**(os.environ if env is None else env), **own} if own else env
