"""Links by which people sign in to the page."""

from __future__ import annotations

from datetime import timedelta
from typing import TextIO

from adapters.media.instance import make_folder
from adapters.web.seal import load_seal
from adapters.web.visitors import invitation
from bot.app.chats import web_access
from bot.clock import SystemClock
from bot.settings import Settings
from bot.texts import Texts


def run_invite(settings: Settings, name: str, operator: bool, days: int, out: TextIO) -> None:
    """A link by which somebody signs in to the page. Raises `SettingsError`."""
    make_folder(settings.data_dir)
    until = SystemClock().now() + timedelta(days=days)
    link = invitation(load_seal(settings.data_dir), name, operator, until)
    said = Texts(settings.language).say("web-invitation", name=name, days=days)
    out.write(f"{said}\n{web_access(settings).address}{link}\n")
