"""Cards as Discord's text: everything in them is escaped, so that whatever a person wrote stays
words and can neither ping, nor break the markdown, nor look like a part of the card."""

from __future__ import annotations

import re

from bot.card import Card

TEXT_LIMIT = 2000  # characters of a message
BAR_WIDTH = 20
CUT = "…"

# turn round what stands behind them, which may be the card's own words
TURNS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
# what begins a style, a link, a mention, a heading, a quote or a spoiler; Discord shows any of
# them as it is behind a backslash
SPECIAL = re.compile(r"[\\*_~|`<>\[\]#@]|(?<=:)/(?=/)|^(?:[-+]|\d+[.)])")


def escaped(text: str) -> str:
    """One line of plain text as markdown that reads the same."""
    return SPECIAL.sub(_escape, " ".join(text.translate(TURNS).split()))


def card_text(card: Card) -> str:
    """The title in bold, the progress as a bar, the lines below it."""
    rows = [f"**{escaped(card.title)}**"]
    if card.progress is not None:
        rows.append(_bar(card.progress.step, card.progress.of))
    rows += [escaped(line) for line in card.lines]
    return cut(rows)


def cut(rows: list[str]) -> str:
    """As many whole rows as a message holds."""
    while len(text := "\n".join(rows)) > TEXT_LIMIT:
        if len(rows) == 1:
            return _without_half_escape(text[: TEXT_LIMIT - 1]) + CUT
        rows = [*rows[:-2], CUT] if rows[-1] == CUT else [*rows[:-1], CUT]
    return text


def _bar(step: int, of: int) -> str:
    done = BAR_WIDTH * step // max(of, 1)
    return "▰" * done + "▱" * (BAR_WIDTH - done)


def _escape(match: re.Match[str]) -> str:
    found = match[0]
    return f"{found[:-1]}\\{found[-1]}"


def _without_half_escape(text: str) -> str:
    slashes = len(text) - len(text.rstrip("\\"))
    return text[:-1] if slashes % 2 else text
