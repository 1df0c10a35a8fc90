"""What is said between who asks for somebody's picture and who drew it; the place reads along."""

from __future__ import annotations

from bot.card import Action, Button, Card, CardState
from bot.cards.wording import button_of
from bot.question import Question
from bot.texts import Texts

SAID = {Action.DENY: "author-denied", Action.NEVER: "author-denied-for-good"}


def asking_card(question: Question) -> Card:
    """For the author, in the place's language."""
    texts = Texts(question.origin.place_locale)
    lines = (texts.say("ask-author", **names_in(question)), texts.say("ask-author-why"))
    buttons = tuple(button_of(texts, way) for way in question.ways_out)
    return _public(question, CardState.ASKING, "asking", lines, buttons)


def asked_card(question: Question) -> Card:
    """For who asked, in their own language: nobody else sees it."""
    locale = question.origin.locale
    texts = Texts(locale)
    return Card(
        job_id=question.id,
        state=CardState.ASKING,
        locale=locale,
        title=texts.say("card-title-asked"),
        lines=(texts.say("author-asked", **names_in(question)),),
    )


def denied_card(question: Question, action: Action) -> Card:
    texts = Texts(question.origin.place_locale)
    lines = (texts.say(SAID[action], **names_in(question)),)
    return _public(question, CardState.REFUSED, "denied", lines)


def withdrawn_card(question: Question) -> Card:
    texts = Texts(question.origin.place_locale)
    lines = (texts.say("author-not-needed", **names_in(question)),)
    return _public(question, CardState.CANCELLED, "cancelled", lines)


def agreed_card(question: Question) -> Card:
    """The author said yes, and the queue has no room for it: who asked can come back to it."""
    texts = Texts(question.origin.place_locale)
    lines = (
        texts.say("author-agreed", **names_in(question)),
        texts.say(question.asks, **question.args),
    )
    buttons = tuple(button_of(texts, way) for way in question.ways_out)
    return _public(question, CardState.REFUSED, "agreed", lines, buttons)


def names_in(question: Question) -> dict[str, str]:
    origin = question.origin
    return {
        "author": origin.author_name or origin.author,
        "person": origin.person_name or origin.person,
    }


def _public(
    question: Question,
    state: CardState,
    title: str,
    lines: tuple[str, ...],
    buttons: tuple[Button, ...] = (),
) -> Card:
    locale = question.origin.place_locale
    return Card(
        job_id=question.id,
        state=state,
        locale=locale,
        title=Texts(locale).say(f"card-title-{title}"),
        lines=lines,
        buttons=buttons,
    )
