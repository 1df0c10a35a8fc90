"""Every button of a card into the service, whoever pressed it: the core says who may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from telegram import CallbackQuery
from telegram.error import BadRequest

from adapters.telegram.addresses import Ref
from adapters.telegram.callback_data import Tap, read
from adapters.telegram.client import Client
from adapters.telegram.commands import Commands
from adapters.telegram.errors import BAD_PICTURE, says
from adapters.telegram.keyboard import keyboard, keyboard_of
from adapters.telegram.media import Media, as_document
from adapters.telegram.origins import from_tap
from adapters.telegram.people import People
from adapters.telegram.replies import Replies
from adapters.telegram.toast import Toast
from adapters.telegram.tweaking import Tweaking
from adapters.telegram.words import TEXT, words_of
from bot.card import Action, Button, Card, CardState
from bot.clip import Drawing
from bot.errors import JobGoneError, NotAllowedError
from bot.origin import Origin
from bot.reports import Decision
from bot.request import ClipFormat
from bot.service import Service
from bot.texts import Texts

T = TypeVar("T")
Verb = Callable[[str, Origin], Awaitable[object]]

DRAWINGS = {Action.CURVE: Drawing.CURVES_PNG, Action.KEY_FRAMES: Drawing.KEY_FRAMES}
DECISIONS = {Action(each.value): each for each in Decision}
AUTHORS = frozenset({Action.ALLOW, Action.DENY, Action.NEVER})
ANSWERS = AUTHORS | {Action.GO_ON, Action.CROP, Action.CHANGE, Action.CONSENT}


class Taps:
    def __init__(
        self,
        service: Service,
        *,
        client: Client,
        commands: Commands,
        replies: Replies,
        people: People,
    ) -> None:
        self._service = service
        self._commands = commands
        self._client = client
        self._replies = replies
        self._people = people
        self._tweaking = Tweaking(service, client, replies)
        clips, gallery = service.clips, service.gallery
        # what they do shows on the card itself
        self._quiet: Mapping[Action, Verb] = {
            Action.CANCEL: service.cancel,
            Action.PREVIEW: service.preview_instead,
            Action.SHARE: gallery.share,
            Action.UNSHARE: gallery.unshare,
            Action.DELETE: clips.delete,
            Action.UNDELETE: clips.undelete,
        }
        # twice would be something else than once
        self._once: Mapping[Action, Callable[[str, Origin], Awaitable[object]]] = {
            Action.AGAIN: clips.again,
            Action.LOOP: clips.loop,
            Action.GENTLE: clips.gentle,
            Action.STAR: gallery.star,
        }

    async def press(self, query: CallbackQuery, settle: Callable[[], Awaitable[None]]) -> None:
        """`settle` writes down that the press is handled: before what may not be done twice, since
        a press that a crash swallows is simply pressed again."""
        if query.message is None:
            return  # of a message that is not ours: we send none through others
        person = await self._people.in_language(from_tap(query))
        toast = Toast(self._client, query, self._replies, person.locale)
        tap, data = read(query.data or ""), query.data or ""
        async with toast.answering(data):
            if data.startswith("/"):
                await self._commands.tap(query)
            if tap is None:
                return
            person = await self._people.with_rights(person)
            if tap.action in self._once or "go" in tap.changes:
                await settle()
            await self._as_whoever_may(person, lambda whoever: self._do(query, tap, whoever, toast))

    async def _as_whoever_may(
        self, person: Origin, act: Callable[[Origin], Awaitable[None]]
    ) -> None:
        """What an anonymous admin asked for is every admin's to go on with: a tap tells who
        pressed, and a message only the group's own name."""
        try:
            await act(person)
        except NotAllowedError:
            if person.private or not person.rights.moderator:
                raise
            await act(replace(person, person=person.community))

    async def _do(self, query: CallbackQuery, tap: Tap, person: Origin, toast: Toast) -> None:
        action = tap.action
        if action in self._once:
            await self._ask_back(query, await self._once[action](tap.job_id, person))
        elif action in ANSWERS:
            await self._answer(query, tap, person)
        elif action is Action.TWEAK:
            await self._ask_back(query, await self._tweaking.tap(query, tap, person))
        elif action is Action.FORMATS and not tap.changes:
            await self._offer_formats(query, tap.job_id, person.locale)
        elif action in DRAWINGS or action is Action.FORMATS:
            await toast.work()
            await self._hand_over(query, tap, person)
        elif action is Action.REPORT:
            await self._service.moderation.report(tap.job_id, person)
            await toast.say(Texts(person.locale).say("telegram-reported"))
        elif action is Action.WEB:
            shown = tap.changes.get("web") == "on"
            await self._service.gallery.show_on_web(tap.job_id, person, shown)
        elif action in DECISIONS:
            await self._service.moderation.decide(tap.job_id, person, DECISIONS[action])
        elif action in self._quiet:
            await self._quiet[action](tap.job_id, person)

    async def _ask_back(self, query: CallbackQuery, came_of_it: object) -> None:
        """A card stands where it belongs already, unless it is a question."""
        if isinstance(came_of_it, Card) and came_of_it.state is CardState.REFUSED:
            assert query.message is not None
            await self._replies.show(query.message, came_of_it)

    async def _answer(self, query: CallbackQuery, tap: Tap, person: Origin) -> None:
        """The question makes way for what came of it, unless its message is a card itself."""
        card = await self._service.answer(tap.job_id, person, tap.action, tap.changes)
        assert query.message is not None
        here = Ref(query.message.chat.id, query.message.message_id)
        if tap.action in AUTHORS or card.state is CardState.ASKING:
            return
        if card.state is CardState.REFUSED:
            words = words_of(card, TEXT)
            await self._client.edit_message_text(
                words.text,
                here.chat,
                here.message,
                entities=words.marks,
                reply_markup=keyboard_of(card),
            )
        elif not await self._is_card(here, card.job_id):
            await self._client.delete_message(here.chat, here.message)

    async def _is_card(self, here: Ref, job_id: str) -> bool:
        try:
            job, _ = await self._service.status(job_id)
        except JobGoneError:
            return False
        return job.card == str(here)

    async def _offer_formats(self, query: CallbackQuery, job_id: str, locale: str) -> None:
        assert query.message is not None
        buttons = [Button(Action.FORMATS, one.value, {"format": one.value}) for one in ClipFormat]
        text = Texts(locale).say("telegram-which-format")
        await self._replies.say(query.message, text, keyboard=keyboard(job_id, buttons))

    async def _hand_over(self, query: CallbackQuery, tap: Tap, person: Origin) -> None:
        assert query.message is not None
        name = f"sketchlife-{tap.job_id}"
        if tap.action in DRAWINGS:
            drawing = DRAWINGS[tap.action]
            path = await self._service.clips.drawing_of(tap.job_id, person, drawing)
            await self._show_picture(query, path, f"{name}-{path.name}")
            return
        clip_format = ClipFormat(tap.changes.get("format", ""))
        file = await self._service.clips.file_of(tap.job_id, person, clip_format)
        for path in (file.path, *([file.companion] if file.companion else [])):
            # as a file, since what plays in the chat Telegram makes into a video of its own
            await self._replies.hand_over(query.message, as_document(path, f"{name}{path.suffix}"))

    async def _show_picture(self, query: CallbackQuery, path: Path, name: str) -> None:
        """As a file where it is too long for a photo."""
        assert query.message is not None
        file = as_document(path, name)
        try:
            await self._replies.hand_over(query.message, Media("photo", file.content, name))
        except BadRequest as error:
            if not says(error, BAD_PICTURE):
                raise
            await self._replies.hand_over(query.message, file)
