"""Pictures from Telegram into the service: one job for each message that holds one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog
from telegram import Message
from telegram.error import TelegramError

from adapters.telegram.contents import Picture
from adapters.telegram.errand import Errand
from adapters.telegram.people import People
from adapters.telegram.recent import Recent
from adapters.telegram.replies import Replies
from adapters.telegram.uploads import Uploads
from bot.asking.options import parse_options
from bot.card import CardState
from bot.errors import PersonError
from bot.origin import Origin
from bot.ports import TipStore
from bot.service import Service
from bot.texts import Texts

log = structlog.get_logger(__name__)

SEND_AS_FILE = "send-as-file"
ALBUMS_PASSED = 200  # of all groups, for as long as their other pictures may take to come


@dataclass(slots=True)
class Album:
    """What its first picture asked for, which holds for all; `refused` with are the sentences
    that were said already."""

    typed: str
    refused: set[str] = field(default_factory=set)

    def is_first(self, key: str) -> bool:
        """One sentence is enough for the whole album."""
        is_first = key not in self.refused
        self.refused.add(key)
        return is_first


@dataclass(frozen=True, slots=True)
class Passed:
    """A picture of an album that nobody had asked for when it came."""

    message: Message
    picture: Picture
    errand: Errand


class Intake:
    def __init__(
        self,
        service: Service,
        *,
        uploads: Uploads,
        replies: Replies,
        people: People,
        tips: TipStore,
    ) -> None:
        self._service = service
        self._uploads = uploads
        self._replies = replies
        self._people = people
        self._tips = tips
        self._albums: Recent[str, Album] = Recent()
        self._passed: Recent[str, list[Passed]] = Recent(ALBUMS_PASSED)

    def album_of(self, message: Message) -> Album | None:
        """Where an earlier picture of it was for us."""
        return self._albums.get(message.media_group_id or "")

    def open_album(self, message: Message, typed: str, errand: Errand) -> Album | None:
        """The one that it belongs to, if any."""
        album = self.album_of(message)
        if album is None and message.media_group_id:
            album = self._albums[message.media_group_id] = Album(typed)
            errand.left = json.dumps([message.media_group_id, typed])
        return album

    def pass_over(self, message: Message, picture: Picture, errand: Errand) -> None:
        """Its album may be for us all the same, as a later picture of it may say. In memory alone:
        nothing is stored of what is not ours."""
        if album := message.media_group_id:
            passed = self._passed.get(album, [])
            self._passed[album] = [*passed, Passed(message, picture, errand)]

    def before(self, message: Message) -> list[Passed]:
        """Those of its album that were passed over, once."""
        return self._passed.pop(message.media_group_id or "", [])

    def recall(self, left: Iterable[str]) -> None:
        """Albums in whose middle the bot was killed."""
        for said in left:
            album, typed = json.loads(said)
            self._albums[album] = Album(typed)

    async def take(
        self, message: Message, picture: Picture, origin: Origin, typed: str, errand: Errand
    ) -> None:
        album = self.open_album(message, typed, errand)
        try:
            await self._submit(message, picture, self._people.as_known(origin), typed, errand)
        except Exception as error:
            key = error.key if isinstance(error, PersonError) else ""
            if album is None or not key or album.is_first(key):
                person = await self._people.recognise(origin)
                await self._replies.say_why(message, error, person.locale, "submit")

    async def _submit(
        self, message: Message, picture: Picture, origin: Origin, typed: str, errand: Errand
    ) -> None:
        job_id = errand.job_id
        if not errand.is_new and await self._service.is_known(job_id):
            log.info("telegram.handled_before", job=job_id)  # a crash kept it from being settled
            return
        options = parse_options(typed)
        origin = await self._people.with_rights(origin)
        async with self._uploads.file_of(picture) as upload:
            card = await self._service.submit(upload, origin, options, job_id=job_id)
        if card.state is CardState.REFUSED:
            await self._replies.show(message, card)
        if picture.is_photo:
            await self._give_tip(message, origin)

    async def _give_tip(self, message: Message, origin: Origin) -> None:
        if await self._tips.is_first(origin.owner, SEND_AS_FILE):
            texts = Texts((await self._people.recognise(origin)).locale)
            try:
                await self._replies.say(message, texts.say("telegram-file-better"))
            except TelegramError as error:
                log.info("telegram.tip_not_given", error=error.message)
