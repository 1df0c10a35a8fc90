"""How soon an upload is judged: with the machine to itself, and while a clip is rendered."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from bench.pictures import SKETCH, inspected, peer, render_order
from bench.sizes import Sizes
from bench.table import Figure, Sample, Table
from bot.clip import Progress, RenderOrder
from engine.eyes.role import Eyes
from engine.local import LocalEngine


async def measure(sizes: Sizes, folder: Path) -> Table:
    alone, only_found, beside = [], [], []
    async with LocalEngine() as engine, peer(Eyes.niceness) as mesh:
        seen = await inspected(engine, folder / "upload")  # both have warmed up
        await mesh.order("find", SKETCH)
        for number in range(sizes.rounds):
            alone.append(await _seconds(engine, folder / "alone"))
            only_found.append(await mesh.order("find", SKETCH))
            order = render_order(seen, sizes, folder / str(number), seed=number)
            beside.append(await _seconds_beside(engine, order, folder / "beside"))
    judged = Sample.of(alone, "s")
    return Table(
        "An upload is judged",
        f"examples/sketch.png, {sizes.rounds} rounds: decoded in a child, cleaned, faces found, "
        f"drawing or photo; then once more in the middle of a render at {sizes.res}.",
        [
            Figure(
                what="with the machine to itself",
                ours=judged,
                aim="1 s",
                peer="only the face mesh, on the picture as it is",
                theirs=Sample.of(only_found, "s"),
            ),
            Figure(
                what="while a render runs",
                ours=Sample.of(beside, "s"),
                aim="1 s",
                peer="ours with the machine to itself",
                theirs=judged,
            ),
        ],
    )


async def _seconds(engine: LocalEngine, folder: Path) -> float:
    started = time.perf_counter()
    await inspected(engine, folder)
    return time.perf_counter() - started


async def _seconds_beside(engine: LocalEngine, order: RenderOrder, folder: Path) -> float:
    begun = asyncio.Event()

    def on_progress(news: Progress) -> None:
        begun.set()

    render = asyncio.create_task(engine.render(order, on_progress))
    await begun.wait()
    seconds = await _seconds(engine, folder)
    await render
    return seconds
