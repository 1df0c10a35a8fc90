"""The names of people as they may stand in a sentence."""

from __future__ import annotations

import re
import unicodedata

from bot.errors import RequestError

ACROSS_PLATFORMS = re.compile(r"[a-z][a-z0-9-]*:\S{1,100}")  # discord:42
LONGEST = 40  # characters; no platform of ours shows many more beside a message


def plain_name(name: str) -> str:
    """On one line and of a name's length, without marks that can't be seen: some of them turn the
    writing of all that follows. What a platform reads as markup is for its adapter to escape."""
    seen = "".join(" " if char.isspace() else char for char in name if not _is_invisible(char))
    short = " ".join(seen.split())
    return short if len(short) <= LONGEST else short[: LONGEST - 1].rstrip() + "…"


def checked_owner(name: str) -> str:
    """A person or a place by the name that holds across platforms (see `bot.origin`). Raises
    `RequestError` for what can be nobody's."""
    if not ACROSS_PLATFORMS.fullmatch(name):
        raise RequestError("census-name", name=name[:LONGEST])
    return name


def _is_invisible(char: str) -> bool:
    """Controls and formats, except the space that a line break or a tab leaves behind."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") and not char.isspace()
