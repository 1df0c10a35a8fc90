"""A bot of its own process, around the folder messenger, for tests that kill it.

    python -m tests.journeys.bot_process CHAT_FOLDER ROLE=PATH...

Settings come from the environment as for any bot. A file named `hold` in the chat's folder makes
the platform slow: it takes the clip's edit, and answers only once the file is gone.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.app.running import run_bot
from bot.card import Card
from bot.log import set_up_logging
from bot.origin import Origin
from bot.settings import read_settings
from tests.fakes.messenger import FolderMessenger


class SlowToAnswer(FolderMessenger):
    async def edit(self, origin: Origin, ref: str, card: Card) -> None:
        await super().edit(origin, ref, card)
        await self._answer(card)

    async def post(self, origin: Origin, card: Card, nonce: str) -> str:
        ref = await super().post(origin, card, nonce)
        await self._answer(card)
        return ref

    async def _answer(self, card: Card) -> None:
        while card.clip is not None and (self.root / "hold").exists():
            await asyncio.sleep(0.02)


def main() -> None:
    settings = read_settings(env_file=None)
    set_up_logging(format="json", level=settings.log_level, secrets=settings.secrets)
    roles = dict(pair.split("=", 1) for pair in sys.argv[2:])
    asyncio.run(run_bot(settings, [SlowToAnswer(Path(sys.argv[1]))], roles))


if __name__ == "__main__":
    main()
