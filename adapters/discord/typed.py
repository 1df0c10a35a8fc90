"""Settings as people type them, from what they filled in, and to be offered again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.asking.option_words import NAMES
from bot.asking.options import SPACED

SWITCH = {True: "on", False: "off"}


def chosen(filled_in: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """Of the options of a command, those that are settings."""
    return {name: _typed(value) for name, value in filled_in if name in NAMES}


def as_typed(options: Mapping[str, str]) -> str:
    return " ".join(
        f'{name}:"{value}"' if name in SPACED else f"{name}:{value}"
        for name, value in options.items()
    )


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return SWITCH[value]
    return f"{value:g}" if isinstance(value, float) else str(value)
