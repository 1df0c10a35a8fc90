"""One of the workers of `bench.workers`: a bot's own parts, and a renderer that only sleeps.

    python -m bench.workers_process FOLDER INSTANCE

Says `ready` once its workers are, and again to each order, which is a line: `work`, until `rest`.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bench.house import settings_of
from bot.app.house import furnish
from bot.app.parts import workers_of
from bot.log import set_up_logging
from tests.fakes.messenger import FolderMessenger

ROLES = {"eyes": "tests.fakes.roles:InstantEyes", "preview": "tests.fakes.roles:SlowPreview"}


async def serve(folder: Path, instance: str) -> None:
    settings = settings_of(folder / "data")
    messenger = FolderMessenger(folder / "chat")
    async with workers_of(settings, ROLES) as engine:
        await engine.started()
        print("ready", flush=True)
        while await _order() == "work":
            async with (
                furnish(settings, [messenger], engine, instance) as house,
                house.at_work(),
            ):
                print("ready", flush=True)
                await _order()
            print("ready", flush=True)


async def _order() -> str:
    return (await asyncio.to_thread(sys.stdin.readline)).strip()


if __name__ == "__main__":
    set_up_logging(format="json", level="error")
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2]))
