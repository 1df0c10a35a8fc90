"""The folder for what is made for one person alone: their export, their charts."""

from __future__ import annotations

import hashlib


def own_folder(owner: str) -> str:
    """Its id in the media store: always the same, so that being forgotten finds it, and without
    a row, so that it goes after a day as every such folder does (see `bot.people.keeper`)."""
    return "own" + hashlib.sha256(owner.encode()).hexdigest()[:22]
