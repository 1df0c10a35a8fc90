"""The whole frontend over real sockets, in a Discord on loopback with one guild."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.discord.client import Terms
from adapters.discord.frontend import DiscordFrontend
from adapters.discord.line import Line
from adapters.discord.uploads import Downloads
from bot.door.rules import EVERYWHERE, HouseRules
from bot.job import JobStatus
from tests.fakes.clock import FakeClock
from tests.fakes.discord.interaction import Interaction
from tests.fakes.discord.people import Person, Place, joined, studio
from tests.fakes.discord.server import TOKEN, FakeDiscord, called_instead_of_discord
from tests.fakes.engine import FakeEngine
from tests.fakes.house import FakeHouse, furnish
from tests.fakes.media import FakeMedia
from tests.fakes.stores import FakeJobStore

SKETCH = b"a sketch"
EDITS = r"/messages/\d+$"
LOOPBACK = Terms(downloads=Downloads(hosts=frozenset({"127.0.0.1"})))


@dataclass
class Wire:
    server: FakeDiscord
    house: FakeHouse
    studio: Place
    ada: Person
    serving: asyncio.Task[None]
    may_hear: set[str]  # everybody else hears no sound

    @property
    def cards(self) -> list[dict[str, object]]:
        messages = self.server.rest.messages.values()
        mine = [each for each in messages if each["author"]["id"] == self.server.bot["id"]]
        return [each for each in mine if "message_reference" not in each]

    @property
    def bells(self) -> list[dict[str, object]]:
        messages = self.server.rest.messages.values()
        return [each for each in messages if "message_reference" in each]

    async def card(self) -> dict[str, object]:
        await self.server.until(lambda: self.cards)
        (card,) = self.cards
        return card

    async def told(self, asked: Interaction) -> str:
        """What its person reads in the end."""
        await self.server.until(lambda: asked.original and asked.original["content"])
        assert asked.original is not None
        return str(asked.original["content"])

    async def delivered(self) -> None:
        rows = self.house.jobs.rows
        async with self.house.at_work():
            await self.server.until(
                lambda: rows and all(job.status is JobStatus.DELIVERED for job in rows.values())
            )


def frontend(
    token: str = TOKEN, clock: FakeClock | None = None, terms: Terms = LOOPBACK
) -> DiscordFrontend:
    return DiscordFrontend(Line(token), clock or FakeClock(), terms)


def house_of(folder: Path, front: DiscordFrontend, rules: HouseRules | None = None) -> FakeHouse:
    media, chat = FakeMedia(folder / "jobs"), front.messenger
    rules = rules or HouseRules()
    return furnish(folder, FakeClock(), FakeEngine(), FakeJobStore(), chat, media, rules)


@asynccontextmanager
async def connected(
    folder: Path,
    server: FakeDiscord,
    locale: str = "en-US",
    tier: int = 0,
    members_only: bool = False,
) -> AsyncIterator[Wire]:
    async with server:
        place = studio(server, locale, tier)
        ada = joined(server, place, "ada", locale="zh-CN" if locale == "zh-CN" else "en-US")
        with called_instead_of_discord(server.url):
            assert place.guild is not None
            studio_id = place.guild["id"]
            front = frontend(terms=replace(LOOPBACK, guilds=(int(studio_id),)))
            allowed = frozenset({f"discord:{studio_id}" if members_only else EVERYWHERE})
            house = house_of(folder, front, HouseRules(allowed_places=allowed))
            serving = asyncio.create_task(front.serve(house.service))
            await server.until(
                lambda: serving.done() or (server.gateway.sessions and server.rest.commands)
            )
            assert not serving.done() or serving.result()
            wire = Wire(server, house, place, ada, serving, {ada.id})
            yield wire
            assert pinged(server) <= wire.may_hear
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


def pinged(server: FakeDiscord) -> set[str]:
    """Whoever heard a sound from all that was said; everybody, where something left it open."""
    bodies = [each.json for each in server.requests if isinstance(each.json, dict)]
    said = [one for each in bodies if "content" in (one := each.get("data") or each)]
    allowed = [each.get("allowed_mentions", {"parse": ["everyone"]}) for each in said]
    ids = (str(id) for each in allowed for id in each.get("users", ()))
    return {*ids, *(kind for each in allowed for kind in each["parse"])}
