"""Backups, and what becomes of them."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TextIO

from adapters.db.backup import House as BackedUp
from adapters.db.backup import back_up, restore
from adapters.db.journal import KEPT
from adapters.media.instance import hold_instance
from bot.app.house import only_bot_here, run_migrate, without_work
from bot.clock import SystemClock
from bot.errors import SettingsError
from bot.settings import Settings
from bot.texts import Texts


def run_backup(settings: Settings, target: Path, out: TextIO) -> None:
    """Into the file, or into a new one of the folder, while a bot may be running. Raises
    `SettingsError`, `StoreError`, `MediaError`."""
    now = SystemClock().now()
    if target.is_dir():
        target = target / f"sketchlife-{now:%Y%m%d-%H%M%S}.tar"
    run_migrate(settings)
    with hold_instance(settings.data_dir, "backup", slots=1) as alone:
        if alone is None:
            raise SettingsError("backup-already")
        jobs = back_up(BackedUp(settings.database, settings.data_dir), target, now)
    said = {"path": str(target), "jobs": jobs, "megabytes": target.stat().st_size // 10**6}
    out.write(Texts(settings.language).say("backup-done", **said) + "\n")


def run_restore(settings: Settings, archive: Path, out: TextIO) -> None:
    """In place of what is here, which is put aside. Raises as `run_backup` does."""
    texts, house = Texts(settings.language), BackedUp(settings.database, settings.data_dir)
    with only_bot_here(settings):
        restored = restore(house, archive, SystemClock().now())
        asyncio.run(_tidy(settings))
    at = datetime.fromisoformat(restored.at)
    said = {
        "at": f"{at:%Y-%m-%d %H:%M} UTC",
        "aside": str(restored.aside),
        **asdict(restored.amended),
    }
    out.write(texts.say("restore-done", **said) + "\n")
    if not restored.knew:
        out.write(texts.say("restore-no-journal") + "\n")
    elif restored.too_old:
        out.write(texts.say("restore-too-old", days=KEPT.days) + "\n")
    if restored.others:
        out.write(texts.say("restore-others") + "\n")


async def _tidy(settings: Settings) -> None:
    """Whoever is to be forgotten, and whatever was kept for long enough meanwhile, goes at once."""
    async with without_work(settings) as house:
        await house.keeper.tidy()
