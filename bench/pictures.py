"""The workers that handle pictures, and the process of their peers."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.sizes import Sizes
from bot.asking.asking import make_request
from bot.clip import Renderer, RenderOrder
from bot.inspection import Inspection
from bot.request import fit_size
from engine.local import LocalEngine

SKETCH = Path(__file__).parents[1] / "examples" / "sketch.png"


@dataclass(frozen=True, slots=True)
class Peer:
    """See `bench.picture_peers`."""

    process: Process

    async def order(self, *words: object) -> float:
        """Seconds that it took."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{' '.join(map(str, words))}\n".encode())
        return float(await self.process.stdout.readline())


@asynccontextmanager
async def peer(niceness: int) -> AsyncIterator[Peer]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.picture_peers", str(niceness)),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,  # what mediapipe says when it starts
    )
    try:
        one = Peer(process)
        await one.order("ready")
        yield one
    finally:
        process.kill()
        await process.wait()


async def inspected(engine: LocalEngine, folder: Path) -> Inspection:
    folder.mkdir(parents=True, exist_ok=True)
    return await engine.inspect(SKETCH, folder)


def render_order(seen: Inspection, sizes: Sizes, folder: Path, seed: int) -> RenderOrder:
    given = {"frames": str(sizes.num_frames), "res": str(sizes.res), "seed": str(seed)}
    width, height = fit_size(seen.width, seen.height, sizes.res)
    folder.mkdir(parents=True, exist_ok=True)
    return RenderOrder(
        job_id=f"bench{seed}",
        renderer=Renderer.PREVIEW,
        picture=seen.picture,
        folder=folder,
        request=make_request(given).request,
        width=width,
        height=height,
    )


def peak_mb(pid: int) -> float:
    """The largest resident memory that a process ever had."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 10**6
    raise LookupError(f"no peak memory is known of process {pid}")
