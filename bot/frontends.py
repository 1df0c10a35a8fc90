"""The chats that people come in by: one that can't go on leaves the others alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from bot.errors import SettingsError
from bot.ports import Clock, Messenger
from bot.service import Service

log = structlog.get_logger(__name__)

PAUSE_S = 60.0  # before one starts anew that fell over a bug


class Frontend(Protocol):
    """One platform. Its messenger is there before anybody is logged in."""

    @property
    def messenger(self) -> Messenger: ...

    async def serve(self, service: Service) -> None:
        """Until cancelled, through whatever passes by itself. Raises `SettingsError` for what only
        the operator can mend."""


async def serve_all(frontends: Sequence[Frontend], service: Service, clock: Clock) -> None:
    """Until cancelled, or until none of them can go on: then raises the `SettingsError` of the
    first of them."""
    reasons = await asyncio.gather(*(_serve(one, service, clock) for one in frontends))
    raise reasons[0]


async def _serve(frontend: Frontend, service: Service, clock: Clock) -> SettingsError:
    platform = frontend.messenger.platform
    while True:
        try:
            await frontend.serve(service)
        except SettingsError as error:
            reason = error
            break
        except Exception:
            log.exception("frontend.failed", platform=platform)
        await clock.sleep(PAUSE_S)
    log.error("frontend.off", platform=platform, reason=str(reason))
    return reason
