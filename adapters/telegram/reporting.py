"""The button "Report": what is wrong is asked first, as on the other platforms."""

from __future__ import annotations

from adapters.telegram.keyboard import keyboard
from adapters.telegram.press import Press, allowed, take_away
from adapters.telegram.replies import Replies
from bot.card import Action, Button
from bot.origin import Origin
from bot.service import Service
from bot.texts import Texts

REASONS = ("consent", "copied", "harmful", "other")
WHY, CLOSE = "why", "x"  # what a button of the menu carries


class Reporting:
    def __init__(self, service: Service, replies: Replies) -> None:
        self._service = service
        self._replies = replies

    async def report(self, press: Press, person: Origin) -> None:
        """Whoever picks a reason reports the clip, also in a menu that somebody else opened."""
        if press.tap.changes.get(CLOSE):
            await take_away(self._replies, press)
            return
        job = await allowed(self._service, press, person)
        texts = Texts(person.locale)
        if (reason := press.tap.changes.get(WHY)) in REASONS:
            said = texts.say(f"telegram-report-{reason}")
            await self._service.moderation.report(job.id, person, said)
            await press.toast.say(texts.say("telegram-reported"))
            await take_away(self._replies, press)
        else:
            await self._ask(press, texts)

    async def _ask(self, press: Press, texts: Texts) -> None:
        buttons = [
            Button(Action.REPORT, texts.say(f"telegram-report-{reason}"), {WHY: reason})
            for reason in REASONS
        ]
        buttons.append(Button(Action.REPORT, texts.say("telegram-menu-close"), {CLOSE: "1"}))
        await self._replies.say(
            press.message,
            texts.say("telegram-report-why"),
            keyboard=keyboard(press.tap.job_id, buttons),
        )
