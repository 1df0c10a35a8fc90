"""Every button of a card into the service, whoever pressed it: the core says who may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from discord import Interaction

from adapters.discord.answers import Whisper, answering, on_its_way
from adapters.discord.asked import Asked, asked, chosen_locale, make_way, who_asks
from adapters.discord.button import view_of, view_with
from adapters.discord.cost import Costs
from adapters.discord.custom_id import Press
from adapters.discord.forms import filled_in, press_of, report_form, tweak_form, tweaks_of
from adapters.discord.intake import ASKS, Intake
from adapters.discord.markup import card_text, escaped
from adapters.discord.permissions import require_of_interaction
from bot.asking.option_words import value_in
from bot.card import Action, Button, Card
from bot.clip import Drawing
from bot.clips.actions import require
from bot.clips.slips import Slips
from bot.job import Job
from bot.origin import Origin
from bot.reports import Decision
from bot.request import ClipFormat
from bot.service import Service
from bot.texts import Texts

FORMATS = {each.value: each for each in ClipFormat}
DRAWINGS = {Action.CURVE: Drawing.CURVES_PNG, Action.KEY_FRAMES: Drawing.KEY_FRAMES}
FILES = DRAWINGS.keys() | {Action.FORMATS}
DECISIONS = {Action(each.value): each for each in Decision}
NOES = frozenset({Action.DENY, Action.NEVER})
AUTHORS = NOES | {Action.ALLOW}
ANSWERS = AUTHORS | {Action.GO_ON, Action.CROP, Action.CHANGE, Action.CONSENT}
FORMS = frozenset({Action.TWEAK, Action.REPORT})  # a form can't be shown once it is acknowledged

Tap = Interaction[Any]
Handler = Callable[[Tap, Press, Asked], Awaitable[None]]


class Presses:
    def __init__(self, service: Service, intake: Intake) -> None:
        self._service = service
        self._intake = intake
        self._slips = Slips()
        clips, gallery = service.clips, service.gallery
        self._renders: Mapping[Action, Callable[[str, Origin], Awaitable[Card]]] = {
            Action.AGAIN: clips.again,
            Action.LOOP: clips.loop,
            Action.GENTLE: clips.gentle,
        }
        # what these do shows on the card itself
        self._verbs: Mapping[Action, Callable[[str, Origin], Awaitable[object]]] = {
            Action.CANCEL: service.cancel,
            Action.PREVIEW: service.preview_instead,
            Action.SHARE: gallery.share,
            Action.UNSHARE: gallery.unshare,
            Action.STAR: gallery.star,
            Action.DELETE: clips.delete,
            Action.UNDELETE: clips.undelete,
        }
        self._handlers: Mapping[Action, Handler] = {
            **dict.fromkeys(self._renders, self._render),
            **dict.fromkeys(self._verbs, self._quietly),
            **dict.fromkeys(DECISIONS, self._decide),
            **dict.fromkeys(ANSWERS, self._answer),
            **dict.fromkeys(DRAWINGS, self._draw),
            Action.FORMATS: self._formats,
            Action.WEB: self._show_on_web,
            Action.TWEAK: self._open_tweak,
            Action.REPORT: self._open_report,
        }
        self._forms: Mapping[Action, Handler] = {  # what was sent with them
            Action.TWEAK: self._tweak,
            Action.REPORT: self._report,
        }

    def _is_slip(self, interaction: Tap, press: Press) -> bool:
        message = interaction.message.id if interaction.message is not None else 0
        pressed = (interaction.user.id, message, press.custom_id)
        return self._slips.is_one(pressed, interaction.created_at)

    async def press(self, interaction: Tap, press: Press) -> None:
        answer = Whisper(interaction)
        slipped = press.action in self._renders and self._is_slip(interaction, press)
        async with answering(answer, press.action.value):
            if slipped:
                await interaction.response.defer()
                return
            await self._acknowledge(interaction, press, answer)
            person = await who_asks(interaction)
            answer.locale = await chosen_locale(self._service, person)
            heard = Asked(answer, person, Texts(answer.locale))
            await self._handlers[press.action](interaction, press, heard)

    async def sent(self, interaction: Tap) -> None:
        """A form, which may have been open for an hour."""
        press = press_of(interaction)
        if press is None or press.action not in self._forms:
            return
        what = f"{press.action.value} form"
        async with (
            answering(Whisper(interaction), what),
            asked(interaction, self._service, what) as heard,
        ):
            await self._forms[press.action](interaction, press, heard)

    async def _acknowledge(self, interaction: Tap, press: Press, answer: Whisper) -> None:
        """Before anything that may take longer than Discord waits."""
        if press.action in self._renders or press.action in FILES:
            await answer.think()
        elif press.action not in FORMS:
            await interaction.response.defer()

    async def _render(self, interaction: Tap, press: Press, heard: Asked) -> None:
        await make_way(interaction, heard)
        card = await self._renders[press.action](press.job_id, heard.person)
        await self._intake.tell(card, heard.person, heard.answer)

    async def _quietly(self, interaction: Tap, press: Press, heard: Asked) -> None:
        await self._verbs[press.action](press.job_id, heard.person)

    async def _show_on_web(self, interaction: Tap, press: Press, heard: Asked) -> None:
        shown = press.changes.get("web") == "on"
        await self._service.gallery.show_on_web(press.job_id, heard.person, shown)

    async def _decide(self, interaction: Tap, press: Press, heard: Asked) -> None:
        decision = DECISIONS[press.action]
        await self._service.moderation.decide(press.job_id, heard.person, decision)

    async def _answer(self, interaction: Tap, press: Press, heard: Asked) -> None:
        """The question makes way for what came of it, unless it is told where it stands: then
        its message is a card of the core's."""
        if press.action not in NOES:
            require_of_interaction(interaction)
        card = await self._service.answer(press.job_id, heard.person, press.action, press.changes)
        asked = interaction.message
        if asked is None or press.action in AUTHORS:
            return
        link = None if card.state in ASKS else await self._intake.link_of(card, heard.person)
        if link is None:
            await interaction.edit_original_response(content=card_text(card), view=view_of(card))
        elif not link.endswith(f"/{asked.id}"):
            said = on_its_way(link, heard.answer.locale)
            await interaction.edit_original_response(content=said, view=None)

    async def _draw(self, interaction: Tap, press: Press, heard: Asked) -> None:
        drawing = DRAWINGS[press.action]
        picture = await self._service.clips.drawing_of(press.job_id, heard.person, drawing)
        await heard.answer.hand_over([picture])

    async def _formats(self, interaction: Tap, press: Press, heard: Asked) -> None:
        """The button of a card offers them; each of those offered hands one over."""
        clip_format = FORMATS.get(press.changes.get("format", ""))
        if clip_format is None:
            offered = view_with(press.job_id, _format_buttons(heard.answer.locale))
            await heard.answer.say(escaped(heard.texts.say("discord-which-format")), offered)
            return

        async def made(limit_bytes: int) -> list[Path]:
            file = await self._service.clips.file_of(
                press.job_id, heard.person, clip_format, limit_bytes
            )
            return [file.path, *([file.companion] if file.companion else [])]

        await heard.answer.hand_over_fitting(made)

    async def _open_tweak(self, interaction: Tap, press: Press, heard: Asked) -> None:
        job = await self._allowed(press, heard)
        costs = Costs(self._service, heard.person, heard.texts)
        cost = await costs.sentence("discord-cost-as-it-is", job.options)
        await interaction.response.send_modal(tweak_form(job, heard.answer.locale, cost))

    async def _open_report(self, interaction: Tap, press: Press, heard: Asked) -> None:
        job = await self._allowed(press, heard)
        await interaction.response.send_modal(report_form(job, heard.answer.locale))

    async def _allowed(self, press: Press, heard: Asked) -> Job:
        """A form is shown only to whom it is for: it tells what the clip was made with, and nobody
        fills one in for nothing."""
        job, _ = await self._service.status(press.job_id)
        require(press.action, job, None, heard.person)
        return job

    async def _tweak(self, interaction: Tap, press: Press, heard: Asked) -> None:
        job, _ = await self._service.status(press.job_id)
        changes = tweaks_of(job, filled_in(interaction))
        await make_way(interaction, heard)
        card = await self._service.clips.tweak(job.id, heard.person, changes)
        await self._intake.tell(card, heard.person, heard.answer)

    async def _report(self, interaction: Tap, press: Press, heard: Asked) -> None:
        reason = filled_in(interaction)["reason"]
        await self._service.moderation.report(press.job_id, heard.person, reason)
        await heard.answer.say(escaped(heard.texts.say("discord-reported")))


def _format_buttons(locale: str) -> tuple[Button, ...]:
    return tuple(
        Button(Action.FORMATS, value_in(locale, "format", each), {"format": each.value})
        for each in ClipFormat
    )
