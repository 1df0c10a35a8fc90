"""Every button of a card into the service, whoever pressed it: the core says who may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import structlog
from telegram import CallbackQuery

from adapters.telegram.addresses import Ref
from adapters.telegram.callback_data import read
from adapters.telegram.commands import Commands
from adapters.telegram.files import DRAWINGS, Files
from adapters.telegram.origins import from_tap
from adapters.telegram.people import People
from adapters.telegram.press import Press, take_away
from adapters.telegram.replies import Replies
from adapters.telegram.reporting import Reporting
from adapters.telegram.toast import Toast
from adapters.telegram.tweaking import Tweaking
from adapters.telegram.tweaks import GO
from bot.card import Action, Card, CardState
from bot.clips.slips import Slips
from bot.errors import JobGoneError, NotAllowedError
from bot.origin import Origin
from bot.ports import Clock
from bot.reports import Decision
from bot.service import Service

Handler = Callable[[Press, Origin], Awaitable[None]]

log = structlog.get_logger(__name__)

DECISIONS = {Action(each.value): each for each in Decision}
AUTHORS = frozenset({Action.ALLOW, Action.DENY, Action.NEVER})
ANSWERS = AUTHORS | {Action.GO_ON, Action.CROP, Action.CHANGE, Action.CONSENT}


class Taps:
    def __init__(
        self,
        service: Service,
        *,
        commands: Commands,
        replies: Replies,
        people: People,
        clock: Clock,
    ) -> None:
        self._service = service
        self._clock = clock
        self._slips = Slips()
        self._commands = commands
        self._replies = replies
        self._people = people
        clips, gallery = service.clips, service.gallery
        # what they do shows on the card itself
        self._verbs: Mapping[Action, Callable[[str, Origin], Awaitable[object]]] = {
            Action.CANCEL: service.cancel,
            Action.PREVIEW: service.preview_instead,
            Action.SHARE: gallery.share,
            Action.UNSHARE: gallery.unshare,
            Action.STAR: gallery.star,
            Action.DELETE: clips.delete,
            Action.UNDELETE: clips.undelete,
        }
        self._renders: Mapping[Action, Callable[[str, Origin, str], Awaitable[Card]]] = {
            Action.AGAIN: clips.again,
            Action.LOOP: clips.loop,
            Action.GENTLE: clips.gentle,
        }
        files = Files(service, replies)
        self._handlers: Mapping[Action, Handler] = {
            **dict.fromkeys(self._verbs, self._quietly),
            **dict.fromkeys(self._renders, self._render),
            **dict.fromkeys(DECISIONS, self._decide),
            **dict.fromkeys(ANSWERS, self._answer),
            **dict.fromkeys(DRAWINGS, files.draw),
            Action.FORMATS: files.format,
            Action.TWEAK: Tweaking(service, replies).tap,
            Action.REPORT: Reporting(service, replies).report,
            Action.WEB: self._show_on_web,
        }

    async def press(
        self, query: CallbackQuery, new_id: str, settle: Callable[[], Awaitable[None]]
    ) -> None:
        """`settle` writes down that the press is handled: afterwards, and only of a star before,
        since a second one would take the first back."""
        if query.message is None:
            return  # of a message that is not ours: we send none through others
        person = await self._people.recognise(from_tap(query))
        toast = Toast(query, self._replies, person.locale)
        data = query.data or ""
        async with toast.answering(data):
            if data.startswith("/"):
                await self._commands.tap(query)
            elif tap := read(data):
                person = await self._people.with_rights(person)
                if tap.action is Action.STAR:
                    await settle()
                press = Press(query, tap, new_id, toast)
                if not self._is_slip(press):
                    await self._as_whoever_may(press, person)

    def _is_slip(self, press: Press) -> bool:
        """Telegram does not tell when a button was pressed: by the time that it is heard of."""
        if press.tap.action not in self._renders and not press.tap.changes.get(GO):
            return False
        message, query = press.message, press.query
        pressed = (query.from_user.id, message.chat.id, message.message_id, query.data)
        return self._slips.is_one(pressed, self._clock.now())

    async def _as_whoever_may(self, press: Press, person: Origin) -> None:
        """What an anonymous admin asked for is every admin's to go on with: a tap tells who
        pressed, and a message only the group's own name."""
        handle = self._handlers[press.tap.action]
        try:
            await handle(press, person)
        except NotAllowedError:
            if person.private or not person.rights.moderator:
                raise
            await handle(press, replace(person, person=person.community))

    async def _quietly(self, press: Press, person: Origin) -> None:
        await self._verbs[press.tap.action](press.tap.job_id, person)

    async def _render(self, press: Press, person: Origin) -> None:
        """Its card stands where it belongs already, unless it is a question."""
        if await self._service.is_known(press.new_id):
            log.info("telegram.handled_before", job=press.new_id)
            return
        render = self._renders[press.tap.action]
        card = await render(press.tap.job_id, person, press.new_id)
        if card.state is CardState.REFUSED:
            await self._replies.show(press.message, card)

    async def _show_on_web(self, press: Press, person: Origin) -> None:
        shown = press.tap.changes.get("web") == "on"
        await self._service.gallery.show_on_web(press.tap.job_id, person, shown)

    async def _decide(self, press: Press, person: Origin) -> None:
        decision = DECISIONS[press.tap.action]
        await self._service.moderation.decide(press.tap.job_id, person, decision)

    async def _answer(self, press: Press, person: Origin) -> None:
        """The question makes way for what came of it, unless its message is a card itself."""
        tap = press.tap
        card = await self._service.answer(tap.job_id, person, tap.action, tap.changes)
        if tap.action in AUTHORS or card.state is CardState.ASKING:
            return
        if card.state is CardState.REFUSED:
            say = self._replies.show_instead if press.is_on_message else self._replies.show
            await say(press.message, card)
        elif not await self._is_card(press, card.job_id):
            await take_away(self._replies, press)

    async def _is_card(self, press: Press, job_id: str) -> bool:
        here = Ref(press.message.chat.id, press.message.message_id)
        try:
            job, _ = await self._service.status(job_id)
        except JobGoneError:
            return False
        return job.card == str(here)
