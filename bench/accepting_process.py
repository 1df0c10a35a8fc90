"""The bot that accepts the jobs, in a process of its own, so that it can be killed.

    python -m bench.accepting_process FOLDER

Takes orders as lines, and answers each with the seconds that it took: `accept N` submits so many
and writes every acknowledged job's id to `FOLDER/acknowledged`, `deliver N` works until so many
clips are out.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.house import house_without_workers, person, sketch_in
from bot.app.house import House
from bot.log import set_up_logging
from tests.fakes.messenger import FolderMessenger

IN_FLIGHT = 4  # messages that a chat's handlers have in hand at once


async def serve(folder: Path) -> None:
    messenger = FolderMessenger(folder / "chat")
    sketch = sketch_in(folder)
    with (folder / "acknowledged").open("ab", buffering=0) as acknowledged:
        async with house_without_workers(folder / "data", messenger) as house:

            async def submit_one_after_another(numbers: Iterator[int]) -> None:
                for number in numbers:
                    card = await house.service.submit(sketch, person(messenger, number), {})
                    acknowledged.write(f"{card.job_id}\n".encode())

            while order := (await asyncio.to_thread(sys.stdin.readline)).split():
                started, count = time.perf_counter(), int(order[1])
                if order[0] == "accept":
                    numbers = iter(range(count))
                    await asyncio.gather(
                        *(submit_one_after_another(numbers) for _ in range(IN_FLIGHT))
                    )
                else:
                    await _deliver(house, messenger, count)
                print(time.perf_counter() - started, flush=True)


async def _deliver(house: House, messenger: FolderMessenger, count: int) -> None:
    work = asyncio.create_task(house.work())
    while len(clips_in(messenger.root)) < count:
        await asyncio.sleep(0.2)
    house.dispatcher.stop()
    await work


def clips_in(chat: Path) -> list[Path]:
    return list(chat.glob("*.mp4"))


if __name__ == "__main__":
    set_up_logging(format="json", level="error")
    asyncio.run(serve(Path(sys.argv[1])))
