"""`sketchlife doctor`: what is here, what is missing, and what to do about it."""

from __future__ import annotations

import asyncio
import platform
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TextIO

from bot.errors import PersonError, SketchlifeError
from bot.ports import Engine
from bot.settings import Settings
from bot.texts import Texts

READY = "ready"
APART = ("state", "ffmpeg")  # facts of a worker that have a place of their own


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: `name` is a text key's suffix; `found` is shown as it is; `advice` a text key
    where something should be done. Only what a clip needs is `needed`."""

    name: str
    ok: bool
    found: str
    advice: str | None = None
    args: Mapping[str, Any] = field(default_factory=dict)
    needed: bool = True


async def examine(
    settings: Settings, engine: Engine, database_state: str | SketchlifeError, out: TextIO
) -> int:
    """Print the findings; 0 when everything that a clip needs is here, else 1.

    `database_state` is the revision of the database or why it can't be used.
    """
    texts = Texts(settings.language)
    needs_met = True
    async for finding in _findings(settings, engine, database_state):
        mark = "✓" if finding.ok else ("✗" if finding.needed else "–")
        name = texts.say(f"doctor-{finding.name}")
        out.write(f"{mark} {name}: {finding.found}\n")
        if finding.advice:
            out.write(f"    → {texts.say(finding.advice, **finding.args)}\n")
        needs_met &= finding.ok or not finding.needed
    return 0 if needs_met else 1


async def _findings(
    settings: Settings, engine: Engine, database_state: str | SketchlifeError
) -> AsyncIterator[Finding]:
    yield _python()
    yield _disk(settings)
    yield _database(database_state, settings)
    yield await _gpu()
    yield _model(settings)
    for name, token in (
        ("discord", settings.discord_token),
        ("telegram", settings.telegram_token),
    ):
        advice = None if token else "doctor-set-token"
        args = {"variable": f"{name.upper()}_TOKEN", "path": ".env"}
        yield Finding(name, bool(token), "***" if token else "–", advice, args, needed=False)
    workers = await engine.describe()
    for role, facts in workers.items():
        yield _worker(role, facts)
    yield _ffmpeg(workers)


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


async def _gpu() -> Finding:
    """By the driver's own tool, so that no framework has to be loaded for it."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return Finding("gpu", False, "–", "doctor-no-gpu", needed=False)
    query = ("--query-gpu=name,memory.total,driver_version", "--format=csv,noheader")
    process = await asyncio.create_subprocess_exec(
        tool, *query, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    said, _ = await process.communicate()
    found = said.decode().strip() or "–"
    return Finding("gpu", process.returncode == 0, found, needed=False)


def _model(settings: Settings) -> Finding:
    if settings.model is None:
        return Finding("model", False, "–", "doctor-no-model", needed=False)
    return Finding("model", False, settings.model, "doctor-model-later", needed=False)


def _ffmpeg(workers: Mapping[str, Mapping[str, str]]) -> Finding:
    """As the worker that uses it sees it: one of those that say which they run."""
    found = next((facts["ffmpeg"] for facts in workers.values() if "ffmpeg" in facts), "")
    return Finding("ffmpeg", bool(found), found or "–", None if found else "doctor-no-ffmpeg")


def _worker(role: str, facts: Mapping[str, str]) -> Finding:
    ok = facts.get("state") == READY
    shown = ", ".join(f"{name} {value}" for name, value in facts.items() if name not in APART)
    advice = None if ok else "error-worker-start"
    return Finding(
        f"worker-{role}", ok, f"{facts.get('state', '–')}, {shown}", advice, {"role": role}
    )
