"""Links into the bot: what stands behind `?start=`, letters, digits, - and _, at most 64."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

PRESET_LINK = "preset_"


def preset_link(name: str) -> str:
    return PRESET_LINK + urlsafe_b64encode(name.encode()).decode().rstrip("=")


def preset_of(started: str) -> str | None:
    """The preset's name; what is no code of ours is taken for the name itself."""
    if not started.startswith(PRESET_LINK):
        return None
    coded = started.removeprefix(PRESET_LINK)
    try:
        name = urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
    except (binascii.Error, ValueError):
        return coded
    return name if name.isprintable() else coded
