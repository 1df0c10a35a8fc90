"""Cards and their buttons in the words of HTML: what templates ask for."""

from __future__ import annotations

from collections.abc import Iterable

from bot.card import Action, Button, Card, CardState
from bot.cards.endings import RENDERS

DANGEROUS = frozenset({Action.DELETE, Action.CANCEL, Action.REPORT, Action.REMOVE, Action.BLOCK})
FIRST = frozenset(
    {Action.AGAIN, Action.GO_ON, Action.CROP, Action.CHANGE, Action.CONSENT, Action.KEEP}
)
MENDING = frozenset({Action.CROP, Action.CHANGE})
AWAY = frozenset({CardState.DELETED, CardState.HIDDEN, CardState.GONE})


def preview_of(card: Card) -> str:
    """The address of its newest picture; the step is for the browser, which would otherwise show
    the one that it has."""
    if card.picture is None:
        return ""
    step = card.progress.step if card.progress else 0
    return f"/jobs/{card.job_id}/preview/{step}"


def style_of(button: Button, beside: Iterable[Button]) -> str:
    """The class of a button: to go on anyway comes second to what mends it."""
    if button.action in DANGEROUS:
        return "quiet danger"
    if button.action is Action.GO_ON and any(one.action in MENDING for one in beside):
        return "quiet"
    return "" if button.action in FIRST else "quiet"


def is_away(card: Card) -> bool:
    """Nothing of it may be shown."""
    return card.state in AWAY


def renders(button: Button) -> bool:
    """Its label says how long that takes, and wants room."""
    return button.action in RENDERS


LOOKS = {"preview_of": preview_of, "style_of": style_of, "renders": renders}
