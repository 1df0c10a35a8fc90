"""`python -m tests.journeys.forget_process CHAT WRITES OWNER`: forgets a person, and is killed
(kill -9) by its own hand where the database would be written for the nth time."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.db.database import Database
from bot.app.house import furnish
from bot.settings import read_settings
from tests.fakes.engine import FakeEngine
from tests.fakes.messenger import FolderMessenger


def die_at_write(number: int) -> None:
    """Killed before it: whatever stands on the disk by then is from the writes before."""
    left = [number]
    for name in ("writing", "changing"):
        original = getattr(Database, name)

        @asynccontextmanager
        async def counted(
            self: Database, original: object = original
        ) -> AsyncIterator[AsyncConnection]:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            async with original(self) as connection:  # type: ignore[operator]
                yield connection

        setattr(Database, name, counted)


async def forget(chat: Path, owner: str) -> None:
    settings = read_settings(env_file=None)
    async with furnish(settings, [FolderMessenger(chat)], FakeEngine(), "bot-0") as house:
        assert await house.service.personal.forget([owner]) == 0


if __name__ == "__main__":
    die_at_write(int(sys.argv[2]))
    asyncio.run(forget(Path(sys.argv[1]), sys.argv[3]))
