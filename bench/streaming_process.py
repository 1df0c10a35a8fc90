"""The bot with its page, for `bench.streaming`: it notes when each card changed.

    python -m bench.streaming_process NOTES

Settings come from the environment as for any bot. Its renderer begins once FAKE_GATE exists.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from unittest.mock import patch

from adapters.web.frontend import WebFrontend
from adapters.web.messenger import WebMessenger
from bot.app import running
from bot.app.chats import page_of
from bot.card import Card, CardState
from bot.clip import RenderOrder
from bot.log import set_up_logging
from bot.origin import Origin
from bot.settings import Settings, read_settings
from engine.role import Cancelled, Report
from tests.fakes.roles import SlowPreview, wait_for_gate

ROLES = {
    "eyes": "tests.fakes.roles:InstantEyes",
    "preview": "bench.streaming_process:WaitingPreview",
}
END = "end"


class WaitingPreview(SlowPreview):
    """Has its steps before it until everybody looks."""

    def render(self, order: RenderOrder, report: Report, cancelled: Cancelled) -> None:
        wait_for_gate()
        super().render(order, report, cancelled)


class NotingMessenger(WebMessenger):
    """A line for each change: its step, or that it was the last, and when."""

    def __init__(self, notes: Path) -> None:
        super().__init__()
        self._notes = notes.open("a", buffering=1)

    async def edit(self, origin: Origin, ref: str, card: Card) -> None:
        if card.progress is not None or card.state is CardState.DONE:
            note(self._notes, card.progress.step if card.progress else END)
        await super().edit(origin, ref, card)


def note(notes: object, what: object) -> None:
    print(what, time.perf_counter(), file=notes)  # type: ignore[call-overload]


def main() -> None:
    settings = read_settings(env_file=None)
    set_up_logging(format="json", level=settings.log_level, secrets=settings.secrets)

    def noting_page(settings: Settings) -> WebFrontend:
        page = page_of(settings)
        page.messenger = NotingMessenger(Path(sys.argv[1]))
        return page

    with patch.object(running, "page_of", noting_page):
        asyncio.run(running.run_bot(settings, roles=ROLES))


if __name__ == "__main__":
    main()
