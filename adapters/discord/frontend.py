"""Discord from the login to the end: what `bot.app` starts, and what it may not be stopped by."""

from __future__ import annotations

import discord
import structlog
from discord import ApplicationFlags, Intents

from adapters.discord.client import SketchClient, Terms
from adapters.discord.errors import UNREACHABLE
from adapters.discord.health import may_read
from adapters.discord.line import Line, hush_the_library
from adapters.discord.messenger import DiscordMessenger
from bot.errors import SettingsError
from bot.ports import Clock
from bot.service import Service

log = structlog.get_logger(__name__)

# between tries to log in; the last one repeats. Who logs in over 1,000 times a day loses the token
WAITS_S = (1.0, 5.0, 15.0, 60.0, 120.0)


class DiscordFrontend:
    """Its `messenger` is there at once, so that the house can be built around it."""

    def __init__(self, line: Line, clock: Clock, terms: Terms | None = None) -> None:
        hush_the_library()
        self.messenger = DiscordMessenger()
        self._line = line
        self._clock = clock
        self._terms = terms or Terms()

    async def serve(self, service: Service) -> None:
        """Until cancelled: logged in, and again whenever that ends. Raises `SettingsError` for a
        token that Discord doesn't know."""
        tries, refused = 0, False
        while True:
            try:
                asks, refused = not refused, False
                await self._stay(service, asks=asks)
                tries = 0
            except discord.LoginFailure:
                raise SettingsError("discord-token-wrong") from None
            except discord.PrivilegedIntentsRequired:  # whatever the application's flags say
                log.warning("discord.intent_refused", switch="Message Content Intent")
                refused = True
            except (discord.DiscordException, *UNREACHABLE) as error:
                log.warning("discord.not_logged_in", error=f"{type(error).__name__}: {error}")
            await self._clock.sleep(WAITS_S[min(tries, len(WAITS_S) - 1)])
            tries += 1

    async def _stay(self, service: Service, *, asks: bool) -> None:
        """`asks` for the intent where its switch is on."""
        sees_all = may_read(await application_flags(self._line)) and asks
        if not sees_all:
            log.info("discord.messages_unseen", switch="Message Content Intent")
        client = SketchClient(
            service,
            sees_all=sees_all,
            clock=self._clock,
            terms=self._terms,
            leaves=self.messenger.leaves,
            scrolling=self.messenger.scrolling,
            **self._line.options(),
        )
        async with client:
            await client.login(self._line.token)
            self.messenger.use(client)
            await _stay_connected(client)


async def _stay_connected(client: discord.Client) -> None:
    """Where the first connection fails, the library looks for the one that it would resume."""
    try:
        await client.connect()
    except AttributeError as error:
        if client.ws is not None:
            raise
        raise discord.GatewayNotFound from error


async def application_flags(line: Line) -> ApplicationFlags:
    """Asking for an intent whose switch is off ends the login, so the switches are read first."""
    async with discord.Client(intents=Intents(guilds=True), **line.options()) as client:
        await client.login(line.token)
        application = client.application
        return application.flags if application is not None else ApplicationFlags()
