"""The operator's pause without a database: `bot.ports.PauseStore`."""

from __future__ import annotations

from dataclasses import dataclass

from bot.queue.pause import Pause


@dataclass
class FakePauseStore:
    pause: Pause | None = None

    async def get(self) -> Pause | None:
        return self.pause

    async def put(self, pause: Pause) -> None:
        self.pause = pause

    async def drop(self) -> None:
        self.pause = None
