"""Updates on their way in: written down first, then confirmed, then handled, each once.

The library's own polling moves the offset on before its handlers are through, so that a kill loses
up to a hundred updates. Here an update is a row before Telegram is told that it arrived.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

import structlog
from telegram import Update

from adapters.telegram.client import Client
from adapters.telegram.contents import move_of
from adapters.telegram.errand import Errand
from adapters.telegram.recent import Recent
from bot.errors import StoreError
from bot.incoming import Incoming
from bot.insist import insist
from bot.job import new_job_id
from bot.ports import Clock, InboxStore

log = structlog.get_logger(__name__)

WANTED = ("message", "callback_query")
AT_ONCE = 256  # updates that are being handled
OF_ONE_CHAT = 32  # of those: a group that has to wait for its answers leaves room for others
IN_HAND = 4096  # with those that wait for others of their person; the rest wait in the table
KNOWN_FOR = timedelta(days=2)  # Telegram keeps what nobody fetches for one
LEFT_FOR = timedelta(hours=1)  # an album comes within seconds, once the bot is there
SWEEP_S = 3600.0
LOOK_AGAIN_S = 5.0  # where the database was away

Speaker = tuple[int, int]
Handle = Callable[[Update, Errand], Awaitable[None]]


class Postbox:
    """`source` is the account that the updates are for."""

    def __init__(self, client: Client, store: InboxStore, clock: Clock, source: str) -> None:
        self._client = client
        self._store = store
        self._clock = clock
        self._source = source
        self._news = asyncio.Event()
        self._in_hand: set[int] = set()
        self._free = asyncio.Semaphore(AT_ONCE)
        self._handled: Recent[int, bool] = Recent()
        self._fresh: list[Incoming] = []  # on disk, and not in hand yet
        self._to_look = True  # there may be more on disk
        self._turns: WeakValueDictionary[Speaker, asyncio.Lock] = WeakValueDictionary()
        self._chats: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()

    async def put(self, updates: Sequence[dict[str, Any]]) -> None:
        """Returns once they are on disk, however long the database is away."""
        now = self._clock.now()
        messages = [
            Incoming(
                number=update["update_id"],
                # in ASCII, which any database takes, halves of emoji too
                content=json.dumps(update),
                job_id=new_job_id(now),
                received_at=now,
            )
            for update in updates
        ]
        to_look = self._to_look
        try:
            new = await insist(lambda: self._store.put(self._source, messages), self._clock)
        except asyncio.CancelledError:  # who called gave up; it may be on disk all the same
            self._look_again()
            raise
        if to_look or len(self._in_hand) + len(self._fresh) + len(new) > IN_HAND:
            self._to_look = True
        else:
            self._fresh += [message for message in messages if message.number in new]
        self._news.set()

    async def hand_out(self, handle: Handle) -> None:
        """Until cancelled: those of one person in one chat one after another, those of others side
        by side, as a picture takes long to load and a file long to make. So whoever sends hundreds
        waits behind themselves alone."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sweep(), name="inbox sweep")
            while True:
                self._news.clear()  # before looking: what comes meanwhile is not overlooked
                for message in self._came():
                    await self._begin(message, handle, group, is_new=True)
                for message in await self._waiting():
                    # one that was just handled may have been looked up before that was written
                    if message.number not in self._in_hand and message.number not in self._handled:
                        await self._begin(message, handle, group, is_new=False)
                if not self._to_look or len(self._in_hand) >= IN_HAND:
                    await self._news.wait()

    async def left(self) -> list[str]:
        """By updates that were handled a while ago, for those that belong to them; however long
        the database is away."""
        return await insist(lambda: self._store.left(self._source), self._clock)

    def _came(self) -> list[Incoming]:
        came, self._fresh = self._fresh, []
        return came

    async def _waiting(self) -> list[Incoming]:
        """What is in the table alone: at the start, and where more came than can be in hand."""
        if not self._to_look:
            return []
        self._to_look = False
        try:
            waiting = await self._store.waiting(self._source, limit=IN_HAND)
        except StoreError as error:
            log.warning("telegram.inbox_away", error=str(error))
            await self._clock.sleep(LOOK_AGAIN_S)
            self._look_again()
            return []
        self._to_look = self._to_look or len(waiting) == IN_HAND
        return waiting

    def _look_again(self) -> None:
        self._to_look = True
        self._news.set()

    async def _begin(
        self, message: Incoming, handle: Handle, group: asyncio.TaskGroup, *, is_new: bool
    ) -> None:
        """What a chat is called from now on comes before whatever is said there."""
        self._in_hand.add(message.number)
        update = self._read(message)
        work = self._handle(message, update, handle, is_new)
        if update and update.message and move_of(update.message):
            await work
        else:
            group.create_task(work, name=f"update {message.number}")

    def _read(self, message: Incoming) -> Update | None:
        try:
            return Update.de_json(json.loads(message.content), self._client)
        except Exception:  # nothing that the library knows, and never will
            log.exception("telegram.update_strange", number=message.number)
            return None

    async def _handle(
        self, message: Incoming, update: Update | None, handle: Handle, is_new: bool
    ) -> None:
        source, number = self._source, message.number

        async def settle() -> None:
            at = self._clock.now()
            await insist(lambda: self._store.done(source, number, at, errand.left), self._clock)

        errand = Errand(message.job_id, is_new, settle)
        try:
            if update is not None:
                async with self._turn_of(update):
                    await handle(update, errand)
        except Exception:  # a bug; the same again would do no better
            log.exception("telegram.update_failed", number=number)
        await settle()
        self._handled[number] = True
        self._in_hand.discard(number)
        if self._to_look and len(self._in_hand) <= IN_HAND // 2:  # a look costs as much as it finds
            self._news.set()

    @asynccontextmanager
    async def _turn_of(self, update: Update) -> AsyncIterator[None]:
        """After what the same person said before, and where there is room."""
        chat, _ = speaker = _speaker(update)
        turn = self._turns.setdefault(speaker, asyncio.Lock())
        room = self._chats.setdefault(chat, asyncio.Semaphore(OF_ONE_CHAT))
        async with turn, room, self._free:
            yield

    async def _sweep(self) -> None:
        while True:
            now = self._clock.now()
            try:
                await self._store.drop_left(now - LEFT_FOR)
                await self._store.drop_done(now - KNOWN_FOR)
            except StoreError as error:
                log.warning("telegram.inbox_not_swept", error=str(error))
            await self._clock.sleep(SWEEP_S)


def _speaker(update: Update) -> Speaker:
    """A chat, and who says something there."""
    chat, sender = update.effective_chat, update.effective_sender
    return (chat.id if chat else 0, sender.id if sender else 0)
