"""The bot from its first moment to SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence

import structlog

from bot.app.chats import frontends_of, page_of
from bot.app.house import House, only_bot_here, open_house
from bot.app.parts import database_of
from bot.app.signals import stop_on_signals
from bot.clock import SystemClock
from bot.frontends import Frontend, serve_all
from bot.ports import Messenger
from bot.settings import Settings

log = structlog.get_logger(__name__)


async def run_bot(
    settings: Settings,
    messengers: Sequence[Messenger] = (),
    roles: Mapping[str, str] | None = None,
) -> None:
    """The bot until SIGTERM or SIGINT, on every platform that has a token and on `messengers`;
    on the page where there is none of them, or where it was asked for."""
    database = database_of(settings)
    frontends = frontends_of(settings, database)
    if settings.web_listen or not (frontends or messengers):
        frontends = [*frontends, page_of(settings)]
    messengers = [*messengers, *(one.messenger for one in frontends)]
    with only_bot_here(settings) as instance:
        opening = open_house(
            settings, messengers, instance=instance, roles=roles, database=database
        )
        async with opening as house:
            with stop_on_signals(house.dispatcher.stop):
                log.info("bot.ready", instance=instance, platforms=[m.platform for m in messengers])
                await _work_and_serve(house, frontends)
    log.info("bot.stopped")


async def _work_and_serve(house: House, frontends: Sequence[Frontend]) -> None:
    """Until the dispatcher is stopped, or until no chat can go on, which is told."""
    if not frontends:
        await house.work()
        return
    serving = asyncio.create_task(
        serve_all(frontends, house.service, SystemClock()), name="frontends"
    )
    serving.add_done_callback(lambda _: house.dispatcher.stop())
    try:
        await house.work()
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
