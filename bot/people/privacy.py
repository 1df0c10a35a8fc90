"""What `/privacy` says: what is kept, for how long, and whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.people.keeper import QUESTIONS_KEPT
from bot.texts import Texts

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Privacy:
    """`contact` reaches whoever runs the bot; empty where they did not say."""

    keep: timedelta
    contact: str = ""

    def lines(self, locale: str) -> list[str]:
        """A sentence or two each."""
        texts = Texts(locale)
        if self.contact:
            contact = texts.say("privacy-contact", contact=self.contact)
        else:
            contact = texts.say("privacy-no-contact")
        return [
            texts.say("privacy-files", days=_days(self.keep)),
            texts.say("privacy-deleted"),
            texts.say("privacy-questions", days=_days(QUESTIONS_KEPT)),
            texts.say("privacy-copies", days=_days(self.keep)),
            texts.say("privacy-history"),
            texts.say("privacy-usage"),
            texts.say("privacy-blocks"),
            texts.say("privacy-clips"),
            texts.say("privacy-where"),
            texts.say("privacy-rights"),
            contact,
        ]


def _days(span: timedelta) -> float:
    return round(span / DAY, 1)
