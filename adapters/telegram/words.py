"""A card's words as Telegram takes them: plain text with marks beside it, cut to its limits.

There is no markup in the text, so nothing that a person wrote can become any. Telegram counts in
UTF-16 code units, where an emoji is two.
"""

from __future__ import annotations

from dataclasses import dataclass

from telegram import MessageEntity

from bot.card import Card
from bot.clip import Progress

CAPTION, TEXT = 1024, 4096  # the most that a caption and a message hold
BAR = 20
MORE = "…"


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    marks: tuple[MessageEntity, ...] = ()


def words_of(card: Card, limit: int) -> Words:
    """The title in bold, a bar while it runs, its lines."""
    title = cut(card.title, limit)
    bar = [_bar(card.progress)] if card.progress else []
    text = _joined([title, *bar, *card.lines], limit)
    return Words(text, (MessageEntity(MessageEntity.BOLD, 0, units(title)),) if title else ())


def cut(text: str, limit: int) -> str:
    """At a gap between words where there is one, with a sign that there was more."""
    if units(text) <= limit:
        return text
    kept = text.encode("utf-16-le")[: 2 * (limit - units(MORE))].decode("utf-16-le", "ignore")
    head, gap, _ = kept.rpartition(" ")
    return (head if gap and 2 * len(head) > len(kept) else kept).rstrip() + MORE


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _joined(lines: list[str], limit: int) -> str:
    """The first lines stay: the last ones say the least."""
    whole = "\n".join(lines)
    if units(whole) <= limit:
        return whole
    kept = lines[0]
    for line in lines[1:]:
        if units(f"{kept}\n{line}\n{MORE}") > limit:
            room = limit - units(f"{kept}\n")
            return f"{kept}\n{cut(line, room)}" if room > BAR else kept
        kept = f"{kept}\n{line}"
    return kept


def _bar(progress: Progress) -> str:
    done = BAR * progress.step // max(progress.of, 1)
    return f"{'█' * done}{'░' * (BAR - done)} {progress.step}/{progress.of}"
