"""Who sits at the terminal, under all the names that they have here."""

from __future__ import annotations

import getpass
import os

from bot.origin import Origin

TERMINAL = "terminal"


def login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user id without a name
        return f"uid{os.getuid()}"


def oneself(locale: str) -> Origin:
    """Whoever the running command is a platform of, presets are kept under this name."""
    return Origin(platform=TERMINAL, place="", person=login(), locale=locale, place_locale=locale)


def owners(person: str, slots: int) -> list[str]:
    """Each running command is a platform of its own (see `TerminalMessenger`), so that what one
    person did here is spread over as many owners as can run at once."""
    platforms = [TERMINAL, *(f"{TERMINAL}-{number}" for number in range(slots))]
    return [f"{platform}:{person}" for platform in platforms]
