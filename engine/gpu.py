"""What the NVIDIA driver says of the GPUs here, whoever uses them."""

from __future__ import annotations

import asyncio
import contextlib

from bot.clip import Gpu

FIELDS = "name,memory.used,memory.total,utilization.gpu,power.draw,power.limit"
COMMAND = ("nvidia-smi", f"--query-gpu={FIELDS}", "--format=csv,noheader,nounits")
TIMEOUT_S = 5.0
MIB = 2**20


async def read_gpus() -> list[Gpu]:
    """None where there is no driver, or it does not answer."""
    try:
        process = await asyncio.create_subprocess_exec(
            *COMMAND, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError:
        return []
    try:
        async with asyncio.timeout(TIMEOUT_S):
            said, _ = await process.communicate()
    except TimeoutError:
        return []
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    return [gpu_of(line) for line in said.decode().splitlines() if line.count(",") == 5]


def gpu_of(line: str) -> Gpu:
    name, *figures = (part.strip() for part in line.split(","))
    used, total, use, power_w, limit_w = map(_number, figures)
    return Gpu(name, round(used * MIB), round(total * MIB), use / 100, power_w, limit_w)


def _number(text: str) -> float:
    """0 for what a card does not tell, such as [N/A]."""
    try:
        return float(text)
    except ValueError:
        return 0.0
