"""What goes wrong on the day of `bench.day`, in turn, and what it is called."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.day_bot import Bot
from tests.fakes.discord.rest import RefusedError
from tests.fakes.discord.server import FakeDiscord, rate_limited
from tests.fakes.telegram.server import Accident, FakeTelegram, flood

CARDS, POSTS = r"/messages/\d+$", r"/messages$"
NOON = 0.5
AWAY_S = 1.0  # how long nobody notices that the bot is dead


@dataclass
class Faults:
    discord: FakeDiscord
    telegram: FakeTelegram
    bot: Bot
    happened: Counter[str] = field(default_factory=Counter)
    _workers: itertools.count[int] = field(default_factory=itertools.count)

    def in_turn(self) -> list[Callable[[], None]]:
        return [
            self.discord_floods,
            self.telegram_floods,
            self.discord_fails,
            self.telegram_fails,
            self.worker_dies,
            self.gateway_cut,
            self.cdn_fails,
            self.telegram_cut,
            self.answer_lost,
            self.worker_dies,
        ]

    async def happen(self, each_s: float, day_s: float) -> None:
        """All day; in its middle the bot is killed and started again."""
        started, killed = time.monotonic(), False
        for fault in itertools.cycle(self.in_turn()):
            await asyncio.sleep(each_s)
            passed_s = time.monotonic() - started
            if passed_s >= NOON * day_s and not killed:
                killed = True
                await self.bot_dies()
            if passed_s >= day_s:
                return
            fault()
            self.happened[fault.__name__] += 1

    async def bot_dies(self) -> None:
        self.happened["bot_dies"] += 1
        await self.bot.kill()
        await asyncio.sleep(AWAY_S)
        await self.bot.start()

    def discord_floods(self) -> None:
        """With what it says how long to wait."""
        self.discord.refuse("PATCH", CARDS, rate_limited(1.5), rate_limited(0.5))
        self.discord.refuse("POST", POSTS, rate_limited(1.0))

    def discord_fails(self) -> None:
        self.discord.refuse("PATCH", CARDS, _failing(503), _failing(500))
        self.discord.refuse("PATCH", CARDS, _failing(503), with_files=True)
        self.discord.refuse("POST", POSTS, _failing(502))

    def gateway_cut(self) -> None:
        if self.discord.gateway.session.socket is not None:
            self.discord.gateway.drop()

    def cdn_fails(self) -> None:
        self.discord.cdn_failures += [503, 500]
        self.telegram.accidents["getFile"].append(Accident(502, "Bad Gateway"))

    def telegram_floods(self) -> None:
        for method in ("sendMessage", "editMessageText", "editMessageMedia"):
            self.telegram.accidents[method].append(flood(2))

    def telegram_fails(self) -> None:
        for method in ("sendMessage", "editMessageMedia", "editMessageMedia", "getUpdates"):
            self.telegram.accidents[method].append(Accident(502, "Bad Gateway"))

    def telegram_cut(self) -> None:
        for method in ("sendMessage", "editMessageText", "getUpdates"):
            self.telegram.accidents[method].append(Accident())

    def answer_lost(self) -> None:
        """Done, and nobody hears of it."""
        for method in ("editMessageText", "editMessageMedia"):
            self.telegram.accidents[method].append(Accident(done_first=True))

    def worker_dies(self) -> None:
        self.bot.kill_worker(next(self._workers))


def _failing(status: int) -> RefusedError:
    return RefusedError(status, 0, "the server is on fire")
