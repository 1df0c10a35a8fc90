"""Every button of a card into the service, whoever pressed it: the core says who may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from discord import Interaction

from adapters.discord.answers import Whisper, answering, on_its_way
from adapters.discord.asked import chosen_locale, who_asks
from adapters.discord.button import view_of, view_with
from adapters.discord.custom_id import Press
from adapters.discord.forms import ReportForm, TweakForm
from adapters.discord.intake import ASKS, Intake
from adapters.discord.markup import card_text, escaped
from adapters.discord.origins import from_interaction
from bot.actions import require
from bot.card import Action, Button, Card
from bot.clip import Drawing
from bot.job import Job
from bot.origin import Origin
from bot.reports import Decision
from bot.request import ClipFormat
from bot.service import Service
from bot.texts import Texts

DRAWINGS = {Action.CURVE: Drawing.CURVES_PNG, Action.KEY_FRAMES: Drawing.KEY_FRAMES}
DECISIONS = {Action(each.value): each for each in Decision}
AUTHORS = frozenset({Action.ALLOW, Action.DENY, Action.NEVER})
ANSWERS = AUTHORS | {Action.GO_ON, Action.CROP, Action.CHANGE, Action.CONSENT}

Verb = Callable[[str, Origin], Awaitable[object]]


class Presses:
    def __init__(self, service: Service, intake: Intake) -> None:
        self._service = service
        self._intake = intake
        clips, gallery = service.clips, service.gallery
        # what they do shows on the card itself
        self._quiet: Mapping[Action, Verb] = {
            Action.CANCEL: service.cancel,
            Action.PREVIEW: service.preview_instead,
            Action.SHARE: gallery.share,
            Action.UNSHARE: gallery.unshare,
            Action.STAR: gallery.star,
            Action.DELETE: clips.delete,
            Action.UNDELETE: clips.undelete,
        }
        self._renders: Mapping[Action, Callable[[str, Origin], Awaitable[Card]]] = {
            Action.AGAIN: clips.again,
            Action.LOOP: clips.loop,
            Action.GENTLE: clips.gentle,
        }

    async def press(self, interaction: Interaction[Any], press: Press) -> None:
        answer = Whisper(interaction)
        async with answering(answer, press.action.value):
            await self._do(interaction, press, answer)

    async def _do(self, interaction: Interaction[Any], press: Press, answer: Whisper) -> None:
        person, action = await who_asks(interaction), press.action
        answer.locale = await chosen_locale(self._service, person)
        if action in self._renders:
            await answer.think()
            card = await self._renders[action](press.job_id, person)
            await self._intake.tell(card, person, answer)
        elif action in ANSWERS:
            await self._answer(interaction, press, person)
        elif action is Action.TWEAK:
            await self._open_tweak(interaction, press.job_id, answer.locale)
        elif action is Action.REPORT:
            await self._open_report(interaction, press.job_id, answer.locale)
        elif action is Action.FORMATS and not press.changes:
            await answer.say(
                escaped(Texts(answer.locale).say("discord-which-format")),
                view_with(press.job_id, _format_buttons()),
            )
        elif action in DRAWINGS or action is Action.FORMATS:
            await answer.think()
            await answer.hand_over(await self._files(press, person))
        else:
            await interaction.response.defer()
            await self._quietly(press, person)

    async def _quietly(self, press: Press, person: Origin) -> None:
        if press.action is Action.WEB:
            shown = press.changes.get("web") == "on"
            await self._service.gallery.show_on_web(press.job_id, person, shown)
        elif press.action in DECISIONS:
            await self._service.moderation.decide(press.job_id, person, DECISIONS[press.action])
        else:
            await self._quiet[press.action](press.job_id, person)

    async def _answer(self, interaction: Interaction[Any], press: Press, person: Origin) -> None:
        """The question makes way for what came of it, unless it is told where it stands: then
        its message is a card of the core's."""
        await interaction.response.defer()
        card = await self._service.answer(press.job_id, person, press.action, press.changes)
        asked = interaction.message
        if asked is None or press.action in AUTHORS:
            return
        link = None if card.state in ASKS else await self._intake.link_of(card, person)
        if link is None:
            await interaction.edit_original_response(content=card_text(card), view=view_of(card))
        elif not link.endswith(f"/{asked.id}"):
            said = on_its_way(link, str(interaction.locale))
            await interaction.edit_original_response(content=said, view=None)

    async def _files(self, press: Press, person: Origin) -> list[Path]:
        if press.action in DRAWINGS:
            drawing = DRAWINGS[press.action]
            return [await self._service.clips.drawing_of(press.job_id, person, drawing)]
        clip_format = ClipFormat(press.changes.get("format", ""))
        file = await self._service.clips.file_of(press.job_id, person, clip_format)
        return [file.path, *([file.companion] if file.companion else [])]

    async def _open_tweak(self, interaction: Interaction[Any], job_id: str, locale: str) -> None:
        async def then(answer: Whisper, sent: Interaction[Any], changes: Mapping[str, str]) -> None:
            person = await who_asks(sent)
            card = await self._service.clips.tweak(job_id, person, changes)
            await self._intake.tell(card, person, answer)

        job = await self._allowed(Action.TWEAK, job_id, interaction)
        await interaction.response.send_modal(TweakForm(job, locale, then))

    async def _open_report(self, interaction: Interaction[Any], job_id: str, locale: str) -> None:
        async def then(answer: Whisper, sent: Interaction[Any], reason: str) -> None:
            await self._service.moderation.report(job_id, from_interaction(sent), reason)
            await answer.say(escaped(Texts(locale).say("discord-reported")))

        await self._allowed(Action.REPORT, job_id, interaction)
        await interaction.response.send_modal(ReportForm(locale, then))

    async def _allowed(self, action: Action, job_id: str, interaction: Interaction[Any]) -> Job:
        """Before a form is shown: it tells what the clip was made with, and nobody fills one in
        for nothing. Raises `NotAllowedError`, `JobGoneError`."""
        job, _ = await self._service.status(job_id)
        require(action, job, None, from_interaction(interaction))
        return job


def _format_buttons() -> tuple[Button, ...]:
    return tuple(Button(Action.FORMATS, each.value, {"format": each.value}) for each in ClipFormat)
