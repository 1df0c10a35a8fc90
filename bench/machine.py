"""The machine that measured, in words: a figure means nothing without it."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

LIBRARIES = (
    *("SQLAlchemy", "aiosqlite", "pydantic", "mediapipe", "opencv-contrib-python", "huey"),
    *("torch", "diffusers", "transformers", "cache-dit"),
)


def describe() -> Iterator[str]:
    """Lines for the head of the results; the load is the one before anything was measured."""
    yield f"Date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    memory_gb = psutil.virtual_memory().total / 10**9
    yield f"Machine: {_cpu()}, {os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.system()}"
    yield "Load before (1, 5, 15 minutes): " + ", ".join(f"{load:.2f}" for load in os.getloadavg())
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    yield f"Python {platform.python_version()}, {libraries}"


def _cpu() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
