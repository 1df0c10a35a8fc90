"""Telegram from the login to the end: what `bot.app` starts, and what it may not be stopped by."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog
from telegram import User
from telegram.error import InvalidToken, RetryAfter, TelegramError

from adapters.telegram.client import Access, open_client
from adapters.telegram.commands import Commands
from adapters.telegram.desk import Desk
from adapters.telegram.errors import seconds_of
from adapters.telegram.groups import Groups
from adapters.telegram.intake import Intake
from adapters.telegram.lists import Lists
from adapters.telegram.messenger import TelegramMessenger
from adapters.telegram.origins import PLATFORM
from adapters.telegram.own import Own
from adapters.telegram.people import People
from adapters.telegram.postbox import WANTED, Postbox
from adapters.telegram.registering import register
from adapters.telegram.replies import Replies
from adapters.telegram.taps import Taps
from adapters.telegram.uploads import Uploads
from adapters.telegram.ways_in import WaysIn
from adapters.telegram.webhook import Hook, listening
from bot.errors import SettingsError
from bot.ports import Clock, InboxStore, MovedStore, TipStore
from bot.service import Service

T = TypeVar("T")

log = structlog.get_logger(__name__)

WAITS_S = (1.0, 5.0, 15.0, 60.0)  # between tries to reach Telegram; the last one repeats
POLL_S = 50  # how long Telegram holds an empty answer back


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of what comes in."""

    inbox: InboxStore
    tips: TipStore
    moved: MovedStore


class TelegramFrontend:
    """Its `messenger` is there at once, so that the house can be built around it. `places` are
    the groups whose members may write in private; without a `hook` it asks for news itself."""

    def __init__(
        self,
        access: Access,
        kept: Kept,
        clock: Clock,
        places: Sequence[int] = (),
        hook: Hook | None = None,
    ) -> None:
        self._access = access
        self._kept = kept
        self._clock = clock
        self._places = places
        self._hook = hook
        self._client = open_client(access)
        self._groups = Groups(kept.moved, clock)
        self.messenger = TelegramMessenger(self._client, self._groups, access.up_bytes, clock)

    async def serve(self, service: Service) -> None:
        """Until cancelled. Raises `SettingsError` for a token that Telegram doesn't know."""
        source = f"{PLATFORM}:{self._access.bot_id}"
        postbox = Postbox(self._client, self._kept.inbox, self._clock, source)
        try:
            await self._groups.load()
            left = await postbox.left()
            await self._insist(self._client.initialize)
            desk = self._desk(service, self._client.bot, left)
            log.info("telegram.logged_in", name=self._client.bot.username)
            async with asyncio.TaskGroup() as group:
                group.create_task(postbox.hand_out(desk.handle), name="telegram desk")
                group.create_task(self._register(), name="telegram commands")
                await self._receive(postbox)
        except ExceptionGroup as group:
            raise group.exceptions[0] from group
        finally:
            await self._client.shutdown()

    def _desk(self, service: Service, me: User, left: Sequence[str]) -> Desk:
        client, clock, replies = (
            self._client,
            self._clock,
            Replies(self._client, self._clock, self._access.up_bytes),
        )
        people = People(client, clock, service.community, self._groups, self._places)
        intake = Intake(
            service,
            uploads=Uploads(client, clock),
            replies=replies,
            people=people,
            tips=self._kept.tips,
        )
        intake.recall(left)
        ways_in = WaysIn(me, intake, replies, people)
        commands = Commands(
            service,
            ways_in=ways_in,
            lists=Lists(service, clock),
            own=Own(service, client, people, self._access.up_bytes),
            replies=replies,
            people=people,
        )
        taps = Taps(service, commands=commands, replies=replies, people=people, clock=clock)
        heard = self.messenger
        return Desk(ways_in, commands, taps, self._groups, heard.scrolling, heard.titles)

    async def _register(self) -> None:
        await self._insist(lambda: register(self._client))

    async def _receive(self, postbox: Postbox) -> None:
        if self._hook is None:
            await self._insist(self._client.delete_webhook)  # else nobody may ask
            await self._poll(postbox)
        else:
            async with listening(self._hook, postbox.put):
                await self._insist(self._call_back)
                await asyncio.Event().wait()

    async def _call_back(self) -> None:
        """One call at a time, as they would come in any order else: of an album in a group the
        first picture alone says that it is for us."""
        assert self._hook is not None
        await self._client.set_webhook(
            self._hook.url,
            allowed_updates=WANTED,
            secret_token=self._hook.secret,
            max_connections=1,
        )

    async def _poll(self, postbox: Postbox) -> None:
        """Asking for the offset behind the last update confirms it, so that comes after it is
        written down. Once is enough: what a crash leaves unconfirmed comes again, and is known."""
        offset: int | None = None
        while True:
            asked = offset
            updates = await self._insist(
                lambda asked=asked: self._client.raw_updates(asked, POLL_S, WANTED)  # type: ignore[misc]
            )
            offset = None
            if updates:
                await postbox.put(updates)
                offset = updates[-1]["update_id"] + 1

    async def _insist(self, ask: Callable[[], Awaitable[T]]) -> T:
        """However long Telegram is away. Raises `SettingsError`."""
        tries = 0
        while True:
            try:
                answer = await ask()
            except InvalidToken:  # whose own sentence holds the token
                raise SettingsError("telegram-token-wrong") from None
            except TelegramError as error:
                wait_s = WAITS_S[min(tries, len(WAITS_S) - 1)]
                if isinstance(error, RetryAfter):
                    wait_s = seconds_of(error)
                self.messenger.reachable = False
                log.warning("telegram.away", error=error.message, wait_s=wait_s)
            else:
                self.messenger.reachable = True
                return answer
            await self._clock.sleep(wait_s)
            tries += 1
