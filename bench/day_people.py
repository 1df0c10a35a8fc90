"""People of `bench.day` on three platforms: they ask, ask again where nobody answered, and wait."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from adapters.discord.custom_id import TEMPLATE
from tests.adapters.web.harness import Browser
from tests.fakes.discord import people as on_discord
from tests.fakes.discord.interaction import Interaction
from tests.fakes.discord.payloads import Payload
from tests.fakes.discord.people import Place, buttons
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.telegram import people as on_telegram
from tests.fakes.telegram.chats import Shown
from tests.fakes.telegram.server import FakeTelegram

SKETCH = b"a sketch" * 25_000
LOOK_S = 0.05
ANSWER_S = 3.0  # as long as Discord itself waits
PATIENCE_S = 20.0  # of who was told that they were heard, and then nothing
AGAIN_S = 1.0
LINK = re.compile(r"/(\d+)\)?$")
NOTHING: Payload = {"components": []}
VIDEO = re.compile(r'<video src="(/media/[^"]+)"')


@dataclass
class Wish:
    """One sketch on its way: by the clock when its person first asked, when they knew that it was
    taken, and when they had the clip; `tries` is how often they asked, `rush` the number of the
    folder that it came in, from 1."""

    platform: str
    rush: int = 0
    asked_at: float = field(default_factory=time.time)
    tries: int = 0
    job_id: str = ""
    taken_at: float = 0.0
    clip_at: float = 0.0


class Person(Protocol):
    @property
    def platform(self) -> str: ...

    async def wish(self, wish: Wish) -> None:
        """Until the clip is there."""


@dataclass
class OnDiscord:
    server: FakeDiscord
    place: Place
    name: str

    platform = "discord"

    def __post_init__(self) -> None:
        self._who = on_discord.joined(self.server, self.place, self.name)

    async def wish(self, wish: Wish) -> None:
        while not (job_id := await self._ask(wish)):
            await asyncio.sleep(AGAIN_S)
        wish.taken_at, wish.job_id = time.time(), job_id
        while not self._has_clip(job_id):
            await asyncio.sleep(LOOK_S)
        wish.clip_at = time.time()

    async def _ask(self, wish: Wish) -> str:
        """The job, once a link to its card was whispered, or in want of a card what it says; empty
        where nothing came of it."""
        wish.tries += 1
        try:
            asked = await self._who.slash(self.place, "animate", SKETCH)
        except (OSError, StopIteration, RuntimeError):  # the bot has just died
            return ""
        if not await _within(ANSWER_S, lambda: bool(asked.responses)):
            asked.over = True
            return ""
        await _within(PATIENCE_S, lambda: bool(_said(asked)))
        if found := LINK.search(_said(asked)):
            return job_in(self.server.rest.messages[found[1]])
        presses = [TEMPLATE.fullmatch(one) for one in buttons(asked.original or NOTHING).values()]
        return next((one["job"] for one in presses if one), "")

    def _has_clip(self, job_id: str) -> bool:
        written = self.server.rest.messages.values()
        return any(one["attachments"] for one in written if job_in(one) == job_id)


@dataclass
class OnTelegram:
    telegram: FakeTelegram
    number: int

    platform = "telegram"

    def __post_init__(self) -> None:
        self._who = on_telegram.Person(self.telegram, id=self.number)

    async def wish(self, wish: Wish) -> None:
        while (card := await self._ask(wish)) is None:
            await asyncio.sleep(AGAIN_S)
        wish.taken_at, wish.job_id = time.time(), job_of(card)
        while card.file is None:
            await asyncio.sleep(LOOK_S)
        wish.clip_at = time.time()

    async def _ask(self, wish: Wish) -> Shown | None:
        """Its card; None for any other answer. There always is one: what is sent while the bot is
        away waits for it."""
        wish.tries += 1
        sent = await self._who.sends_file(content=SKETCH)
        while True:
            answers = [each for each in self._answers() if each.reply_to == sent["message_id"]]
            if answers:
                return answers[0] if answers[0].buttons else None
            await asyncio.sleep(LOOK_S)

    def _answers(self) -> list[Shown]:
        return self.telegram.chats.of(self.number)


@dataclass
class OnWeb:
    """From an address of one's own; `faithless` leave their stream now and then, and come back."""

    url: str
    address: str
    faithless: bool = False

    platform = "web"

    def __post_init__(self) -> None:
        transport = httpx.AsyncHTTPTransport(local_address=self.address)
        self._client = httpx.AsyncClient(
            base_url=self.url,
            transport=transport,
            headers={"Accept": "text/html"},
            follow_redirects=True,
            timeout=PATIENCE_S,
        )
        self._browser = Browser(self._client)

    async def wish(self, wish: Wish) -> None:
        while not (path := await self._ask(wish)):
            await asyncio.sleep(AGAIN_S)
        wish.taken_at, wish.job_id = time.time(), path.rpartition("/")[2]
        while not await self._has_clip(path):
            await asyncio.sleep(LOOK_S)
        wish.clip_at = time.time()

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(self, wish: Wish) -> str:
        wish.tries += 1
        try:
            if not self._browser.csrf:
                await self._browser.get("/")
            answer = await self._browser.post(
                "/animate", files={"sketch": ("me.png", SKETCH, "image/png")}
            )
        except httpx.HTTPError:
            return ""
        return answer.url.path if answer.status_code == 200 else ""

    async def _has_clip(self, path: str) -> bool:
        """After the stream's end, as the page's own script does it."""
        try:
            await self._follow(path)
            page = await self._client.get(path)
            found = VIDEO.search(page.text)
            return found is not None and (await self._client.get(found[1])).is_success
        except httpx.HTTPError:
            await asyncio.sleep(AGAIN_S)
            return False

    async def _follow(self, path: str) -> None:
        async with self._client.stream("GET", f"{path}/events") as events:
            async for line in events.aiter_lines():
                if line == "event: end":
                    return
                if self.faithless and line == "event: card":
                    self.faithless = False
                    return


def job_in(message: Payload) -> str:
    """Its nonce says whose card it is, also where it is not the first; empty: it is none."""
    return str(message.get("nonce", "")).partition("-")[0]


def job_of(card: Shown) -> str:
    """Its buttons say whose they are; empty: it is no card."""
    return next((data.split(":")[1] for data in card.buttons.values() if ":" in data), "")


def _said(asked: Interaction) -> str:
    return str(asked.original["content"]) if asked.original is not None else ""


async def _within(seconds: float, true: Callable[[], bool]) -> bool:
    give_up = time.monotonic() + seconds
    while not true():
        if time.monotonic() > give_up:
            return False
        await asyncio.sleep(LOOK_S)
    return True
