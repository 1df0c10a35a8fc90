"""What is said of a picture that waits for an answer: by who sent it, or by whoever drew it, with
the place reading along."""

from __future__ import annotations

from bot.card import Action, Button, Card, CardState
from bot.cards.wording import button_of
from bot.question import Question
from bot.texts import Texts

SAID = {Action.DENY: "author-denied", Action.NEVER: "author-denied-for-good"}


def senders_card(question: Question) -> Card:
    """For who sent it, in their own language: nobody else sees it. What they are asked, or that
    somebody else is."""
    locale = question.origin.locale
    texts = Texts(locale)
    if question.answers:
        lines = (texts.say("author-asked", **names_in(question)),)
        return _card(question, locale, CardState.ASKING, "asked", lines)
    lines = (texts.say(question.asks, **question.args),)
    return _card(question, locale, CardState.REFUSED, "refused", lines, _ways(question, texts))


def asking_card(question: Question) -> Card:
    """For the author, in the place's language."""
    texts = Texts(question.origin.place_locale)
    lines = (texts.say("ask-author", **names_in(question)), texts.say("ask-author-why"))
    return _public(question, CardState.ASKING, "asking", lines, _ways(question, texts))


def denied_card(question: Question, action: Action) -> Card:
    """As the next one it names nobody: it stays where it is, also for who is to be forgotten."""
    lines = (Texts(question.origin.place_locale).say(SAID[action]),)
    return _public(question, CardState.REFUSED, "denied", lines)


def withdrawn_card(question: Question) -> Card:
    lines = (Texts(question.origin.place_locale).say("author-not-needed"),)
    return _public(question, CardState.CANCELLED, "cancelled", lines)


def agreed_card(question: Question) -> Card:
    """The author said yes, and the queue has no room for it: who asked can come back to it."""
    texts = Texts(question.origin.place_locale)
    lines = (
        texts.say("author-agreed", **names_in(question)),
        texts.say(question.asks, **question.args),
    )
    return _public(question, CardState.REFUSED, "agreed", lines, _ways(question, texts))


def names_in(question: Question) -> dict[str, str]:
    origin = question.origin
    return {
        "author": origin.author_name or origin.author,
        "person": origin.person_name or origin.person,
    }


def _ways(question: Question, texts: Texts) -> tuple[Button, ...]:
    return tuple(button_of(texts, way) for way in question.ways_out)


def _public(
    question: Question,
    state: CardState,
    title: str,
    lines: tuple[str, ...],
    buttons: tuple[Button, ...] = (),
) -> Card:
    return _card(question, question.origin.place_locale, state, title, lines, buttons)


def _card(
    question: Question,
    locale: str,
    state: CardState,
    title: str,
    lines: tuple[str, ...],
    buttons: tuple[Button, ...] = (),
) -> Card:
    return Card(
        job_id=question.id,
        state=state,
        locale=locale,
        title=Texts(locale).say(f"card-title-{title}"),
        lines=lines,
        buttons=buttons,
    )
