"""The real house around an engine that takes no time: what the queue is measured on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.db.migrate import migrate
from bot.app.house import House, furnish
from bot.origin import Origin
from bot.ports import Messenger
from bot.settings import Settings
from tests.fakes.engine import FakeEngine

PEOPLE = 50


def settings_of(data_dir: Path) -> Settings:
    """Every check is made; the limits are only never the reason to refuse."""
    return Settings(
        _env_file=None,
        data_dir=data_dir,
        min_free_gb=0,
        allowed_places="*",
        waiting_per_person=10_000,
        waiting_in_all=1_000_000,
    )


@asynccontextmanager
async def house_without_workers(data_dir: Path, messenger: Messenger) -> AsyncIterator[House]:
    """Real stores, real files, real rules; nobody has told its dispatcher to work yet."""
    data_dir.mkdir(parents=True, exist_ok=True)
    settings = settings_of(data_dir)
    await asyncio.to_thread(migrate, settings.database)
    async with furnish(settings, [messenger], FakeEngine(), instance="bench") as house:
        yield house


def person(messenger: Messenger, number: int) -> Origin:
    """One of `PEOPLE`, in turn."""
    name = f"person-{number % PEOPLE}"
    return Origin(platform=messenger.platform, place="studio", person=name)


def sketch_in(folder: Path) -> Path:
    """An upload of a usual size; nobody decodes it here."""
    sketch = folder / "sketch.png"
    sketch.write_bytes(b"a sketch" * 25_000)
    return sketch
