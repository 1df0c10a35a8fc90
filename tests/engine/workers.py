"""Engines with the roles of `tests.fakes.roles`, and work for their real worker processes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from bot.clip import Clip, EncodeOrder, Renderer, RenderOrder
from bot.request import AnimationRequest, ClipFormat
from engine.life import Timing
from engine.local import LocalEngine

GUARD_S = 60  # against hanging; nothing here should need it


@asynccontextmanager
async def engine_with(
    preview: str | None = None, eyes: str | None = None, **timing: float
) -> AsyncIterator[LocalEngine]:
    """Only with the roles that are named, since each is a process to start."""
    names = {"preview": preview, "eyes": eyes}
    roles = {role: f"tests.fakes.roles:{name}" for role, name in names.items() if name}
    async with asyncio.timeout(GUARD_S):
        async with LocalEngine(roles, Timing(tick_s=0.05, **timing)) as engine:
            yield engine


def order_in(folder: Path, prompt: str = "") -> RenderOrder:
    return RenderOrder(
        job_id="1",
        renderer=Renderer.PREVIEW,
        picture=folder / "picture.png",
        folder=folder,
        request=AnimationRequest(seed=1, num_frames=5, prompt=prompt),
        width=64,
        height=64,
    )


def clip_in(folder: Path) -> Clip:
    master = folder / "master.mkv"
    master.write_bytes(b"a clip")
    return Clip(master=master, width=64, height=64, num_frames=5)


def encode_order(folder: Path, name: str = "clip.gif") -> EncodeOrder:
    return EncodeOrder(format=ClipFormat.GIF, target=folder / name)


async def begun(engine: LocalEngine, order: RenderOrder) -> asyncio.Task[Clip]:
    """A render that has reported its first step; one that failed instead raises."""
    first_step = asyncio.Event()
    task = asyncio.create_task(engine.render(order, lambda _: first_step.set()))
    stepping = asyncio.create_task(first_step.wait())
    await asyncio.wait({task, stepping}, return_when=asyncio.FIRST_COMPLETED)
    if not first_step.is_set():
        stepping.cancel()
        task.result()
    return task


async def pid_of(engine: LocalEngine, role: str = "preview") -> int:
    facts = await engine.describe()
    while "pid" not in facts[role]:
        await asyncio.sleep(0.01)
        facts = await engine.describe()
    return int(facts[role]["pid"])


async def gone(pid: int) -> None:
    """Ended, whoever has to reap it."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        async with asyncio.timeout(GUARD_S):
            while process.status() != psutil.STATUS_ZOMBIE:
                await asyncio.sleep(0.01)
