"""What a person leaves behind who lived here, and where words of theirs are looked for."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from unittest.mock import patch

from bot.app.house import House, furnish
from bot.job import JobStatus
from bot.origin import Origin, Rights
from tests.fakes.engine import FakeEngine
from tests.journeys.world import World

ID, NAME, PROMPT, PLACE = "zqid4711", "Zelda Quuxley", "a zqprompt smile", "zqprivate"
# Long enough that no random id, and no picture's bytes, hold one by chance.
MARKERS = (ID, "zelda", "quuxley", "zqprompt", PLACE, "zqpreset", "zqwrinkles", "zqwords")
HERE = frozenset({"studio"})
ZELDA = Origin(platform="folder", place="studio", person=ID, person_name=NAME)
BEN = Origin(platform="folder", place="studio", person="ben", person_name="Ben")
OF_ZELDA = replace(BEN, author=ID, author_name=NAME)


@asynccontextmanager
async def house(world: World) -> AsyncIterator[House]:
    """At work in this process, with an engine that needs no others."""
    with patch.dict(os.environ, world.variables):
        async with (
            furnish(world.settings, [world.chat], FakeEngine(), "bot-0") as house,
            house.at_work(),
        ):
            yield house


async def live_here(world: World) -> set[str]:
    """Leaves everything behind that a person can; the ids of Ben's clips, which stay."""
    async with house(world) as opened:
        service = opened.service
        sketch = world.sketch()
        private = replace(ZELDA, place=PLACE, private=True, rights=Rights(member_of=HERE))
        mine = await service.submit(sketch, ZELDA, {"prompt": PROMPT, "negative": "zqwrinkles"})
        await service.submit(sketch, private, {})
        await service.submit(sketch, OF_ZELDA, {}, frozenset({"allow"}))
        shown, reported = [(await service.submit(sketch, BEN, {})).job_id for _ in range(2)]
        await world.until_statuses(JobStatus.DELIVERED)
        await service.gallery.share(mine.job_id, ZELDA)
        await service.gallery.share(shown, BEN)
        await service.gallery.star(shown, ZELDA)
        await service.moderation.report(reported, ZELDA, "zqwords of mine")
        await service.clips.delete(reported, replace(ZELDA, rights=Rights(moderator=True)))
        hall = replace(ZELDA, place="hall", message="m1", rights=Rights(member_of=HERE))
        await service.personal.post_again(mine.job_id, hall)
        await service.personal.export(ZELDA)
        await service.presets.save(ZELDA, "zqpreset", {"prompt": PROMPT})
        return {shown, reported}


def files(world: World) -> Iterator[tuple[str, str]]:
    for path in (world.data_dir / "jobs").rglob("*"):
        name = str(path.relative_to(world.data_dir))
        yield name, name
        if path.is_file():
            yield name, path.read_bytes().decode(errors="replace")
