"""A clip by the preview renderer: seconds and memory, beside a crude warp of lids and mouth that
streams its frames into the same lossless master."""

from __future__ import annotations

import time
from pathlib import Path

from bench.pictures import inspected, peak_mb, peer, render_order
from bench.sizes import Sizes
from bench.table import Figure, Sample, Table
from bot.clip import RenderOrder
from engine.local import LocalEngine
from engine.preview.role import Preview

PEER = "a crude warp of lids and mouth"


async def measure(sizes: Sizes, folder: Path) -> Table:
    ours, theirs = [], []
    async with LocalEngine() as engine, peer(Preview.niceness) as crude:
        seen = await inspected(engine, folder / "upload")
        for number in range(sizes.rounds):
            order = render_order(seen, sizes, folder / str(number), seed=number)
            ours.append(await _seconds(engine, order))
            shape = (order.width, order.height, order.request.num_frames)
            theirs.append(await crude.order("warp", seen.picture, folder / "crude.mkv", *shape))
        worker = (await engine.describe())["preview"]
        ours_mb, theirs_mb = peak_mb(int(worker["pid"])), peak_mb(crude.process.pid)
    return Table(
        "The preview renderer",
        f"examples/sketch.png, {sizes.num_frames} frames at {sizes.res}, {sizes.rounds} seeds. "
        "Memory is the worker's own peak, without its ffmpeg.",
        [
            Figure(
                what="a clip",
                ours=Sample.of(ours, "s"),
                aim="10 s",
                peer=PEER,
                theirs=Sample.of(theirs, "s"),
            ),
            Figure(
                what="peak resident memory",
                ours=Sample.of([ours_mb], "MB"),
                aim="600 MB",
                peer=PEER,
                theirs=Sample.of([theirs_mb], "MB"),
            ),
        ],
    )


async def _seconds(engine: LocalEngine, order: RenderOrder) -> float:
    started = time.perf_counter()
    await engine.render(order, lambda news: None)
    return time.perf_counter() - started
