"""`python -m tests.journeys.author_process CHAT WRITES ID ACTION`: a picture's author answers, and
the bot that hears it is killed (kill -9) by its own hand where the database would be written for
the nth time. ID `new`: somebody asks for the picture first."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from bot.app.house import furnish
from bot.card import Action
from bot.errors import JobGoneError
from bot.origin import Origin
from bot.settings import read_settings
from tests.fakes.engine import FakeEngine
from tests.fakes.messenger import FolderMessenger
from tests.journeys.forget_process import die_at_write

CLEO = Origin(platform="folder", place="studio", person="cleo", person_name="Cleo")
ASKING = Origin(
    platform="folder",
    place="studio",
    person="ada",
    person_name="Ada",
    author="cleo",
    author_name="Cleo",
)


async def act(chat: Path, question_id: str, action: str) -> None:
    settings = read_settings(env_file=None)
    async with furnish(settings, [FolderMessenger(chat)], FakeEngine(), "bot-0") as house:
        if question_id == "new":
            await house.service.submit(chat.parent / "sketch.png", ASKING, {"seed": "7"})
            return
        with suppress(JobGoneError):  # answered, and a kill came before anybody heard of it
            await house.service.answer(question_id, CLEO, Action(action))


if __name__ == "__main__":
    die_at_write(int(sys.argv[2]))
    asyncio.run(act(Path(sys.argv[1]), *sys.argv[3:]))
