"""`sketchlife doctor`: what is here, what is missing, and what to do about it."""

from __future__ import annotations

import asyncio
import platform
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from adapters.terminal.finding import Finding
from adapters.terminal.model_findings import driver_finding, model_findings
from bot.clip import Renderer
from bot.env_file import misspelt
from bot.errors import PersonError, SketchlifeError
from bot.job import UsageRecord
from bot.settings import Settings
from bot.texts import Texts

READY = "ready"
# facts of a worker that have a place of their own
APART = {
    *("state", "ffmpeg", "renderer", "model", "problem"),
    *("family", "size", "dtype", "plan", "attention", "mode", "torch", "cuda"),
}


Workers = Mapping[str, Mapping[str, str]]
Look = Callable[[], Awaitable[Finding]]


async def examine(
    settings: Settings,
    workers: Callable[[], Awaitable[Workers]],
    database_state: str | SketchlifeError,
    records: Sequence[UsageRecord],
    out: TextIO,
    chats: Mapping[str, Look] | None = None,
) -> int:
    """Print each finding as it is known; 0 when everything that a clip needs is here, else 1.

    `workers` tells their facts by role, once they have started, which takes a model minutes;
    `database_state` is the revision of the database or why it can't be used; `records` are of
    the clips that the model made lately; `chats` look at platforms, by their names.
    """
    texts = Texts(settings.language)
    needs_met = True
    async for finding in _findings(settings, workers, database_state, records, chats or {}):
        mark = "✓" if finding.ok else ("✗" if finding.needed else "–")
        name = texts.say(f"doctor-{finding.name}")
        out.write(f"{mark} {name}: {finding.found}\n")
        if finding.advice:
            out.write(f"    → {texts.say(finding.advice, **finding.args)}\n")
        out.flush()
        needs_met &= finding.ok or not finding.needed
    return 0 if needs_met else 1


async def _findings(
    settings: Settings,
    workers: Callable[[], Awaitable[Workers]],
    database_state: str | SketchlifeError,
    records: Sequence[UsageRecord],
    chats: Mapping[str, Look],
) -> AsyncIterator[Finding]:
    """What takes long comes last."""
    for one in misspelt(Path(".env"), Settings.model_fields):
        found, meant = f"{one.where}: {one.name}", {"meant": one.meant}
        yield Finding("setting", False, found, "doctor-misspelt", meant, needed=False)
    yield _python()
    yield _disk(settings)
    yield _database(database_state, settings)
    gpus = await _gpus()
    yield _gpu(gpus, settings)
    for name, token in (
        ("discord", settings.discord_token),
        ("telegram", settings.telegram_token),
    ):
        advice = None if token else "doctor-set-token"
        args = {"variable": f"{name.upper()}_TOKEN", "path": ".env"}
        by_token = Finding(name, bool(token), "***" if token else "–", advice, args, needed=False)
        yield await chats[name]() if name in chats else by_token
    described = await workers()
    model_worker = described.get(Renderer.MODEL, {})
    for finding in driver_finding(gpus[0].rpartition(", ")[2] if gpus else "", model_worker):
        yield finding
    for finding in model_findings(settings.model, model_worker, records, Texts(settings.language)):
        yield finding
    for role, facts in described.items():
        yield _worker(role, facts)
    yield _ffmpeg(described)


def _python() -> Finding:
    version = platform.python_version()
    ok = (3, 11) <= sys.version_info[:2] <= (3, 12)
    return Finding("python", ok, version, None if ok else "doctor-use-python")


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir.absolute()
    standing = next(path for path in (folder, *folder.parents) if path.exists())
    free_gb = shutil.disk_usage(standing).free / 10**9
    ok = free_gb >= settings.min_free_gb
    advice = None if ok else "doctor-free-disk"
    return Finding(
        "disk", ok, f"{free_gb:.1f} GB, {folder}", advice, {"needed": settings.min_free_gb}
    )


def _database(state: str | SketchlifeError, settings: Settings) -> Finding:
    if isinstance(state, SketchlifeError):
        reason = str(state.args_of_text.get("reason", "–"))
        advice = state.key if isinstance(state, PersonError) else "doctor-no-database"
        return Finding("database", False, reason, advice, state.args_of_text)
    where = "DATABASE_URL" if settings.database_url else settings.database.partition("///")[2]
    return Finding("database", True, f"{where} ({state})")


async def _gpus() -> list[str]:
    """Name, memory and driver of each, by the driver's own tool: no framework has to be loaded."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    query = ("--query-gpu=name,memory.total,driver_version", "--format=csv,noheader")
    process = await asyncio.create_subprocess_exec(
        tool, *query, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    said, _ = await process.communicate()
    return [] if process.returncode else said.decode().strip().splitlines()


def _gpu(gpus: Sequence[str], settings: Settings) -> Finding:
    if gpus:
        return Finding("gpu", True, "; ".join(gpus))
    advice = "doctor-no-gpu" if settings.model is None else "doctor-no-gpu-for-model"
    return Finding("gpu", False, "–", advice, needed=False)


def _ffmpeg(workers: Workers) -> Finding:
    """As the worker that uses it sees it: one of those that say which they run."""
    found = next((facts["ffmpeg"] for facts in workers.values() if "ffmpeg" in facts), "")
    return Finding("ffmpeg", bool(found), found or "–", None if found else "doctor-no-ffmpeg")


def _worker(role: str, facts: Mapping[str, str]) -> Finding:
    problem = facts.get("problem", "") if role == "safety" else ""  # the model tells its own
    ok = facts.get("state") == READY and not problem
    shown = ", ".join(f"{name} {value}" for name, value in facts.items() if name not in APART)
    advice = None if ok else "doctor-safety-unusable" if problem else "error-worker-start"
    args = {"role": role, "reason": problem}
    return Finding(f"worker-{role}", ok, f"{facts.get('state', '–')}, {shown}", advice, args)
