"""What `sketchlife doctor` looks at."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TextIO

from adapters.db.database import Database
from adapters.db.migrate import revisions
from adapters.db.usage import SqlUsageStore
from adapters.discord.health import look
from adapters.discord.line import Line
from adapters.telegram.client import Access
from adapters.telegram.health import look_at_telegram
from adapters.terminal.doctor import Look, Workers, examine
from adapters.terminal.finding import Finding
from bot.app.chats import discord_line, telegram_access
from bot.app.house import run_migrate
from bot.app.parts import workers_of
from bot.clip import Renderer
from bot.errors import SketchlifeError
from bot.job import UsageRecord
from bot.settings import Settings


async def run_doctor(settings: Settings, out: TextIO) -> int:
    """0 when everything that a clip needs is here, else 1."""
    async with workers_of(settings) as engine:

        async def workers() -> Workers:
            await engine.started()
            return await engine.describe()

        state = await _database_state(settings)
        records = [] if isinstance(state, SketchlifeError) else await _recent_clips(settings)
        return await examine(settings, workers, state, records, out, _chats(settings))


def _chats(settings: Settings) -> dict[str, Look]:
    chats: dict[str, Look] = {}
    if (line := discord_line(settings)) is not None:
        chats["discord"] = partial(_look_at_discord, line, settings.language)
    if (access := telegram_access(settings)) is not None:
        chats["telegram"] = partial(_look_at_telegram, access)
    return chats


async def _look_at_discord(line: Line, language: str) -> Finding:
    try:
        seen = await look(line, language)
    except SketchlifeError as error:
        return Finding("discord", False, "***", error.key, error.args_of_text, needed=False)
    advice = "doctor-discord-alone" if not seen.guilds else None
    if seen.missing:
        advice = "doctor-discord-missing"
    elif advice is None and not seen.sees_all:
        advice = "doctor-discord-content"
    found, missing = f"{seen.name} · {seen.invite}", {"where": seen.missing}
    return Finding("discord", not seen.missing, found, advice, missing, needed=False)


async def _look_at_telegram(access: Access) -> Finding:
    try:
        seen = await look_at_telegram(access)
    except SketchlifeError as error:
        return Finding("telegram", False, "***", error.key, error.args_of_text, needed=False)
    advice = None if seen.sees_all else "doctor-telegram-privacy"
    return Finding("telegram", True, f"{seen.name} · {seen.link}", advice, needed=False)


async def _recent_clips(settings: Settings) -> list[UsageRecord]:
    async with Database(settings.database) as database:
        return await SqlUsageStore(database).recent(Renderer.MODEL)


async def _database_state(settings: Settings) -> str | SketchlifeError:
    try:
        await asyncio.to_thread(run_migrate, settings)
    except SketchlifeError as error:
        return error
    return revisions()[-1]
