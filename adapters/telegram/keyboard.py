"""A card's buttons as an inline keyboard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MaybeInaccessibleMessage,
    Message,
)

from adapters.telegram import callback_data
from bot.card import Button, Card

ROW_LETTERS = 30  # what a narrow phone shows in one row without cutting
ROW_BUTTONS = 3


def keyboard_of(card: Card) -> InlineKeyboardMarkup | None:
    """None where there are no buttons, which also takes away those of before."""
    return keyboard(card.job_id, card.buttons) if card.buttons else None


def keyboard(job_id: str, buttons: Iterable[Button]) -> InlineKeyboardMarkup:
    shown = [
        InlineKeyboardButton(
            one.label, callback_data=callback_data.write(one.action, job_id, one.changes)
        )
        for one in buttons
    ]
    return InlineKeyboardMarkup(list(rows(shown)))


def data_on(message: MaybeInaccessibleMessage) -> list[str]:
    """What its buttons carry, as far as Telegram tells: nobody else is asked, since a client of
    somebody's own making may press on any message what stands on none."""
    markup = message.reply_markup if isinstance(message, Message) else None
    buttons = (button for row in markup.inline_keyboard for button in row) if markup else ()
    return [button.callback_data for button in buttons if isinstance(button.callback_data, str)]


def rows(buttons: Sequence[InlineKeyboardButton]) -> Iterator[list[InlineKeyboardButton]]:
    """As many side by side as can be read."""
    row: list[InlineKeyboardButton] = []
    for button in buttons:
        letters = sum(_width(one.text) for one in (*row, button))
        if row and (len(row) == ROW_BUTTONS or letters > ROW_LETTERS):
            yield row
            row = []
        row.append(button)
    if row:
        yield row


def _width(label: str) -> int:
    """Chinese letters take twice the room."""
    return sum(1 if letter.isascii() else 2 for letter in label)
