"""Cards on Discord: ordinary channel messages of the bot, so that they outlive interactions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import discord
from discord import AllowedMentions, File, Object, Thread
from discord.abc import GuildChannel
from discord.utils import DEFAULT_FILE_SIZE_LIMIT_BYTES, MISSING, snowflake_time, utcnow

from adapters.discord.button import view_of
from adapters.discord.errors import TOO_MANY_OLD_EDITS, UNKNOWN_MESSAGE, as_messenger_errors
from adapters.discord.leaves import FollowUp, Leave, Leaves, by_leave
from adapters.discord.markup import card_text, escaped
from adapters.discord.permissions import is_restricted
from adapters.discord.scrolling import Scrolling
from bot.card import Card, CardState
from bot.errors import CardGoneError, MessengerError, PlaceGoneError
from bot.origin import Origin

PLATFORM = "discord"
EDIT_INTERVAL_S = 3.0
OLD = timedelta(hours=1)  # of a message that can be edited only so often
REMEMBERED = 1000  # cards whose picture is known: more than are edited at any time


class DiscordMessenger:
    """Implements `bot.ports.Messenger`. Until `use` it says that nobody can be reached, so that
    what is to be told waits. A reference is `channel/message`, or one of `leaves`."""

    platform = PLATFORM

    def __init__(self) -> None:
        self.leaves = Leaves()
        self.scrolling = Scrolling()
        self._client: discord.Client | None = None
        self._pictures: OrderedDict[str, tuple[Path, int]] = OrderedDict()

    def use(self, client: discord.Client) -> None:
        """A client that is logged in."""
        self._client = client

    def connected(self) -> bool:
        """The gateway's connection is open."""
        client = self._client
        # the library types it as always there, and has none before it connects
        return client is not None and client.ws is not None and client.ws.open

    def edit_interval_s(self, origin: Origin) -> float:
        return EDIT_INTERVAL_S

    def scrolled_away(self, origin: Origin, ref: str) -> bool:
        return not by_leave(ref) and self.scrolling.is_away(*map(int, ref.split("/")))

    def place_name(self, community: str) -> str:
        number = int(community) if community.isdecimal() else 0
        guild = self._client.get_guild(number) if self._client is not None else None
        return "" if guild is None else guild.name

    async def post(self, origin: Origin, card: Card, nonce: str) -> str:
        self._require_shielded(origin)
        asked = _author(origin) if card.state is CardState.ASKING else None
        if (leave := self.leaves.get(origin.message)) is not None:
            return await self._follow_up(leave, card, asked)
        return await self._send(_number(origin.place), card, nonce, asked)

    async def edit(self, origin: Origin, ref: str, card: Card) -> None:
        """Whoever deleted a card wants none there: raises `PlaceGoneError` for it."""
        files_of_card = _files(card, there=self._shows(ref, card))
        with _deleted_is_place_gone(), _slow_is_too_old(ref), _errors(card), files_of_card as files:
            await self._message(ref).edit(
                content=card_text(card),
                view=view_of(card),
                attachments=MISSING if files is None else files,
            )
        self._remember(ref, card)

    async def mention(self, origin: Origin, ref: str, text: str) -> None:
        person = Object(_number(origin.person))
        with as_messenger_errors():
            card, said = self._message(ref), _calling(person, escaped(text))
            if isinstance(card, FollowUp):
                await card.webhook.send(said, allowed_mentions=_only(person))
                return
            await card.channel.send(
                said,
                reference=card.to_reference(fail_if_not_exists=False),
                allowed_mentions=_only(person),
            )

    async def post_direct(self, origin: Origin, card: Card, nonce: str) -> str:
        with as_messenger_errors():
            direct = await self._ready.create_dm(Object(_number(origin.person)))
        return await self._send(direct.id, card, nonce)

    async def remove(self, origin: Origin, ref: str, instead: Card) -> None:
        """Discord takes messages away at any age."""
        with suppress(CardGoneError), as_messenger_errors():
            await self._message(ref).delete()

    def size_limit(self, origin: Origin) -> int:
        """The guild's, which grows with its boosts, also where the bot is no member; without a
        guild, what everybody has."""
        if (leave := self.leaves.get(origin.message)) is not None:
            return leave.limit_bytes
        guild = None
        if self._client is not None and origin.community.isdecimal():
            guild = self._client.get_guild(int(origin.community))
        return guild.filesize_limit if guild is not None else DEFAULT_FILE_SIZE_LIMIT_BYTES

    async def _send(
        self, channel_id: int, card: Card, nonce: str, asked: Object | None = None
    ) -> str:
        with _fresh_has_no_card(), _errors(card), _files(card) as files:
            sent = await self._ready.get_partial_messageable(channel_id).send(
                _calling(asked, card_text(card)),
                view=view_of(card),
                files=files or [],
                nonce=nonce,
                allowed_mentions=_only(asked),
            )
        ref = f"{channel_id}/{sent.id}"
        self._remember(ref, card)
        return ref

    async def _follow_up(self, leave: Leave, card: Card, asked: Object | None) -> str:
        with _fresh_has_no_card(), _errors(card), _files(card) as files:
            sent = await leave.webhook.send(
                _calling(asked, card_text(card)),
                view=view_of(card),
                files=files or [],
                allowed_mentions=_only(asked),
                wait=True,
            )
        ref = self.leaves.remember(leave, sent.id)
        self._remember(ref, card)
        return ref

    def _require_shielded(self, origin: Origin) -> None:
        """What was made in a place for adults is posted in no other, also where a gallery was for
        adults when it was chosen. Raises `PlaceGoneError`."""
        if not origin.restricted or not origin.place.isdecimal():
            return
        channel = self._ready.get_channel(int(origin.place))
        if isinstance(channel, GuildChannel | Thread) and not is_restricted(channel):
            raise PlaceGoneError

    @property
    def _ready(self) -> discord.Client:
        if self._client is None or self._client.is_closed():
            raise MessengerError
        return self._client

    def _message(self, ref: str) -> discord.PartialMessage | FollowUp:
        """Raises `PlaceGoneError`."""
        if by_leave(ref):
            return self.leaves.message(ref)
        channel_id, message_id = map(int, ref.split("/"))
        return self._ready.get_partial_messageable(channel_id).get_partial_message(message_id)

    def _shows(self, ref: str, card: Card) -> bool:
        """Whether the message has all that the card wants attached."""
        if card.clip is not None:
            return card.clip_stays
        return card.picture is not None and self._pictures.get(ref) == _state(card.picture)

    def _remember(self, ref: str, card: Card) -> None:
        """Which picture a card shows, so that words alone can change."""
        self._pictures.pop(ref, None)
        if card.clip is None and card.picture is not None:
            self._pictures[ref] = _state(card.picture)
        while len(self._pictures) > REMEMBERED:
            self._pictures.popitem(last=False)


