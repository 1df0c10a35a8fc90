"""Cards on Telegram: one message a job, edited from its first words to its clip."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog
from telegram import (
    Message,
    MessageEntity,
    ReplyParameters,
    User,
)
from telegram.error import BadRequest, ChatMigrated

from adapters.telegram.addresses import Ref, Spot
from adapters.telegram.client import Client
from adapters.telegram.editing import Editing
from adapters.telegram.errors import (
    BAD_PICTURE,
    CANNOT_DELETE,
    GONE_ALREADY,
    TOPIC_GONE,
    errors_mapped,
    says,
)
from adapters.telegram.groups import Groups
from adapters.telegram.keyboard import keyboard_of
from adapters.telegram.media import Media, media_of
from adapters.telegram.news_pace import NewsPace
from adapters.telegram.patience import patiently
from adapters.telegram.recent import Recent
from adapters.telegram.scrolling import Scrolling
from adapters.telegram.words import CAPTION, TEXT, cut, units, words_of
from bot.card import Card, CardState
from bot.errors import CardGoneError, PlaceGoneError
from bot.origin import Origin
from bot.ports import Clock

log = structlog.get_logger(__name__)

PRIVATE_PACE_S, GROUP_PACE_S = 5.0, 10.0  # Telegram's floods begin well above
NEWS = (CardState.QUEUED, CardState.RUNNING, CardState.FINISHING)
NAMELESS = "👋"  # there is no mention without a letter


class TelegramMessenger:
    """Implements `bot.ports.Messenger`; an origin's `place` is a `Spot`, a card's ref a `Ref`."""

    platform = "telegram"

    def __init__(self, client: Client, groups: Groups, up_bytes: int, clock: Clock) -> None:
        self.reachable = False  # as of the last time that somebody asked for news
        self.scrolling = Scrolling()
        self.titles: Recent[str, str] = Recent()  # of groups, as they were heard from last
        self._client = client
        self._clock = clock
        self._groups = groups
        self._up_bytes = up_bytes
        self._news = NewsPace(clock)
        self._editing = Editing(client)
        self._posted: Recent[tuple[Spot, str], str] = Recent()

    def connected(self) -> bool:
        return self.reachable

    def edit_interval_s(self, origin: Origin) -> float:
        return PRIVATE_PACE_S if origin.private else GROUP_PACE_S

    def scrolled_away(self, origin: Origin, ref: str) -> bool:
        return self.scrolling.is_away(ref, _spot_of(origin))

    def size_limit(self, origin: Origin) -> int | None:
        return self._up_bytes

    def place_name(self, community: str) -> str:
        return self.titles.get(community, "")

    async def post(self, origin: Origin, card: Card, nonce: str) -> str:
        return await self._post_once(_spot_of(origin), card, nonce, origin.message)

    async def post_direct(self, origin: Origin, card: Card, nonce: str) -> str:
        person = int(origin.person)
        if person < 0:  # an anonymous admin, a channel
            raise PlaceGoneError(reason="a chat has no private messages")
        return await self._post_once(Spot(person), card, nonce)

    async def edit(self, origin: Origin, ref: str, card: Card) -> None:
        if card.state in NEWS and not origin.private:
            self._news.require_turn(Ref.of(ref).chat)
        with errors_mapped(self._up_bytes):
            await self._editing.edit(ref, card)

    async def mention(self, origin: Origin, ref: str, text: str) -> None:
        """In private the reply itself is heard; in a group it names its person."""
        chat = self._groups.now(Ref.of(ref).chat)
        marks = None
        if not origin.private and int(origin.person) > 0:  # nobody can mention an anonymous admin
            name = cut(origin.person_name or NAMELESS, 64)
            person = User(int(origin.person), name, is_bot=False)
            marks = [MessageEntity(MessageEntity.TEXT_MENTION, 0, units(name), user=person)]
            text = f"{name}: {text}"

        async def reply() -> None:
            await self._client.send_message(
                chat,
                cut(text, TEXT),
                entities=marks,
                message_thread_id=_spot_of(origin).topic,
                reply_parameters=_reply_in(chat, ref),
            )

        with errors_mapped(self._up_bytes):
            await patiently(reply, self._clock)  # nobody comes back to it

    async def remove(self, origin: Origin, ref: str, instead: Card) -> None:
        at = Ref.of(ref)
        with errors_mapped(self._up_bytes):
            try:
                await self._client.delete_message(at.chat, at.message)
            except ChatMigrated:  # what a group said before it moved is out of reach
                log.info("telegram.out_of_reach", ref=ref)
            except BadRequest as error:
                if says(error, GONE_ALREADY):
                    return
                if not says(error, CANNOT_DELETE):  # as it is after 48 hours
                    raise
                await self._editing.edit(ref, instead)

    async def _post_once(self, spot: Spot, card: Card, nonce: str, reply_to: str = "") -> str:
        """Telegram knows no nonce, so it is kept here; only a message that a crash keeps from
        being stored comes twice."""
        posted = self._posted.get((spot, nonce))
        if posted is not None:
            with suppress(CardGoneError):
                with errors_mapped(self._up_bytes):
                    await self._editing.edit(posted, card)
                return posted
        sent = await self._post(spot, card, reply_to)
        self.scrolling.heard(sent.chat, sent.message)
        posted = self._posted[spot, nonce] = str(sent)
        return posted

    async def _post(self, spot: Spot, card: Card, reply_to: str) -> Ref:
        media = await asyncio.to_thread(media_of, card)
        with errors_mapped(self._up_bytes):
            try:
                message = await self._send(spot, card, media, reply_to)
            except BadRequest as error:
                if media is None or card.clip or not says(error, BAD_PICTURE):
                    raise
                media, message = None, await self._send(spot, card, None, reply_to)
        ref = Ref(message.chat.id, message.message_id)
        self._editing.remember(str(ref), with_media=media is not None)
        return ref

    async def _send(self, spot: Spot, card: Card, media: Media | None, reply_to: str) -> Message:
        """In the chat that a group has become, and where its topic is gone in the chat itself."""
        where: dict[str, Any] = {
            "chat_id": (chat := self._groups.now(spot.chat)),
            "message_thread_id": spot.topic,
            "reply_parameters": _reply_in(chat, reply_to),
            "reply_markup": keyboard_of(card),
        }
        try:
            return await self._send_to(where, card, media)
        except ChatMigrated as error:
            self._groups.meet(chat, error.new_chat_id)
            where |= {"chat_id": error.new_chat_id, "reply_parameters": None}
        except BadRequest as error:
            if spot.topic is None or not says(error, TOPIC_GONE):
                raise
            where |= {"message_thread_id": None, "reply_parameters": None}  # which is in there, too
        return await self._send_to(where, card, media)

    async def _send_to(self, where: dict[str, Any], card: Card, media: Media | None) -> Message:
        if media is None:
            words = words_of(card, TEXT)
            return await self._client.send_message(text=words.text, entities=words.marks, **where)
        words = words_of(card, CAPTION)
        send: Callable[..., Awaitable[Message]] = getattr(self._client, f"send_{media.kind}")
        return await send(
            **{media.kind: media.content},
            filename=media.file_name,
            caption=words.text,
            caption_entities=words.marks,
            **media.details,
            **where,
        )


def _spot_of(origin: Origin) -> Spot:
    """A gallery may be mistyped: then nobody is there."""
    try:
        return Spot.of(origin.place)
    except ValueError:
        raise PlaceGoneError(reason=f"no chat has the id {origin.place!r}") from None


def _reply_in(chat: int, ref: str) -> ReplyParameters | None:
    """None where the message stands in another chat, such as the one that a group was."""
    where, _, message = ref.partition("/")
    if where != str(chat):
        return None
    return ReplyParameters(int(message), allow_sending_without_reply=True)
