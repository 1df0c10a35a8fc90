"""A bot of its own process that takes a server on loopback for Discord, for tests that kill it.

    python -m tests.journeys.discord_process SERVER_URL ROLE=PATH...

Settings, the token among them, come from the environment as for any bot.
"""

from __future__ import annotations

import asyncio
import sys
from unittest.mock import patch

from adapters.discord.client import Terms
from adapters.discord.frontend import DiscordFrontend
from adapters.discord.line import Line
from adapters.discord.uploads import Downloads
from bot.app import running
from bot.clock import SystemClock
from bot.log import set_up_logging
from bot.settings import read_settings
from tests.fakes.discord.server import called_instead_of_discord


def loopback_frontend(token: str) -> DiscordFrontend:
    """As the bot's own, but for where pictures may come from."""
    terms = Terms(downloads=Downloads(hosts=frozenset({"127.0.0.1"})))
    return DiscordFrontend(Line(token), SystemClock(), terms)


def main() -> None:
    settings = read_settings(env_file=None)
    set_up_logging(format="json", level=settings.log_level, secrets=settings.secrets)
    roles = dict(pair.split("=", 1) for pair in sys.argv[2:])
    assert settings.discord_token is not None
    chats = [loopback_frontend(settings.discord_token.get_secret_value())]
    with (
        called_instead_of_discord(sys.argv[1]),
        patch.object(running, "frontends_of", lambda *_: chats),
    ):
        asyncio.run(running.run_bot(settings, roles=roles))


if __name__ == "__main__":
    main()