def _message_id(ref: str) -> int:
    return int(ref.rpartition("/")[2])


def _number(id: str) -> int:
    """Places are also typed by people, who may type anything. Raises `PlaceGoneError`."""
    if not id.isdecimal():
        raise PlaceGoneError
    return int(id)


def _author(origin: Origin) -> Object | None:
    return Object(int(origin.author)) if origin.author.isdecimal() else None


def _calling(person: Object | None, text: str) -> str:
    return text if person is None else f"<@{person.id}> {text}"


def _only(person: Object | None) -> AllowedMentions:
    """Nobody hears of it but this person."""
    return AllowedMentions.none() if person is None else AllowedMentions(users=[person])


def _errors(card: Card) -> AbstractContextManager[None]:
    return as_messenger_errors(card.clip.size_bytes if card.clip is not None else 0)


@contextmanager
def _deleted_is_place_gone() -> Iterator[None]:
    try:
        yield
    except CardGoneError as error:
        if error.args_of_text["code"] == UNKNOWN_MESSAGE:
            raise PlaceGoneError(code=UNKNOWN_MESSAGE) from error
        raise


@contextmanager
def _slow_is_too_old(ref: str) -> Iterator[None]:
    """Edits of an old message are also refused by asking for a long wait, of which the library
    tells no code."""
    try:
        yield
    except MessengerError as error:
        if error.retry_after_s and utcnow() - snowflake_time(_message_id(ref)) > OLD:
            raise CardGoneError(code=TOO_MANY_OLD_EDITS) from error
        raise


@contextmanager
def _fresh_has_no_card() -> Iterator[None]:
    """A thread that was locked takes neither edits nor fresh messages."""
    try:
        yield
    except CardGoneError as error:
        raise PlaceGoneError(**error.args_of_text) from error


@contextmanager
def _files(card: Card, *, there: bool = False) -> Iterator[list[File] | None]:
    """Open, what is to be attached; None: what is `there` already. Closed at the end, which the
    library sees to only where it comes to send them."""
    files = None if there else [_named(card, path) for path in _paths(card)]
    try:
        yield files
    finally:
        for file in files or ():
            file.close()


def _paths(card: Card) -> list[Path]:
    if card.clip is not None:
        return [card.clip.path, *([card.clip.companion] if card.clip.companion else [])]
    # a picture may have gone with its job in this moment, and is missed by nobody
    return [card.picture] if card.picture is not None and card.picture.is_file() else []


def _named(card: Card, path: Path) -> File:
    """Under a name of our own, whatever the file's is."""
    return File(path, filename=f"sketchlife-{card.job_id}{path.suffix}")


def _state(path: Path) -> tuple[Path, int]:
    try:
        return path, path.stat().st_mtime_ns
    except OSError:
        return path, 0
