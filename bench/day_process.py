"""The bot of `bench.day`, on three platforms at once, in a process that can be killed.

    python -m bench.day_process DISCORD_URL

Settings, tokens among them, come from the environment as for any bot.
"""

from __future__ import annotations

import asyncio
import sys
from unittest.mock import patch

from adapters.db.database import Database
from bot.app import running
from bot.app.chats import frontends_of
from bot.frontends import Frontend
from bot.log import set_up_logging
from bot.settings import Settings, read_settings
from tests.fakes.discord.server import called_instead_of_discord
from tests.journeys.discord_process import loopback_frontend

ROLES = {"eyes": "bench.day_roles:DayEyes", "preview": "bench.day_roles:DayPreview"}


def main() -> None:
    settings = read_settings(env_file=None)
    set_up_logging(format="json", level=settings.log_level, secrets=settings.secrets)
    assert settings.discord_token is not None
    on_discord = loopback_frontend(settings.discord_token.get_secret_value())

    def on_loopback(settings: Settings, database: Database) -> list[Frontend]:
        others = settings.model_copy(update={"discord_token": None})
        return [on_discord, *frontends_of(others, database)]

    with (
        called_instead_of_discord(sys.argv[1]),
        patch.object(running, "frontends_of", on_loopback),
    ):
        asyncio.run(running.run_bot(settings, roles=ROLES))


if __name__ == "__main__":
    main()
